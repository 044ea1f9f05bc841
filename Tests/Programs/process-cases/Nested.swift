import Glibc
import PoolTrace

/// A task that has a pool of its own, in its worker.
enum Inner: ProcessTask {
    static func run(_ input: Int) throws -> Int {
        let pool = try ThreadPool(name: "inner", workers: 2)
        let sum = try pool.map(0..<input, name: "part") { $0 }.reduce(0, +)
        try pool.shutdown()
        return sum
    }
}

func nested() throws {
    let pool = try ProcessPool(name: "outer", workers: 1)
    print(try pool.submit(Inner.self, 4, name: "whole").value())
    try pool.shutdown()
}

/// Says that it is there, and waits to be killed, with a task of its own in its worker.
func lasting() throws {
    let pool = try ProcessPool(name: "outer", workers: 2)
    print(try pool.map(Inner.self, over: [4, 4], name: "whole", chunkSize: 1).reduce(0, +))
    fflush(nil)
    while true { pause() }
}
