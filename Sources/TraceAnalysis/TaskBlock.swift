/// 4,096 tasks that the trace speaks of one after the other, field by field.
struct TaskBlock {
    private var number = PackedColumn()
    private var parent = PackedColumn()
    /// The index plus 1: 0 for `PoolEvent.noIndex`.
    private var index = PackedColumn()
    private var ordinal = PackedColumn()
    private var pool = PackedColumn()
    private var site = PackedColumn()
    private var name = PackedColumn()
    /// The worker plus 1: 0 for `TaskEntry.noWorker`.
    private var worker = PackedColumn()
    /// The flags, and above their five bits the outcome.
    private var status = PackedColumn()
    private var submitted = PackedColumn()
    private var started = PackedColumn()
    private var ended = PackedColumn()

    private static let flagBits: UInt64 = 5
    private static let flagMask: UInt64 = 31

    /// A task's number.
    @inline(__always)
    func number(_ row: Int) -> UInt64 { number[row] }

    /// The number of a task's parent.
    @inline(__always)
    func parent(_ row: Int) -> UInt64 { parent[row] }

    /// A whole task.
    @inline(__always)
    func entry(_ row: Int) -> TaskEntry {
        let status = status[row]
        return TaskEntry(
            number: number[row], parent: parent[row], index: index[row] &- 1, ordinal: Self.u32(ordinal[row]),
            pool: Self.u32(pool[row]), site: Self.u32(site[row]), name: Self.u32(name[row]),
            worker: Self.u32(worker[row] &- 1), outcome: UInt8(truncatingIfNeeded: status >> Self.flagBits),
            flags: UInt8(truncatingIfNeeded: status & Self.flagMask), submitTime: submitted[row],
            startTime: started[row], endTime: ended[row])
    }

    private static func u32(_ number: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: number) }
}

// MARK: - Memory

extension TaskBlock {
    /// Gives the memory back; the columns are not used again.
    func free() {
        for column in all { self[keyPath: column].free() }
    }

    /// The same tasks in memory of their own.
    func copy() -> TaskBlock {
        var copy = self
        for column in all { copy[keyPath: column] = self[keyPath: column].copy() }
        return copy
    }

    private var all: [WritableKeyPath<TaskBlock, PackedColumn>] {
        [
            \.number, \.parent, \.index, \.ordinal, \.pool, \.site, \.name, \.worker, \.status, \.submitted, \.started,
            \.ended,
        ]
    }
}

// MARK: - Writing

extension TaskBlock {
    mutating func setNumber(_ row: Int, _ value: UInt64) { number.set(row, value) }

    mutating func set(_ row: Int, _ entry: TaskEntry) {
        number.set(row, entry.number)
        parent.set(row, entry.parent)
        index.set(row, entry.index &+ 1)
        ordinal.set(row, UInt64(entry.ordinal))
        pool.set(row, UInt64(entry.pool))
        site.set(row, UInt64(entry.site))
        name.set(row, UInt64(entry.name))
        worker.set(row, UInt64(entry.worker &+ 1))
        status.set(row, UInt64(entry.flags) | UInt64(entry.outcome) << Self.flagBits)
        submitted.set(row, entry.submitted ?? 0)
        started.set(row, entry.started ?? 0)
        ended.set(row, entry.ended ?? 0)
    }

    @inline(__always)
    mutating func take(_ row: Int, _ submit: PoolEvent.TaskSubmit, at time: UInt64) {
        parent.set(row, submit.parent)
        index.set(row, submit.index &+ 1)
        ordinal.set(row, UInt64(submit.ordinal))
        submitted.set(row, time)
        add(row, flag: TaskEntry.submittedFlag)
    }

    @inline(__always)
    mutating func take(_ row: Int, _ origin: PoolEvent.Origin) {
        pool.set(row, UInt64(origin.pool))
        site.set(row, UInt64(origin.site))
        name.set(row, UInt64(origin.name))
    }

    /// Returns false, and changes nothing, where the task has started before.
    @inline(__always)
    mutating func start(_ row: Int, worker number: UInt32, at time: UInt64) -> Bool {
        let known = status[row]
        if known & UInt64(TaskEntry.startedFlag) != 0 { return false }
        status.set(row, known | UInt64(TaskEntry.startedFlag))
        started.set(row, time)
        worker.set(row, UInt64(number &+ 1))
        return true
    }

    /// Returns whether the task was ever suspended.
    @inline(__always)
    mutating func end(_ row: Int, outcome: UInt8, at time: UInt64) -> Bool {
        let flags = status[row] & Self.flagMask
        status.set(row, flags | UInt64(TaskEntry.endedFlag) | UInt64(outcome) << Self.flagBits)
        ended.set(row, time)
        return flags & UInt64(TaskEntry.suspendedFlag) != 0
    }

    @inline(__always)
    mutating func add(_ row: Int, flag: UInt8) { status.set(row, status[row] | UInt64(flag)) }
}
