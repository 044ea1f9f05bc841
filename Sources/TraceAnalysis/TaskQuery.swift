/// Which tasks a list shows, and in which order: asked for by options or, in a full-screen view, by words.
public struct TaskQuery: Sendable, Equatable {
    /// What a list may be sorted by.
    public enum Key: String, Sendable, CaseIterable {
        case state, name, path, site, pool, worker, submitted, started, ended, wait, run, turnaround, suspensions
        case cpu, ready, blocked
        case selfTime = "self"
        case said, input, error, task

        /// Whether its numbers are durations, in nanoseconds.
        public var isDuration: Bool {
            switch self {
            case .wait, .run, .turnaround, .cpu, .ready, .blocked, .selfTime: true
            default: false
            }
        }

        /// Whether its numbers are moments, in nanoseconds from the run's start.
        public var isMoment: Bool { self == .submitted || self == .started || self == .ended }

        /// Whether it is a number and no text.
        public var isNumber: Bool { isDuration || isMoment || self == .worker || self == .suspensions }
    }

    /// Which tasks at all.
    public var filter = TaskFilter()
    /// How far they came; empty for all.
    public var states: Set<TaskEntry.State> = []
    /// How long they waited at least, in nanoseconds.
    public var minimumWait: UInt64?
    /// What their path, name, site, input, error or the name of something that they said must hold, each, in any case
    /// of letters; empty for anything.
    public var texts: [String] = []
    /// By what; `nil` for the order in which the trace first speaks of them.
    public var sort: Key?
    /// In reverse order.
    public var isReversed = false
    /// How many at limit.
    public var limit: Int?

    /// Makes a query that lets everything pass.
    public init() {}
}

// MARK: - Results

extension TaskQuery {
    /// The tasks of a run that were asked for, by their positions, and how many there are without the bound.
    public func positions(in run: Run) -> (shown: [UInt32], total: Int) {
        let bound = bound(to: run)
        let details = TaskDetails(run)
        var found: [UInt32] = []
        for (position, task) in run.tasks.entries.enumerated() where bound.matches(task) {
            found.append(UInt32(truncatingIfNeeded: position))
        }
        let total = found.count
        if let sort {
            found = sorted(found, by: sort, details)
        } else if isReversed {
            found.reverse()
        }
        return (limit.map { Array(found.prefix(max(0, $0))) } ?? found, total)
    }

    /// Times with the longest first, counts with the highest, moments with the earliest, texts by their letters; what
    /// is unknown comes last.
    private func sorted(_ positions: [UInt32], by key: Key, _ details: TaskDetails) -> [UInt32] {
        let entries = details.run.tasks.entries
        if key.isNumber || [.pool, .state, .task].contains(key) {
            let longestFirst = key.isDuration || key == .suspensions
            return ordered(positions, isDescending: longestFirst != isReversed) {
                details.number(key, entries[Int($0)])
            }
        }
        return ordered(positions, isDescending: isReversed) {
            details.text(key, entries[Int($0)]).map { Self.natural($0) }
        }
    }

    private func ordered<Value: Comparable>(
        _ positions: [UInt32], isDescending: Bool, by value: (UInt32) -> Value?
    ) -> [UInt32] {
        var known: [(value: Value, position: UInt32)] = []
        var unknown: [UInt32] = []
        for position in positions {
            if let value = value(position) { known.append((value, position)) } else { unknown.append(position) }
        }
        known.sort {
            if $0.value != $1.value { return isDescending ? $0.value > $1.value : $0.value < $1.value }
            return $0.position < $1.position
        }
        return known.map(\.position) + unknown
    }

    /// A text whose numbers compare by their values: each has its number of digits before it.
    static func natural(_ text: String) -> String {
        var result: [UInt8] = []
        var digits: [UInt8] = []
        func end() {
            guard !digits.isEmpty else { return }
            let trimmed = digits.drop { $0 == UInt8(ascii: "0") }
            result += String(trimmed.count + 100).utf8
            result += trimmed
            digits.removeAll(keepingCapacity: true)
        }
        for byte in text.utf8 {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                digits.append(byte)
            } else {
                end()
                result.append(byte)
            }
        }
        end()
        return String(decoding: result, as: UTF8.self)
    }
}
