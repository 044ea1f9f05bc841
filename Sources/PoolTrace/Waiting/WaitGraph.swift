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

    /// The tasks of a cycle that `entry` would close, beginning with its own.
    private static func cycle(from entry: Entry, in waits: [Entry]) -> [WaitCycleError.Member]? {
        let own = stack(entry.context).compactMap(\.pointee.awaitable)
        var seen: Set<ObjectIdentifier> = []
        func search(_ awaited: Awaitable) -> [Entry]? {
            if own.contains(where: { $0.takeUnretainedValue() === awaited }) { return [] }
            guard seen.insert(ObjectIdentifier(awaited)).inserted else { return nil }
            for wait in waits where stack(wait.context).contains(where: { $0.isRun(by: awaited) }) {
                if let rest = search(wait.awaited) { return [wait] + rest }
            }
            return nil
        }
        guard let others = search(entry.awaited) else { return nil }
        return ([entry] + others).map { WaitCycleError.Member($0.context.pointee) }
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
