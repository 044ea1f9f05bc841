internal import TraceAnalysis

/// A stretch of time on a row of an export: a task, a part of one, a wait, or what a task said that it does.
struct Slice {
    enum Kind: UInt8 {
        /// A task, or the first part of an async task that was suspended: one for each task.
        case task
        /// A later part of an async task.
        case segment
        /// A wait: one for each.
        case wait
        /// What a task said that it does: one for each.
        case span
    }

    let kind: Kind
    /// The position of the task in the run's table, of the wait among its waits, or of what was said
    /// among its annotations.
    let position: Int
    let start: UInt64
    /// When it ends; where the trace does not have it, the end of the run.
    let end: UInt64
}

/// A row of an export: time on it nests, as calls on a stack do.
struct SliceLane: Hashable {
    enum Place: Hashable {
        /// A worker, by its number in the process.
        case worker(UInt32)
        /// What no worker runs: the root of a tree of tasks, by its number.
        case root(UInt64)
        /// What belongs to none of those.
        case elsewhere
    }

    let place: Place
    /// 0 for the row itself; others take what overlaps it and does not nest.
    let overflow: Int
}

/// Takes the slices of a run, each lane's in order of time, a slice's end behind those of the slices inside it.
protocol SliceVisitor {
    /// A lane that slices follow on.
    mutating func lane(_ lane: SliceLane)
    mutating func begin(_ slice: Slice, on lane: SliceLane)
    mutating func end(_ slice: Slice, on lane: SliceLane)
    /// A task that never ran: it has a moment, not a time.
    mutating func never(_ position: Int, at time: UInt64, on lane: SliceLane)
}
