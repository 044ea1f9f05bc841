import Glibc
import PoolModel
import PoolTrace

/// Reads globals of main.swift, which no worker initializes.
enum ReadMain: ProcessTask {
    static func run(_ input: String) -> String {
        input == "number" ? "\(mainNumber)" : mainWords.joined(separator: " ")
    }
}

/// Globals of other files are initialized when they are first used, in a worker as anywhere.
let otherWords = ["initialized", "on", "first", "use"]

enum ReadOther: ProcessTask {
    static func run(_ input: Int) -> String { otherWords.joined(separator: " ") }
}

func globals() throws {
    let pool = try ProcessPool(name: "globals", workers: 1)
    print(try pool.submit(ReadOther.self, 0).value())
    print("number \(try pool.submit(ReadMain.self, "number").value())")
    do { print(try pool.submit(ReadMain.self, "words").value()) } catch let failure as TaskFailure {
        print(failure.error)
    }
    try pool.shutdown()
}

/// Descriptors that a worker has: the standard ones, and what it shares with its pool.
enum Descriptors: ProcessTask {
    static func run(_ input: Int) -> [String] {
        entries(of: "/proc/self/fd").compactMap { name in
            var room = [UInt8](repeating: 0, count: 200)
            let count = readlink("/proc/self/fd/\(name)", &room, room.count)
            guard count > 0 else { return nil }
            return "\(name) \(String(decoding: room.prefix(count), as: UTF8.self))"
        }
    }
}

/// What a program that a task starts inherits.
enum Grandchild: ProcessTask {
    static func run(_ input: Int) -> String {
        guard let pipe = popen("ls /proc/self/fd | tr '\\n' ' '; echo variable ${POOLTRACE_WORKER:-unset}", "r") else {
            return ""
        }
        defer { pclose(pipe) }
        var room = [CChar](repeating: 0, count: 1000)
        return fgets(&room, 1000, pipe) == nil
            ? "" : String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

func descriptors() throws {
    // Neither of them close-on-exec, as a careless library leaves them.
    _ = open("/etc/passwd", O_RDONLY)
    _ = open("/etc/hostname", O_RDONLY)
    let pool = try ProcessPool(name: "descriptors", workers: 2)
    for name in try pool.submit(Descriptors.self, 0).value() { print(name) }
    print(try pool.submit(Grandchild.self, 0).value(), terminator: "")
    try pool.shutdown()
}

enum Forever: ProcessTask {
    static func run(_ input: Int) -> Int {
        while true { pause() }
    }
}

/// Prints its workers' numbers, one of which is busy, and waits to be killed.
func orphans() throws {
    let pool = try ProcessPool(name: "orphans", workers: 3)
    _ = pool.submit(Forever.self, 0)
    for process in try pool.map(Process.self, over: 0..<2, chunkSize: 1) { _ = process }
    print("workers \(children().map(String.init).joined(separator: " "))")
    fflush(nil)
    while true { pause() }
}

enum Process: ProcessTask {
    static func run(_ input: Int) -> Int32 { getpid() }
}

/// What serial mode and parallel mode must agree on.
func modes() throws {
    var configuration = ProcessPoolConfiguration()
    configuration.initialize(with: Prepare.self, 3)
    let pool = try ProcessPool(name: "modes", workers: 2, configuration: configuration)
    let futures = (0..<6).map { pool.submit(Fail.self, $0, name: "one") }
    for future in futures {
        do { print(future.path, try future.value()) } catch let failure as TaskFailure {
            print(future.path, failure.error, failure.failure.frames.first?.function ?? "")
        }
    }
    print(try pool.map(UsePrepared.self, over: 0..<5, chunkSize: 2))
    do { _ = try pool.map(Fail.self, over: 0..<10, onFailure: .collectAll) } catch let failures as TaskFailures {
        print(failures.failures.map { "\($0.failure.path) \($0.error)" })
    }
    pool.execute(Fail.self, 8, name: "unasked")
    try pool.shutdown()
}

enum Prepared {
    nonisolated(unsafe) static var number = 0
}

enum Prepare: ProcessTask {
    static func run(_ input: Int) -> Int {
        Prepared.number += input
        return 0
    }
}

enum UsePrepared: ProcessTask {
    static func run(_ input: Int) -> Int { Prepared.number * 100 + input }
}
