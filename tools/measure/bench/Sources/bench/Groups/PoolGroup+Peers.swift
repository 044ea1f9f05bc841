import CBench
import Dispatch
import Foundation
import NIOPosix

// MARK: - Other pools: the same body, submitted by one thread outside to two workers

extension PoolGroup {
    // Where `threads` is 1, the two are in each other's way: they wait for locks, and sleep meanwhile, on an idle
    // machine too.
    static let peers =
        [
            Row("dispatch", "Dispatch: async(group:), untraced", .task, in: .dispatch, threads: workers) {
                try round {
                    let queue = DispatchQueue.global()
                    let group = DispatchGroup()
                    for number in 0..<UInt64(count) { queue.async(group: group) { bench_count(number) } }
                    group.wait()
                }
            },
            Row(
                "operation-queue", "OperationQueue: addOperation", .task, in: .peer("operation-queue"),
                threads: 1,
                [.beside("dispatch")]
            ) {
                let queue = OperationQueue()
                queue.maxConcurrentOperationCount = workers
                return try round {
                    for number in 0..<UInt64(count) { queue.addOperation { bench_count(number) } }
                    queue.waitUntilAllOperationsAreFinished()
                }
            },
            Row(
                "task-group", "Swift: withTaskGroup, addTask", .task, in: .peer("task-group"), threads: 1,
                [.beside("dispatch")]
            ) {
                try round(atWork: 1, taskGroup)
            },
            Row("nio", "NIOThreadPool: submit", .task, in: .peer("nio"), threads: 1, [.beside("dispatch")]) {
                let pool = NIOThreadPool(numberOfThreads: workers)
                pool.start()
                return try round { nio(pool) }
            },
        ] + programs

    /// A round of a peer whose threads live on, and count with ours.
    private static func round(atWork: Int = workers, _ flood: @escaping () throws -> Void) throws -> Row.Round {
        try Conditions.restrict()
        return {
            let tasks = TaskCount()
            let watch = Stopwatch()
            try flood()
            var sample = watch.stop(count: count)
            sample.note = try tasks.check(count, threads: atWork)
            return sample
        }
    }

    /// The group's own task submits, from one of the two threads: there is no outside, and the other thread may do all
    /// tasks meanwhile.
    private static func taskGroup() {
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            // Not a discarding group, in which a task takes half as long again.
            await withTaskGroup { group in
                for number in 0..<UInt64(count) { group.addTask { bench_count(number) } }
                await group.waitForAll()
            }
            done.signal()
        }
        done.wait()
    }

    /// Waits at no cost a task: work is taken in order, and a worker does one piece at a time, so all has ended when
    /// each worker has arrived at a piece of its own behind it.
    private static func nio(_ pool: NIOThreadPool) {
        for number in 0..<UInt64(count) { pool.submit { _ in bench_count(number) } }
        let (arrived, all) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        for _ in 0..<workers {
            pool.submit { _ in
                arrived.signal()
                all.wait()
            }
        }
        for _ in 0..<workers { arrived.wait() }
        for _ in 0..<workers { all.signal() }
    }

    // MARK: In other languages

    private static let programs = [
        program("onetbb", "oneTBB: task_group::run", needs: "libtbb-dev") { ["\($0)/onetbb"] },
        program("go", "Go: goroutines over a channel", needs: "golang-go") { ["\($0)/go"] },
        program("java", "Java: ForkJoinPool.execute", needs: "default-jdk-headless", threads: 1, warmUp: 10) {
            ["/usr/bin/env", "java", "-cp", "\($0)/java", "Flood"]
        },
    ]

    /// - Parameter warmUp: Rounds until the program has compiled what it runs.
    /// - Parameter command: Given the directory of what `run` has built of `peers`.
    static func program(
        _ name: String, _ title: String, file: String? = nil, needs package: String, threads: Int = workers,
        warmUp: Int = 0,
        count: Int = count, _ targets: [Target] = [.beside("dispatch")],
        command: @escaping @Sendable (String) -> [String]
    ) -> Row {
        Row(name, title, .task, in: .peer(name), threads: threads, targets) {
            try Conditions.restrict()
            let built = try Places.inherited().peers
            guard FileManager.default.fileExists(atPath: "\(built)/\(file ?? name)") else {
                throw BenchError("not built, as \(package) is not installed: see tools/check/packages --bench")
            }
            let program = try PeerProgram(command(built))
            for _ in 0..<warmUp { _ = try program.round(count) }
            return { try program.round(count) }
        }
    }
}
