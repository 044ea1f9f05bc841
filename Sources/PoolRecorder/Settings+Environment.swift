internal import Glibc
internal import PoolModel
internal import PoolSchedule

// MARK: - The environment, read here and nowhere else

extension Settings {
    /// Reads the process's environment, and says on standard error what is wrong with it.
    static func fromEnvironment() -> Settings {
        Settings(
            environment: { name in getenv(name).map { String(cString: $0) } },
            complain: { Notice.write($0) },
            refuse: { sentence in
                Notice.write(sentence)
                _exit(64)
            })
    }

    /// Reads settings from an environment; a value that means nothing leaves the default, and `complain` gets one
    /// sentence on it.
    ///
    /// - Parameter refuse: Gets a sentence on a value without which the program must not run: all tasks would run where
    ///   one was asked for.
    init(environment: (String) -> String?, complain: (String) -> Void, refuse: (String) -> Void) {
        self.init()
        /// The value of a variable that is set and not empty, by way of `parse`, which throws what it expected.
        func read<Value>(_ name: String, _ parse: (String) throws(Quantity.Problem) -> Value) -> Value? {
            guard let text = environment(name), !text.isEmpty else { return nil }
            do throws(Quantity.Problem) { return try parse(text) } catch {
                complain("\(name)=\(text): \(error); using the default")
                return nil
            }
        }
        /// The same for what is one of several words.
        func read<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value? {
            read(name) { text throws(Quantity.Problem) in
                guard let value = parse(text) else { throw Quantity.Problem(description: "expected \(expected)") }
                return value
            }
        }
        func text(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }

        func readSwitch(_ name: String) -> Bool? {
            read(name, expected: "on or off") { $0 == "on" ? true : $0 == "off" ? false : nil }
        }

        let modes = "parallel, serial, or serial:STRATEGY, with one of \(StrategyName.choices)"
        mode = read("POOLTRACE_MODE", expected: modes, Mode.init) ?? mode
        seed = read("POOLTRACE_SEED") { text throws(Quantity.Problem) in try Quantity.number(text) } ?? seed
        workers = read("POOLTRACE_WORKERS") { text throws(Quantity.Problem) in
            try Quantity.number(text, in: Settings.allowedWorkers)
        }
        runtime = read("POOLTRACE_RUNTIME", expected: Runtime.list, Runtime.init) ?? runtime
        patience =
            read("POOLTRACE_PATIENCE") { text throws(Quantity.Problem) in
                try Quantity.duration(text, in: .zero...Settings.maximumTime)
            } ?? patience
        if let path = text("POOLTRACE_ONLY") {
            only = path
            if TaskPath(path) == nil {
                refuse("POOLTRACE_ONLY=\(path): expected the path of a task, such as main.3 or main.2[17]")
            }
            if mode == .parallel { mode = .serial(strategy: .fifo) }
        }
        breakAt = text("POOLTRACE_BREAK_AT")
        replay = text("POOLTRACE_REPLAY")
        divergence =
            read("POOLTRACE_DIVERGENCE", expected: Divergence.list, Divergence.init) ?? divergence
        trace = text("POOLTRACE_TRACE")
        limit = read("POOLTRACE_LIMIT", Settings.bytes)
        packet = read("POOLTRACE_PACKET", Settings.bytes)
        ring = readSwitch("POOLTRACE_RING") ?? ring
        onFailure = text("POOLTRACE_ON_FAILURE")
        lttng = read("POOLTRACE_LTTNG", expected: LTTng.list, LTTng.init) ?? lttng
        clock = read("POOLTRACE_CLOCK", expected: Clock.list, Clock.init) ?? clock
        time = readSwitch("POOLTRACE_TIME") ?? time
        input = read("POOLTRACE_INPUT", expected: Input.list, Input.init) ?? input
        frames = read("POOLTRACE_FRAMES", expected: FrameDetail.list, FrameDetail.init) ?? frames
        stacks = readSwitch("POOLTRACE_STACKS") ?? stacks
        sample = read("POOLTRACE_SAMPLE") { text throws(Quantity.Problem) in
            try Quantity.duration(text, in: .microseconds(100)...Duration.seconds(1))
        }
        blocked =
            read("POOLTRACE_BLOCKED") { text throws(Quantity.Problem) in
                text == "off" ? .zero : try Quantity.duration(text, in: .milliseconds(1)...Settings.maximumTime)
            } ?? blocked
        sampleMethod =
            read("POOLTRACE_SAMPLE_METHOD", expected: SampleMethod.list, SampleMethod.init) ?? sampleMethod
        faults = readSwitch("POOLTRACE_FAULTS") ?? faults
        stallLimit = read("POOLTRACE_STALL") { text throws(Quantity.Problem) in
            try Quantity.duration(text, in: .milliseconds(10)...Settings.maximumTime)
        }
        spinLimit = read("POOLTRACE_SPIN") { text throws(Quantity.Problem) in
            try Quantity.duration(text, in: .milliseconds(10)...Settings.maximumTime)
        }
        keep = read("POOLTRACE_KEEP") { text throws(Quantity.Problem) in
            try Quantity.duration(text, in: .milliseconds(100)...Settings.maximumTime)
        }
        snapshotWhen =
            read("POOLTRACE_SNAPSHOT_WHEN") { text throws(Quantity.Problem) in
                try SnapshotBound.list(text)
            } ?? []
        snapshotDirectory = text("POOLTRACE_SNAPSHOT_DIR")
        snapshotEvery =
            read("POOLTRACE_SNAPSHOT_EVERY") { text throws(Quantity.Problem) in
                try Quantity.duration(text, in: .zero...Settings.maximumTime)
            } ?? snapshotEvery
        snapshotLast =
            read("POOLTRACE_SNAPSHOT_LAST") { text throws(Quantity.Problem) in
                try Quantity.number(text, in: 1...1000)
            } ?? snapshotLast
        lttngHome = text("LTTNG_HOME") ?? text("HOME")
    }

    /// Longer time spans are no use in a setting.
    private static let maximumTime = Duration.seconds(100 * 24 * 3600)

    /// A size of at least the smallest packet.
    private static func bytes(_ text: String) throws(Quantity.Problem) -> UInt64 {
        try Quantity.bytes(text, minimum: 64 << 10)
    }
}

extension Settings {
    /// What a service manager, such as systemd, tells this process: its variables that are set.
    package static let serviceManager: [String: String] = {
        let names = ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"]
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in getenv(name).map { (name, String(cString: $0)) } })
    }()
}

extension Settings.Mode {
    /// `parallel`, `serial` (first in, first out), or `serial:STRATEGY`.
    fileprivate init?(_ text: String) {
        switch text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init) {
        case ["parallel"]: self = .parallel
        case ["serial"]: self = .serial(strategy: .fifo)
        case let parts where parts.count == 2 && parts[0] == "serial":
            guard let strategy = StrategyName(parts[1]) else { return nil }
            self = .serial(strategy: strategy)
        default: return nil
        }
    }
}

extension CaseIterable where Self: RawRepresentable<String> {
    /// `auto, on, off`.
    fileprivate static var list: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
}
