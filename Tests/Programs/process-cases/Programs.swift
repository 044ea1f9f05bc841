import Glibc
import PoolTrace

func values() throws {
    let pool = try ProcessPool(name: "values", workers: 2)
    print(try pool.submit(Double2.self, 21).value())
    print(try pool.map(Double2.self, over: 0..<1000).reduce(0, +))
    try pool.shutdown()
}

func failures() throws {
    let pool = try ProcessPool(name: "failing", workers: 2)
    do { _ = try pool.submit(Fail.self, 3).value() } catch let failure as TaskFailure {
        print(failure.error(as: Broken.self) as Any)
        print(failure)
    }
    do { _ = try pool.map(Fail.self, over: [1, 103, 2, 108], name: "check") } catch let failure as TaskFailure {
        print(failure.error)
        print(failure)
    }
    try pool.shutdown()
}

func deaths() throws {
    let pool = try ProcessPool(name: "dying", workers: 2)
    for way in ["kill", "exit", "trap", "segv", "live"] {
        do { print(try pool.submit(Die.self, way).value()) } catch let failure as TaskFailure { print(failure) }
    }
    try pool.shutdown()
}

func output() throws {
    let pool = try ProcessPool(name: "printing", workers: 2)
    _ = try pool.submit(Print.self, "one\ntwo").value()
    _ = try pool.map(Print.self, over: (0..<6).map { "line \($0)\n" })
    try pool.shutdown()
}

func identity() throws {
    let pool = try ProcessPool(name: "who", workers: 1)
    print(try pool.submit(Identity.self, 1).value())
    print(try pool.map(Identity.self, over: [1, 2]))
    try pool.shutdown()
}
