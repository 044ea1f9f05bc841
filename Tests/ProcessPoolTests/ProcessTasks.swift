import Foundation
import PoolTrace

enum Triple: ProcessTask {
    static func run(_ input: Int) -> Int { input * 3 }
}

enum WhoRuns: ProcessTask {
    static func run(_ input: Int) -> Int32 { getpid() }
}

struct Refused: Error, Codable, Equatable {
    let number: Int
    let why: String
}

struct PlainRefusal: Error, CustomStringConvertible {
    let description: String
}

enum Refuse: ProcessTask {
    static func run(_ input: Int) throws -> Int {
        if input == 6 { throw PlainRefusal(description: "six is refused") }
        if input % 2 == 1 { throw Refused(number: input, why: "odd") }
        return input
    }
}

enum RefuseAtLength: ProcessTask {
    static func run(_ input: Int) throws -> Int {
        throw Refused(number: input, why: String(repeating: "x", count: input))
    }
}

enum Reverse: ProcessTask {
    static func run(_ input: [UInt8]) -> [UInt8] { input.reversed() }
}

enum ReverseData: ProcessTask {
    static func run(_ input: Data) -> Data { Data(input.reversed()) }
}

enum Remembered {
    nonisolated(unsafe) static var number = 0
}

enum Remember: ProcessTask {
    static func run(_ input: Int) -> Int {
        Remembered.number += input
        return input
    }
}

enum Recall: ProcessTask {
    static func run(_ input: Int) -> Int { Remembered.number }
}

enum UntilAsked: ProcessTask {
    static func run(_ input: Int) throws -> Int {
        for _ in 0..<20_000 {
            try CurrentTask.checkCancellation()
            usleep(1000)
        }
        return input
    }
}

enum Sleep: ProcessTask {
    static func run(_ input: UInt32) -> UInt32 { sleep(input) }
}

enum Nested: ProcessTask {
    static func run(_ input: Int) throws -> [String] {
        let pool = try ThreadPool(workers: 2)
        defer { try? pool.shutdown() }
        return [CurrentTask.path ?? ""] + (try pool.map(0..<input) { _ in CurrentTask.path ?? "" })
    }
}
