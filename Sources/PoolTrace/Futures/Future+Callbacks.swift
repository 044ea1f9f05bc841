// Callbacks run on the thread that ends the future, after everybody who waits for it has been told, in the order of
// their registration; or at once, on the thread that asks, if it has ended. They cannot throw. Each is a task of its
// own: see `Callback`.
extension Future {
    /// Calls `body` when the task has ended, or at once if it has.
    ///
    /// It runs on the thread that ends the task, before that thread goes on: keep it short. What it submits hangs below
    /// the callback, which is a child of the caller.
    ///
    /// - Parameters:
    ///   - body: Called with this future, which has ended: its value or error can be had without waiting.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: This future.
    @discardableResult
    public final func whenDone(
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (Future<Value>) -> Void
    ) -> Future<Value> {
        Callback.register(on: self, at: CallSite(file, line, function)) { body(self) }
        return self
    }

    /// Calls `body` with the value when the task has succeeded, or at once if it has.
    ///
    /// - Parameters:
    ///   - body: Runs as a callback of `whenDone` does; not at all if the task fails or is cancelled.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: This future.
    @discardableResult
    public final func whenSucceeded(
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (Value) -> Void
    ) -> Future<Value> {
        Callback.register(on: self, at: CallSite(file, line, function)) {
            if self.phase == Phase.succeeded { body(self.result.load(as: Value.self)) }
        }
        return self
    }

    /// Calls `body` with the failure when the task has failed, or at once if it has.
    ///
    /// The failure counts as retrieved.
    ///
    /// - Parameters:
    ///   - body: Runs as a callback of `whenDone` does; not at all if the task succeeds or is cancelled.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: This future.
    @discardableResult
    public final func whenFailed(
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (TaskFailure) -> Void
    ) -> Future<Value> {
        Callback.register(on: self, at: CallSite(file, line, function)) {
            guard self.phase == Phase.failed, let failure = self.failure else { return }
            failure.isRetrieved = true
            body(failure)
        }
        return self
    }
}
