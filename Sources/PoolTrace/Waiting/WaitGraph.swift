import PoolModel
import PoolRecorder

/// Tasks that are parked in a wait, to find cycles: tasks that wait for each other would wait for ever.
///
/// An entry's context lies on the stack of a parked thread, which stays there until the entry is taken out.
enum WaitGraph {
    /// What a task waits for.
    enum Awaited {
        case end(of: Awaitable)
        case lock(RecursiveLock)

        fileprivate var key: ObjectIdentifier {
            switch self {
            case .end(let awaited): ObjectIdentifier(awaited)
            case .lock(let lock): ObjectIdentifier(lock)
            }
        }
    }

    private struct Entry {
        let context: UnsafeMutablePointer<TaskContext>
        let awaited: Awaited
    }

    private struct Entries: @unchecked Sendable {
        var list: [Entry] = []
    }

    private static let waits = Guarded(Entries())

    /// Runs `park` with the wait entered.
    ///
    /// - Throws: `WaitCycleError` if what is awaited waits for this task itself, directly or through others.
    static func waiting(
        _ context: UnsafeMutablePointer<TaskContext>, for awaited: Awaited, _ park: () throws -> Bool
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
    static func awaited(by context: UnsafeRawPointer) -> Awaited? {
        waits.withLock { waits in waits.list.first { UnsafeRawPointer($0.context) == context }?.awaited }
    }

    /// The tasks of a cycle that `entry` would close: each waits for the next, the last for the first.
    private static func cycle(from entry: Entry, in waits: [Entry]) -> [WaitCycleError.Member]? {
        var mayEnd: Set<ObjectIdentifier> = []
        var searched: Set<ObjectIdentifier> = []
        // The tasks that keep it from ending, which may be none but those that are searched already; `nil` if it may
        // end.
        func search(_ awaited: Awaited) -> [WaitCycleError.Member]? {
            if let own = waiters(entry, keeping: awaited) { return own }
            if mayEnd.contains(awaited.key) { return nil }
            // It waits for itself, through one of several: that one at least will not end it.
            guard searched.insert(awaited.key).inserted else { return [] }
            defer { searched.remove(awaited.key) }
            let found = searchOn(awaited)
            if found == nil { mayEnd.insert(awaited.key) }
            return found
        }
        func searchOn(_ awaited: Awaited) -> [WaitCycleError.Member]? {
            if case .end(let awaited) = awaited, !awaited.alternatives.isEmpty {
                var members: [WaitCycleError.Member] = []
                for alternative in awaited.alternatives {
                    guard let found = search(.end(of: alternative)) else { return nil }
                    if members.isEmpty { members = found }
                }
                return members
            }
            for wait in waits {
                guard let members = waiters(wait, keeping: awaited) else { continue }
                if let rest = search(wait.awaited) { return rest + members }
            }
            return nil
        }
        return search(entry.awaited)
    }

    /// The tasks on one stack from the one that ends, or holds, `awaited` up to the innermost, which each of them waits
    /// for.
    private static func waiters(_ entry: Entry, keeping awaited: Awaited) -> [WaitCycleError.Member]? {
        let stack = stack(entry.context)
        let place: Int?
        switch awaited {
        case .end(let awaited): place = stack.firstIndex { $0.isRun(by: awaited) }
        case .lock(let lock):
            let hold = lock.hold
            // Another task's context may lie where that of a task was which has ended.
            place = stack.firstIndex { $0 == hold?.context && $0.pointee.job.task == hold?.task }
        }
        guard let place else { return nil }
        var members = stack[...place].reversed().map { WaitCycleError.Member($0.pointee) }
        if case .lock(let lock) = entry.awaited {
            members[members.count - 1].heldSince = lock.hold.map { Recorder.knownSite($0.site.number) }
        }
        return members
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
