import Glibc

/// What async programs do, a case each, by the name that a test gives; nothing here knows of PoolTrace.
public enum AsyncCase: String, CaseIterable, Sendable {
    case groups, asyncLet, actors, mainActor, mainOrder, detached, yields, sleeps, foreign, lost, threads, many
    case looks, checks, sleeperCancels, mainCancels, flag, mainFlag, stuck

    /// Runs the case and prints what came of it.
    public func run() async throws {
        switch self {
        case .groups: await groups()
        case .asyncLet: await asyncLet()
        case .actors: await actors()
        case .mainActor: await mainActor()
        case .mainOrder: await mainOrder()
        case .detached: await detached()
        case .yields: await yields()
        case .sleeps: try await sleeps()
        case .foreign: await foreign()
        case .lost: await lost()
        case .threads: await threads()
        case .many: await many()
        case .looks: await looks()
        case .checks: await checks()
        case .sleeperCancels: await sleeperCancels()
        case .mainCancels: await mainCancels()
        case .flag: await flag()
        case .mainFlag: await mainFlag()
        case .stuck: await stuck()
        }
    }

    private func groups() async {
        let log = Log()
        await withTaskGroup(of: Int.self) { group in
            for outer in 1...3 {
                group.addTask {
                    await log.add("\(outer)")
                    return await withTaskGroup(of: Int.self) { inner in
                        for part in 1...2 {
                            inner.addTask {
                                await Task.yield()
                                await log.add("\(outer).\(part)")
                                return part
                            }
                        }
                        return await inner.reduce(0, +)
                    }
                }
            }
            print("sum \(await group.reduce(0, +))")
        }
        print("order \(await log.entries.joined(separator: " "))")
    }

    private func asyncLet() async {
        @concurrent func half(_ number: Int) async -> Int {
            await Task.yield()
            return number / 2
        }
        var total = 0
        for number in 1...50 {
            async let left = half(number)
            async let right = half(number + 1)
            total += await left + right
        }
        print("total \(total)")
    }

    /// A lost update: what is read before the yield is written after it.
    private func actors() async {
        actor Account {
            var balance = 0
            func add(_ amount: Int) async {
                let seen = balance
                await Task.yield()
                balance = seen + amount
            }
        }
        let account = Account()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await account.add(1) } }
        }
        print("balance \(await account.balance)")
    }

    private func mainActor() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { await Shown.add() } }
        }
        let count = await Shown.count
        let areAllMains = await Shown.areAllMains
        print("shown \(count), on the main thread \(areAllMains)")
    }

    /// Jobs of the main actor, which its executor takes in the order in which they are queued.
    private func mainOrder() async {
        let last = Task { @MainActor in
            let tasks = (1...20).map { number in Task { @MainActor in Shown.numbers.append(number) } }
            for task in tasks { await task.value }
        }
        await last.value
        print("order \(await Shown.numbers == Array(1...20))")
    }

    private func detached() async {
        let task = Task { 3 }
        let free = Task.detached(priority: .low) {
            await withTaskCancellationHandler {
                while !Task.isCancelled { await Task.yield() }
                return 4
            } onCancel: {
            }
        }
        print("task \(await task.value)")
        free.cancel()
        print("detached \(await free.value)")
    }

    /// One task spins until a sleeper has set what it looks at.
    private func yields() async {
        let log = Log()
        let sleeper = Task {
            try? await Task.sleep(for: .milliseconds(10))
            await log.add("set")
        }
        while await log.entries.isEmpty { await Task.yield() }
        await sleeper.value
        print("seen")
    }

    private func sleeps() async throws {
        let log = Log()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, minutes) in [("late", 60), ("early", 1), ("middle", 30), ("second early", 1)] {
                group.addTask {
                    try await Task.sleep(for: .seconds(minutes * 60))
                    await log.add(name)
                }
            }
            try await group.waitForAll()
        }
        let cancelled = Task { try await Task.sleep(for: .seconds(1 << 20)) }
        cancelled.cancel()
        print("cancelled \((try? await cancelled.value) == nil)")
        print("woke \(await log.entries.joined(separator: ", "))")
    }

    private func foreign() async {
        let value = await withCheckedContinuation { continuation in
            Thread.start {
                usleep(20_000)
                continuation.resume(returning: 5)
            }
        }
        print("resumed with \(value)")
    }

    private func lost() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
            group.addTask { await Task.yield() }
        }
        print("never printed")
    }

    /// As many children as the second argument says, a thousand at a time, and what one takes.
    private func many() async {
        let count = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 10_000
        let start = ContinuousClock.now
        var sum = 0
        for first in stride(from: 0, to: count, by: 1000) {
            sum += await withTaskGroup(of: Int.self) { group in
                for number in first..<min(count, first + 1000) { group.addTask { number & 1 } }
                return await group.reduce(0, +)
            }
        }
        print("sum \(sum)")
        print("\((ContinuousClock.now - start) / count) a task")
    }

    /// As `lost`, with a thread that does not resume anything.
    private func threads() async {
        Thread.start { while true { pause() } }
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }
}

/// What happened, in order.
public actor Log {
    private(set) var entries: [String] = []
    func add(_ entry: String) { entries.append(entry) }
}

@MainActor
private enum Shown {
    static var count = 0
    static var areAllMains = true
    static var numbers: [Int] = []

    static func add() {
        count += 1
        if gettid() != getpid() { areAllMains = false }
    }
}

@_silgen_name("gettid")
private func gettid() -> Int32

/// A thread that neither Swift nor PoolTrace knows of.
public enum Thread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts one.
    public static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { body in
                guard let body else { return nil }
                Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(Body(run)).toOpaque())
        pthread_detach(thread)
    }
}
