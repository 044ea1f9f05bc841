internal import PoolModel

/// The samples of stacks of a run: each stack is kept once.
public struct StackSamples: Sendable {
    /// One sample.
    public struct Sample: Sendable, Equatable {
        /// When it was taken, in nanoseconds on the trace's clock.
        public let time: UInt64
        /// The number of the task, or of another element of the same map.
        let task: UInt64
        /// The element, where `task` may be another one; else `PoolEvent.noIndex`.
        let index: UInt64
        /// The thread ID.
        public let thread: UInt32
        /// What it was taken of, and by what.
        public let kind: PoolEvent.StackSample.Kind
        /// The time that it stands for, in nanoseconds.
        public let weight: UInt64
        /// The system call of a blocked thread; -1 without one.
        public let call: Int32
        /// The place of its stack in `stacks`.
        public let stack: Int
        /// The place of what a blocked thread waits for in `reasons`.
        public let reason: Int
    }

    /// The samples, in time order.
    public private(set) var all = ChunkedArray<Sample>()
    /// The stacks, as return addresses, innermost first.
    public private(set) var stacks: [[UInt64]] = []
    /// What blocked threads wait for; the first is empty: unknown.
    public private(set) var reasons = [""]
    /// How many samples there are of each kind.
    public private(set) var counts: [PoolEvent.StackSample.Kind: Int] = [:]
    private var places: [[UInt64]: Int] = [:]
    private var reasonPlaces = ["": 0]

    /// Makes a collection without samples.
    init() {}

    mutating func add(_ sample: PoolEvent.StackSample, at time: UInt64) {
        // A kind that there is not comes from a damaged trace.
        guard let kind = PoolEvent.StackSample.Kind(rawValue: sample.kind) else { return }
        let stack = Self.place(of: sample.frames, in: &stacks, &places)
        let reason = Self.place(of: sample.reason, in: &reasons, &reasonPlaces)
        counts[kind, default: 0] += 1
        all.append(
            Sample(
                time: time, task: sample.task, index: sample.index, thread: sample.thread, kind: kind,
                weight: sample.weight, call: sample.call, stack: stack, reason: reason))
    }

    private static func place<Value: Hashable>(
        of value: Value, in values: inout [Value], _ places: inout [Value: Int]
    ) -> Int {
        if let place = places[value] { return place }
        places[value] = values.count
        values.append(value)
        return values.count - 1
    }
}

extension Run {
    /// The position of the task that ran when a sample was taken; `nil` where the trace does not have it.
    public func position(of sample: StackSamples.Sample) -> Int? {
        guard let position = tasks.position(of: sample.task) else { return nil }
        let task = tasks.entries[position]
        guard sample.index != PoolEvent.noIndex, task.isElement, task.index != sample.index else { return position }
        return tasks.position(of: TaskID.element(of: task.parent, index: sample.index))
    }
}
