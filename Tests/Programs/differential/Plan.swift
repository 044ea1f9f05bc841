import PoolSchedule

/// A small random program: what main and some tasks do, one operation after the other.
///
/// Between two points of the engine a task touches memory once at most, so that a parallel run cannot tell two touches
/// apart that are one segment of a serial one.
struct Plan: Sendable {
    enum Operation: Sendable {
        /// Reads a cell, and leaves something there that says who was here.
        case touch(cell: Int)
        /// Starts a task, once.
        case start(Int)
        /// Waits for a task that the same task, or an earlier one, has started.
        case join(Int)
        case lock(Int)
        case unlock(Int)
        /// Sets a flag for good.
        case set(flag: Int)
        case await(flag: Int)
        case acquire(semaphore: Int)
        case release(semaphore: Int)
        /// Of async tasks alone.
        case yield
        case sleep(Limit)
        /// Touches a cell, if nobody has done this before, or is about to.
        case once
        /// One of the waits above, which may end without what it waits for.
        indirect case limited(Operation, Limit)
    }

    /// How long such a wait takes at most.
    enum Limit: Sendable {
        case short, long
    }

    enum Place: Sendable {
        case pool(Int)
        case thread
        /// One of Swift's own tasks: it waits for others alone.
        case async
    }

    /// Whose locks, flags and semaphores they are.
    enum Kind: Sendable, CaseIterable {
        case poolTrace
        /// The C library's.
        case system
        case foundation
        case dispatch
    }

    static let cells = 2
    static let flags = 2
    static let locks = 2
    static let semaphores = 1

    /// Of main, and of each task.
    var operations: [[Operation]]
    /// Where each task runs; main's is not used.
    var places: [Place]
    /// How many tasks of each pool run at a time.
    var widths: [Int]
    /// Of each lock, each flag, each semaphore.
    var lockKinds = Array(repeating: Kind.poolTrace, count: Plan.locks)
    var flagKinds = Array(repeating: Kind.poolTrace, count: Plan.flags)
    var semaphoreKinds = Array(repeating: Kind.poolTrace, count: Plan.semaphores)

    /// Draws one.
    init(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        func draw(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }
        widths = [1 + draw(2), 1 + draw(2)]
        let count = draw(5) == 0 ? 3 : 2
        operations = Array(repeating: [], count: count + 1)
        let mayBeAsync = draw(4) == 0
        places = (0...count).map { _ in
            if mayBeAsync, draw(2) == 0 { return .async }
            return draw(6) == 0 ? .thread : .pool(draw(2) == 0 ? 1 : 0)
        }
        // Who starts each task: main, or one with a smaller number.
        let starters = (0...count).map { $0 < 2 ? 0 : draw(3) == 0 ? 1 + draw($0 - 1) : 0 }
        for task in 0...count {
            let children = (1...count).filter { starters[$0] == task }
            // One that main has started before this one.
            let elder = task > 1 && starters[task] == 0 ? 1 : nil
            operations[task] = Self.body(of: task, starting: children, elder: elder, draw)
        }
        for task in 1...count where places[task].isAsync { operations[task] = operations[task].compactMap(\.inAsync) }
        if draw(3) == 0 { drawKinds(draw) }
        // A flag that nobody sets is not waited for, but for some.
        let sets = Set(
            operations.joined().compactMap { operation -> Int? in
                if case .set(let flag) = operation { flag } else { nil }
            })
        let mayWaitForEver = draw(16) == 0
        for task in operations.indices {
            var isTouched = false
            operations[task].removeAll { operation in
                if case .await(let flag) = operation, !sets.contains(flag), !mayWaitForEver { return true }
                // Two with no point in between are one.
                guard case .touch = operation else {
                    // It touches memory, at its end.
                    isTouched = if case .once = operation { true } else { false }
                    return false
                }
                defer { isTouched = true }
                return isTouched
            }
        }
    }

    /// Some of what it waits for is not PoolTrace's.
    private mutating func drawKinds(_ draw: (Int) -> Int) {
        func kind(_ kinds: [Kind]) -> Kind { kinds[draw(kinds.count)] }
        for lock in lockKinds.indices { lockKinds[lock] = kind(Kind.allCases) }
        for flag in flagKinds.indices { flagKinds[flag] = kind([.poolTrace, .system, .foundation]) }
        for semaphore in semaphoreKinds.indices { semaphoreKinds[semaphore] = kind([.poolTrace, .system, .dispatch]) }
        for task in operations.indices where !places[task].isAsync || task == 0 {
            if draw(3) == 0 {
                operations[task].insert(draw(2) == 0 ? .once : .sleep(.short), at: draw(operations[task].count + 1))
            }
        }
        for task in operations.indices { withoutEndlessQueues(task) }
    }

    /// What is done on a queue has no limit, and cannot be given up: one that waits there for another lock, or that
    /// another lock's holder waits for, might never end.
    private mutating func withoutEndlessQueues(_ task: Int) {
        var held: Set<Int> = []
        for operation in operations[task] {
            switch operation {
            case .lock(let lock), .limited(.lock(let lock), _):
                if !held.isEmpty {
                    for lock in [lock] + held where lockKinds[lock] == .dispatch { lockKinds[lock] = .foundation }
                }
                if case .limited = operation, lockKinds[lock] == .dispatch { lockKinds[lock] = .system }
                held.insert(lock)
            case .unlock(let lock): held.remove(lock)
            case .touch: break
            default: for lock in held where lockKinds[lock] == .dispatch { lockKinds[lock] = .system }
            }
        }
    }

    private static func body(of task: Int, starting children: [Int], elder: Int?, _ draw: (Int) -> Int) -> [Operation] {
        var body: [Operation] = []
        func touch() { if draw(4) > 0 { body.append(.touch(cell: draw(cells))) } }
        var unjoined: [Int] = []
        if task > 0 { touch() }
        for child in children {
            body.append(.start(child))
            unjoined.append(child)
            if draw(3) == 0 { touch() }
            if draw(4) == 0 {
                body.append(.join(unjoined.removeLast()))
                touch()
            }
        }
        for _ in 0..<(task == 0 ? draw(2) : draw(3) == 0 ? 2 : 1) {
            switch draw(8) {
            case 0, 7: body.append(.set(flag: draw(flags)))
            case 1: body.append(.await(flag: draw(flags)))
            case 2, 3:
                let lock = draw(locks)
                body.append(.lock(lock))
                if draw(3) == 0 { body += [.lock(1 - lock), .unlock(1 - lock)] } else { touch() }
                body.append(.unlock(lock))
            case 4: body.append(.release(semaphore: 0))
            case 5: body.append(.acquire(semaphore: 0))
            default:
                guard let elder else { continue }
                body.append(.join(elder))
            }
            touch()
        }
        for child in unjoined where draw(3) == 0 {
            body.append(.join(child))
            touch()
        }
        return body.map { operation in
            switch operation {
            case .join, .lock, .await, .acquire:
                draw(5) == 0 ? .limited(operation, draw(2) == 0 ? .short : .long) : operation
            default: operation
            }
        }
    }

    /// How many orders it would have if nobody waited for anybody: those of its points.
    var looseOrders: Double {
        let points = operations.map { body in
            body.reduce(1) { points, operation in
                switch operation {
                case .touch: points
                case .start: points + 1
                case .limited: points + 3
                default: points + 2
                }
            }
        }
        var (orders, all) = (1.0, 0.0)
        for count in points {
            for place in 1...count {
                all += 1
                orders *= all / Double(place)
            }
        }
        return orders
    }

    /// Whether some of its tasks are Swift's own.
    var hasAsync: Bool { places.dropFirst().contains(where: \.isAsync) }

    /// Whether a wait of it ends at a limit, if not before.
    var hasLimits: Bool {
        operations.joined().contains { if case .limited = $0 { true } else { false } }
    }

    /// Whether something that it waits for is not PoolTrace's.
    var hasForeign: Bool {
        (lockKinds + flagKinds + semaphoreKinds).contains { $0 != .poolTrace }
            || operations.joined().contains { if case .once = $0 { true } else { false } }
    }

    /// The program as a person reads it.
    var text: String {
        "  locks \(lockKinds), flags \(flagKinds), semaphores \(semaphoreKinds)\n"
            + operations.enumerated().map { task, body in
                let place =
                    switch places[task] {
                    case _ where task == 0: "main"
                    case .thread: "\(task), a thread"
                    case .async: "\(task), an async task"
                    case .pool(let pool): "\(task), in a pool of \(widths[pool])"
                    }
                return "  \(place): " + body.map { "\($0)" }.joined(separator: ", ")
            }.joined(separator: "\n")
    }
}

extension Plan.Place {
    var isAsync: Bool { if case .async = self { true } else { false } }
}

extension Plan.Operation {
    /// What an async task does in its place: it never blocks one of Swift's threads, of which there are few.
    fileprivate var inAsync: Plan.Operation? {
        switch self {
        case .touch, .start, .join, .set, .release: self
        case .limited(.join(let child), let limit): .limited(.join(child), limit)
        case .lock, .acquire: .yield
        case .unlock, .await, .limited, .yield, .sleep, .once: .sleep(.short)
        }
    }
}
