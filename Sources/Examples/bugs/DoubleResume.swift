import PoolTrace
import Synchronization

/// Double resume guarded by a flag: two servers are asked, and both answer a request that is answered once.
///
/// The flag that says so is looked at before the page is rendered, and set afterwards.
enum DoubleResume {
    private final class Request: Sendable {
        private let answered = Mutex(false)
        private let continuation: CheckedContinuation<String, Never>

        init(_ continuation: CheckedContinuation<String, Never>) { self.continuation = continuation }

        var isAnswered: Bool { answered.withLock { $0 } }

        func answer(_ page: String) {
            answered.withLock { $0 = true }
            continuation.resume(returning: page)
        }
    }

    static func run() async throws {
        try await withThreadPool(name: "renderer", workers: 2) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let page = await withCheckedContinuation { continuation in
                    let request = Request(continuation)
                    group.addTask { try await answer(request, from: "the origin", on: pool) }
                    group.addTask {
                        // Which mirror is near, and which of its machines is up.
                        for rows in [50...100, 50...1500] {
                            _ = try await pool.submit(name: "find") { Table(rows: rows).sum() }.value()
                        }
                        try await answer(request, from: "the mirror", on: pool)
                    }
                }
                try await group.waitForAll()
                // Whichever was first.
                print(page.isEmpty ? "no page" : "there is a page")
            }
        }
    }

    private static func answer(_ request: Request, from server: String, on pool: ThreadPool) async throws {
        let data = try await pool.submit(name: "fetch", input: server) { _ in Table(rows: 50...100) }.value()
        guard !request.isAnswered else { return }
        let sum = try await pool.submit(name: "render", input: server) { _ in data.sum() }.value()
        request.answer("\(sum) bytes from \(server)")
    }
}
