internal import PoolModel
internal import PoolSymbols

/// What the samples of stacks say of where the time of tasks went: by function, by task name, and as whole stacks.
///
/// Functions that run tasks for PoolTrace, between a pool and a task's body, are not part of it.
public struct Profile: Sendable {
    /// What is profiled.
    public enum Aspect: String, Sendable, CaseIterable {
        /// Time on a processor.
        case cpu
        /// Time in which workers were blocked in tasks.
        case blocked
    }

    /// A function, or a line of one.
    public struct Frame: Sendable, Hashable {
        /// The function as a person would name it.
        public let function: String
        /// Its source file; empty where it is unknown.
        public let file: String
        /// The line; 0 where it is unknown.
        public let line: UInt32
        /// The file name of the executable or library.
        public let module: String

        /// Creates a frame.
        public init(function: String, file: String, line: UInt32, module: String) {
            (self.function, self.file, self.line, self.module) = (function, file, line, module)
        }
    }

    /// Time and samples of whatever it is.
    public struct Amount: Sendable, Equatable {
        /// The time that the samples stand for, in nanoseconds.
        public var weight: UInt64 = 0
        /// How many samples.
        public var samples = 0

        /// Creates an amount.
        public init(weight: UInt64 = 0, samples: Int = 0) { (self.weight, self.samples) = (weight, samples) }

        static func += (amount: inout Amount, weight: UInt64) {
            amount.weight &+= weight
            amount.samples += 1
        }
    }

    /// A function, with all its lines.
    public struct Function: Sendable {
        /// The function, at the line with most of its own time, or with most time where it has none of its own.
        public internal(set) var frame: Frame
        /// The time in the function itself; where threads are blocked, in what it calls that has no lines of its own.
        public internal(set) var own = Amount()
        /// The time in it and in what it calls.
        public internal(set) var total = Amount()
        /// What blocked threads waited for there, in words, the longest waits first; at most three.
        public internal(set) var reasons: [String] = []
    }

    /// A stack of the tasks of one name.
    public struct Stack: Sendable {
        /// What the tasks have in common.
        public let group: TaskTimes.Group
        /// The frames, the task's first.
        public let frames: [Frame]
        /// Its samples.
        public internal(set) var amount = Amount()
    }

    /// The functions of the tasks of one name.
    public struct Name: Sendable {
        /// What the tasks have in common.
        public let group: TaskTimes.Group
        /// Their samples.
        public let amount: Amount
        /// Their functions, those with most time of their own first.
        public let functions: [Function]
    }

    /// A sample, for what shows samples one by one.
    public struct Sample: Sendable {
        /// When it was taken, on the trace's clock.
        public let time: UInt64
        /// The position of its task.
        public let task: Int?
        /// The thread ID.
        public let thread: UInt32
        /// The time that it stands for, in nanoseconds.
        public let weight: UInt64
        /// The place of its stack in `stacks`.
        public let stack: Int
    }

    /// What is profiled.
    public let aspect: Aspect
    /// All samples.
    public private(set) var amount = Amount()
    /// How many of them have no stack, since it could not be followed to the task's body.
    public private(set) var withoutStack = Amount()
    /// The functions, those with most time of their own first.
    public private(set) var functions: [Function] = []
    /// By task name, those with most time first.
    public private(set) var names: [Name] = []
    /// The stacks, each once for each task name, in the order in which they were first seen.
    public private(set) var stacks: [Stack] = []
    /// The files whose functions have no names, since they are not there any more, or are others by now.
    public private(set) var lostModules: [String] = []
    /// The samples, in time order.
    public private(set) var samples: [Sample] = []

    /// Makes the profile of the tasks that a filter lets pass.
    ///
    /// - Parameters:
    ///   - filter: Of tasks; samples before `from` and after `to` are left out.
    ///   - task: The one task that is looked at, by its number; nil: all.
    public init(_ run: Run, aspect: Aspect, filter: TaskFilter = TaskFilter(), task: UInt64? = nil) {
        self.aspect = aspect
        let symbols = ProfileSymbols(run)
        let bound = filter.bound(to: run)
        var groups = NameGroups(run)
        var places: [Key: Int] = [:]
        var totals = Totals(), byName: [TaskTimes.Group: Totals] = [:]
        for sample in run.samples.all where (sample.kind == .blocked) == (aspect == .blocked) {
            if filter.from != nil, sample.time < bound.from { continue }
            if filter.to != nil, sample.time > bound.to { continue }
            let position = run.position(of: sample)
            let entry = position.map { run.tasks.entries[$0] }
            if let task, entry?.number != task { continue }
            if !filter.isOpen { guard let entry, bound.matches(entry) else { continue } }
            let group = entry.map { groups.group(of: $0) } ?? .others
            let key = Key(group: group, stack: sample.stack)
            let place = places[key] ?? stacks.count
            if place == stacks.count {
                stacks.append(Stack(group: group, frames: symbols.frames(ofStack: sample.stack)))
                places[key] = place
            }
            stacks[place].amount += sample.weight
            amount += sample.weight
            if run.samples.stacks[sample.stack].isEmpty { withoutStack += sample.weight }
            samples.append(
                Sample(
                    time: sample.time, task: position, thread: sample.thread, weight: sample.weight, stack: place))
            let own = symbols.own(ofStack: sample.stack, aspect)
            let reason = run.samples.reasons[sample.reason]
            totals.add(stacks[place].frames, own: own, sample.weight, reason)
            byName[group, default: Totals()].add(stacks[place].frames, own: own, sample.weight, reason)
        }
        lostModules = symbols.lostModules.sorted()
        functions = totals.functions
        names = byName.map { Name(group: $0.key, amount: $0.value.amount, functions: $0.value.functions) }
            .sorted { ($0.amount.weight, $0.amount.samples) > ($1.amount.weight, $1.amount.samples) }
    }

    /// What the stacks of a run's samples mean, in their order: the frames of each, the task's first.
    public static func frames(of run: Run) -> [[Frame]] {
        let symbols = ProfileSymbols(run)
        return run.samples.stacks.indices.map(symbols.frames(ofStack:))
    }

    private struct Key: Hashable {
        let group: TaskTimes.Group
        let stack: Int
    }
}

// MARK: - Sums

extension Profile {
    /// The sums of samples by function.
    private struct Totals {
        private struct Name: Hashable {
            let function: String
            let module: String

            init(_ frame: Frame) { (function, module) = (frame.function, frame.module) }
        }

        private struct Account {
            var own = Amount()
            var total = Amount()
            /// By line: the own time, and all.
            var ownLines: [Frame: UInt64] = [:], lines: [Frame: UInt64] = [:]
            var reasons: [String: UInt64] = [:]
        }

        private(set) var amount = Amount()
        private var accounts: [Name: Account] = [:]

        mutating func add(_ frames: [Frame], own: Int?, _ weight: UInt64, _ reason: String) {
            amount += weight
            // A function that calls itself has its time once.
            var seen: Set<Name> = []
            for frame in frames.reversed() where seen.insert(Name(frame)).inserted {
                accounts[Name(frame), default: Account()].total += weight
                accounts[Name(frame), default: Account()].lines[frame, default: 0] &+= weight
            }
            guard let own else { return }
            let frame = frames[own]
            accounts[Name(frame), default: Account()].own += weight
            accounts[Name(frame), default: Account()].ownLines[frame, default: 0] &+= weight
            if !reason.isEmpty { accounts[Name(frame), default: Account()].reasons[reason, default: 0] &+= weight }
        }

        var functions: [Function] {
            accounts.compactMap { _, account in
                let lines = account.ownLines.isEmpty ? account.lines : account.ownLines
                guard let frame = lines.max(by: { ($0.value, $1.key.line) < ($1.value, $0.key.line) })?.key else {
                    return nil
                }
                let reasons = account.reasons.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
                return Function(
                    frame: frame, own: account.own, total: account.total, reasons: reasons.prefix(3).map(\.key))
            }.sorted {
                ($0.own.weight, $0.total.weight, $1.frame.function) > (
                    $1.own.weight, $1.total.weight, $0.frame.function
                )
            }
        }
    }
}
