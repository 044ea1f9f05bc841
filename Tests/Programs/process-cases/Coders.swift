import Glibc
import PoolTrace

// Values whose coders do something else, on either side.

struct Stubborn: Codable, Sendable {
    enum Way: String, Codable, Sendable {
        case willing
        case throwing
        /// Throws what cannot cross.
        case throwingOpaque
        case exiting
        case crashing

        func go() throws {
            switch self {
            case .willing: break
            case .throwing: throw Broken(part: 11)
            case .throwingOpaque: throw Opaque(part: 12)
            case .exiting: exit(7)
            case .crashing: fatalError("stopped on purpose")
            }
        }
    }

    let encoding: Way
    let decoding: Way

    init(encoding: Way = .willing, decoding: Way = .willing) { (self.encoding, self.decoding) = (encoding, decoding) }

    init(from decoder: any Decoder) throws {
        let ways = try [Way](from: decoder)
        (encoding, decoding) = (ways[0], ways[1])
        try decoding.go()
    }

    func encode(to encoder: any Encoder) throws {
        try encoding.go()
        try [encoding, decoding].encode(to: encoder)
    }
}

enum Take: ProcessTask {
    static func run(_ input: Stubborn) -> Int32 { getpid() }
}

enum Give: ProcessTask {
    static func run(_ ways: [Stubborn.Way]) -> Stubborn { Stubborn(encoding: ways[0], decoding: ways[1]) }
}

/// Coders that throw, on both ways and both sides, again and again: each fails its own task, and the worker stays.
func coders() throws {
    let pool = try ProcessPool(workers: 1)
    let worker = try pool.apply(Take.self, Stubborn())
    var said: Set<String> = []
    func note(_ what: String, _ body: () throws -> Void) {
        do { try body() } catch let failure as TaskFailure {
            said.insert("\(what): \(failure.failure.message) \(type(of: failure.error))")
        } catch { said.insert("\(what): \(error)") }
    }
    for _ in 0..<20 {
        for way in [Stubborn.Way.throwing, .throwingOpaque] {
            note("input encoded") { _ = try pool.apply(Take.self, Stubborn(encoding: way)) }
            note("input decoded") { _ = try pool.apply(Take.self, Stubborn(decoding: way)) }
            note("output encoded") { _ = try pool.apply(Give.self, [way, .willing]) }
            note("output decoded") { _ = try pool.apply(Give.self, [.willing, way]) }
        }
    }
    for line in said.sorted() { print(line) }
    let ways: [Stubborn.Way] = [.willing, .throwing, .willing, .throwing]
    do { _ = try pool.map(Take.self, over: ways.map { Stubborn(encoding: $0) }, onFailure: .collectAll) } catch let
        failures as TaskFailures
    { print(failures.failures.map { String($0.failure.path.suffix(3)) }) }
    do { _ = try pool.map(Give.self, over: ways.map { [$0, .willing] }, onFailure: .collectAll) } catch let failures
        as TaskFailures
    { print(failures.failures.map { String($0.failure.path.suffix(3)) }) }
    do { _ = try pool.map(Give.self, over: ways.map { [.willing, $0] }, onFailure: .collectAll) } catch let failures
        as TaskFailures
    { print(failures.failures.map { String($0.failure.path.suffix(3)) }) }
    print(try pool.apply(Take.self, Stubborn()) == worker)
    let last = pool.submit(Take.self, Stubborn(encoding: .throwing))
    pool.close()
    note("last") { _ = try last.value() }
    try pool.join()
    print(said.contains("last: Broken(part: 11) Broken"))
    try pool.shutdown()
}

/// Coders that end their worker.
func deadlyCoders() throws {
    let pool = try ProcessPool(workers: 2)
    for way in [Stubborn.Way.exiting, .crashing] {
        for isOutput in [false, true] {
            do {
                if isOutput {
                    _ = try pool.apply(Give.self, [way, .willing])
                } else {
                    _ = try pool.apply(Take.self, Stubborn(decoding: way))
                }
                print("lived")
            } catch let failure as TaskFailure {
                print(failure.error(as: WorkerDiedError.self)?.ending as Any)
            }
        }
    }
    print(try pool.map(Take.self, over: [Stubborn(), Stubborn()]).count)
    try pool.shutdown()
}

/// Is given much, and dies of it.
enum DieOfMuch: ProcessTask {
    static func run(_ input: String) -> String {
        kill(getpid(), SIGKILL)
        return input
    }
}

/// Waits until a file is there, and dies.
enum DieLater: ProcessTask {
    static func run(_ file: String) -> Int {
        while access(file, F_OK) != 0 { usleep(1000) }
        kill(getpid(), SIGKILL)
        return 0
    }
}

/// Workers that die with large inputs before them, and one that dies when its pool is closed already.
func largeDeaths() throws {
    let gate = FileGate()
    defer { gate.remove() }
    let pool = try ProcessPool(workers: 2)
    let much = String(repeating: "a", count: 3_000_000)
    do { _ = try pool.map(DieOfMuch.self, over: (0..<6).map { _ in much }, onFailure: .collectAll) } catch let failures
        as TaskFailures
    { print(failures.failures.count { $0.error(as: WorkerDiedError.self) != nil }) }
    let late = pool.submit(DieLater.self, gate.file)
    pool.close()
    gate.open()
    try pool.shutdown()
    do { print(try late.value()) } catch let failure as TaskFailure { print(failure.error is WorkerDiedError) }
    print(children().count)
}
