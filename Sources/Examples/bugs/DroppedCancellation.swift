/// Dropped cancellation: a client hangs up while it is not in line yet, and waits for ever once it is.
///
/// The handler of the cancellation takes the client out of the line. A client that joins the line later has missed it.
enum DroppedCancellation {
    /// Clients in line for a connection.
    private actor Line {
        private var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]

        /// Waits for a connection, until the task is cancelled.
        nonisolated func wait(client: Int) async throws {
            try await withTaskCancellationHandler {
                async let permissions = Table(rows: 50...400).sum()
                guard await permissions > 0 else { return }
                try await join(client)
            } onCancel: {
                Task { await self.leave(client) }
            }
        }

        private func join(_ client: Int) async throws {
            try await withCheckedThrowingContinuation { waiting[client] = $0 }
        }

        private func leave(_ client: Int) {
            waiting.removeValue(forKey: client)?.resume(throwing: CancellationError())
        }
    }

    static func run() async throws {
        let line = Line()
        let client = Task { try await line.wait(client: 1) }
        let network = Task {
            // What comes before the end of the connection.
            for rows in [100...400, 50...1400] {
                async let packet = Table(rows: rows).sum()
                guard await packet > 0 else { return }
            }
            client.cancel()
        }
        await network.value
        switch await client.result {
        case .success: print("the client has a connection")
        case .failure(is CancellationError): print("the client has hung up")
        case .failure(let error): throw error
        }
    }
}
