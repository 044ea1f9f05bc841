import PoolTrace
import PoolTraceServiceLifecycle
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@Suite("A pool as a service")
struct ThreadPoolServiceTests {
    /// A pool of one worker, whose first task runs until it is let go; two more are queued behind it.
    private struct Busy: Sendable {
        let pool: ThreadPool
        let running: Future<Int>
        let queued: [Future<Int>]
        private let go = Event()

        init() throws {
            pool = try ThreadPool(name: "served", workers: 1)
            let begun = Event()
            running = pool.submit { [go] in
                begun.set()
                // Not a wait that a substitute would stand in for.
                while !go.isSet {}
                return 1
            }
            queued = (2...3).map { [pool] number in pool.submit { number } }
            begun.wait()
        }

        /// Lets the first task end once the pool takes no more.
        func letGo() async throws {
            while true {
                let probe = pool.submit(name: "probe") { 0 }
                if let failure = try? await probe.error(timeout: .zero) as? TaskFailure {
                    #expect(failure.error(as: PoolError.self) == .closed(pool: "served"))
                    break
                }
                probe.cancel()
                await Task.yield()
            }
            go.set()
        }
    }

    @Test("A graceful shutdown lets the pool end what it has; with cancelsQueued what runs", arguments: [false, true])
    func graceful(cancelsQueued: Bool) async throws {
        let busy = try Busy()
        try await testGracefulShutdown { trigger in
            async let ended: Void = ThreadPoolService(busy.pool, cancelsQueued: cancelsQueued).run()
            trigger.triggerGracefulShutdown()
            try await busy.letGo()
            try await ended
        }
        #expect(try await busy.running.value() == 1)
        for (number, task) in zip(2..., busy.queued) {
            if cancelsQueued {
                await #expect(throws: CancellationError.self) { try await task.value() }
            } else {
                #expect(try await task.value() == number)
            }
        }
    }

    @Test("A service that is cancelled cancels what is queued, and ends once the pool has")
    func cancelled() async throws {
        let busy = try Busy()
        let ended = Task { try await ThreadPoolService(busy.pool).run() }
        ended.cancel()
        try await busy.letGo()
        await #expect(throws: CancellationError.self) { try await ended.value }
        #expect(try await busy.running.value() == 1)
        for task in busy.queued { await #expect(throws: CancellationError.self) { try await task.value() } }
    }

    @Test("It names its pool")
    func name() throws {
        try withThreadPool(name: "served", workers: 1) { pool in
            #expect(String(describing: ThreadPoolService(pool)) == "pool \"served\"")
        }
    }
}
