import Glibc
import PoolTrace

enum Double2: ProcessTask {
    static func run(_ input: Int) -> Int { input * 2 }
}

struct Broken: Error, Codable, Equatable { let part: Int }

struct Opaque: Error { let part: Int }

enum Fail: ProcessTask {
    static func run(_ input: Int) throws -> Int {
        if input % 5 == 3 { try failHere(input) }
        return input
    }

    @inline(never) static func failHere(_ input: Int) throws {
        if input > 100 { throw Opaque(part: input) }
        throw Broken(part: input)
    }
}

enum Die: ProcessTask {
    static func run(_ input: String) throws -> String {
        switch input {
        case "kill": kill(getpid(), SIGKILL)
        case "exit": exit(7)
        case "trap": fatalError("stopped on purpose")
        case "segv": _ = UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee.byteSwapped
        default: break
        }
        return input
    }
}

enum Print: ProcessTask {
    static func run(_ input: String) -> Int32 {
        input.withCString { _ = write(2, $0, strlen($0)) }
        return getpid()
    }
}

enum Identity: ProcessTask {
    static func run(_ input: Int) -> [String] {
        [CurrentTask.path ?? "none", "\(getpid() != 0)", getenv("POOLTRACE_WORKER") == nil ? "clean" : "leaked"]
    }
}
