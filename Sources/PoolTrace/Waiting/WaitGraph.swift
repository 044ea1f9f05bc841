import PoolModel
import PoolRecorder

/// Tasks that are parked in a wait, to find cycles: tasks that wait for each other would wait for ever.
///
/// An entry's context lies on the stack of a parked thread, which stays there until the entry is taken out.
enum WaitGraph {
    private struct Entry {
        let context: UnsafeMutablePointer<TaskContext>
        let awaited: Awaitable
    }

    private struct Entries: @unchecked Sendable {
        var list: [Entry] = []
    }

    private static let waits = Guarded(Entries())

    /// Runs `park` with the wait entered.
    ///
    /// - Throws: `WaitCycleError` if what is awaited waits for this task itself, directly or through others.
    static func waiting(
        _ context: UnsafeMutablePointer<TaskContext>, for awaited: Awaitable, _ park: () throws -> Bool
    ) throws -> Bool {
        let entry = Entry(context: context, awaited: awaited)
        let members = waits.withLock { waits -> [WaitCycleError.Member]? in
            if let members = cycle(from: entry, in: waits.list) { return members }
            waits.list.append(entry)
            return nil
        }
        if let members { throw WaitCycleError(members: members) }
        defer {
            waits.withLock { waits in
                waits.list.removeAll { $0.context == context }
            }
        }
        return try park()
    }

    /// What a task that is parked waits for; `nil` if it is not.
    static func awaited(by context: UnsafeRawPointer) -> Awaitable? {
        waits.withLock { waits in waits.list.first { UnsafeRawPointer($0.context) == context }?.awaited }
    }

    /// The tasks of a cycle that `entry` would close: each waits for the next, the last for the first.
    private static func cycle(from entry: Entry, in waits: [Entry]) -> [WaitCycleError.Member]? {
        var mayEnd: Set<ObjectIdentifier> = []
        var searched: Set<ObjectIdentifier> = []
        // The tasks that keep it from ending, which may be none but those that are searched already; `nil` if it may
        // end.
        func search(_ awaited: Awaitable) -> [WaitCycleError.Member]? {
            if let own = waiters(entry.context, runBy: awaited) { return own }
            let key = ObjectIdentifier(awaited)
            if mayEnd.contains(key) { return nil }
            // It waits for itself, through one of several: that one at least will not end it.
            guard searched.insert(key).inserted else { return [] }
            defer { searched.remove(key) }
            let found = searchOn(awaited)
            if found == nil { mayEnd.insert(key) }
            return found
        }
        func searchOn(_ awaited: Awaitable) -> [WaitCycleError.Member]? {
            let alternatives = awaited.alternatives
            if !alternatives.isEmpty {
                var members: [WaitCycleError.Member] = []
                for alternative in alternatives {
                    guard let found = search(alternative) else { return nil }
                    if members.isEmpty { members = found }
                }
                return members
            }
            for wait in waits {
                guard let members = waiters(wait.context, runBy: awaited) else { continue }
                if let rest = search(wait.awaited) { return rest + members }
            }
            return nil
        }
        return search(entry.awaited)
    }

    /// The tasks on one stack from the one that ends `awaited` up to the innermost, which each of them waits for.
    private static func waiters(
        _ innermost: UnsafeMutablePointer<TaskContext>, runBy awaited: Awaitable
    ) -> [WaitCycleError.Member]? {
        let stack = stack(innermost)
        guard let place = stack.firstIndex(where: { $0.isRun(by: awaited) }) else { return nil }
        return stack[...place].reversed().map { WaitCycleError.Member($0.pointee) }
    }

    /// The tasks on one stack: none of them goes on before the innermost.
    private static func stack(_ context: UnsafeMutablePointer<TaskContext>) -> [UnsafeMutablePointer<TaskContext>] {
        var contexts: [UnsafeMutablePointer<TaskContext>] = []
        var next: UnsafeMutablePointer<TaskContext>? = context
        while let context = next {
            contexts.append(context)
            next = context.pointee.outer
        }
        return contexts
    }
}

extension UnsafeMutablePointer<TaskContext> {
    fileprivate func isRun(by awaited: Awaitable) -> Bool {
        pointee.awaitable?.takeUnretainedValue() === awaited
    }
}
