internal import Glibc
internal import PoolModel
internal import PoolSchedule

// MARK: - The environment, read here and nowhere else

extension Settings {
    /// Reads the process's environment, and says on standard error what is wrong with it.
    static func fromEnvironment() -> Settings {
        Settings(
            environment: { name in getenv(name).map { String(cString: $0) } },
            complain: { Notice.write($0) })
    }

    /// Reads settings from an environment; a value that means nothing leaves the default, and `complain` gets one
    /// sentence on it.
    init(environment: (String) -> String?, complain: (String) -> Void) {
        self.init()
        /// The value of a variable that is set and not empty, by way of `parse`.
        func read<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value? {
            guard let text = environment(name), !text.isEmpty else { return nil }
            if let value = parse(text) { return value }
            complain("\(name)=\(text): expected \(expected); the default is used")
            return nil
        }
        func text(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }

        func readSwitch(_ name: String) -> Bool? {
            read(name, expected: "on or off") { $0 == "on" ? true : $0 == "off" ? false : nil }
        }

        let modes = "parallel, serial, or serial: and one of \(StrategyName.choices)"
        mode = read("POOLTRACE_MODE", expected: modes, Mode.init) ?? mode
        seed = read("POOLTRACE_SEED", expected: "an integer from 0") { UInt64($0) } ?? seed
        workers = read("POOLTRACE_WORKERS", expected: "a number of workers from 1 to 4096") { text in
            Int(text).flatMap { Settings.allowedWorkers.contains($0) ? $0 : nil }
        }
        runtime = read("POOLTRACE_RUNTIME", expected: Runtime.list, Runtime.init) ?? runtime
        patience =
            read("POOLTRACE_PATIENCE", expected: "a number of seconds such as 5 or 0.5") { text in
                Double(text).flatMap { 0...1e9 ~= $0 ? .seconds($0) : nil }
            } ?? patience
        only = text("POOLTRACE_ONLY")
        breakAt = text("POOLTRACE_BREAK_AT")
        replay = text("POOLTRACE_REPLAY")
        divergence =
            read("POOLTRACE_DIVERGENCE", expected: Divergence.list, Divergence.init) ?? divergence
        trace = text("POOLTRACE_TRACE")
        let size = "a size from 64K such as 512K, 16M or 1G"
        limit = read("POOLTRACE_LIMIT", expected: size, Settings.bytes)
        packet = read("POOLTRACE_PACKET", expected: size, Settings.bytes)
        ring = readSwitch("POOLTRACE_RING") ?? ring
        onFailure = text("POOLTRACE_ON_FAILURE")
        lttng = read("POOLTRACE_LTTNG", expected: LTTng.list, LTTng.init) ?? lttng
        clock = read("POOLTRACE_CLOCK", expected: Clock.list, Clock.init) ?? clock
        input = read("POOLTRACE_INPUT", expected: Input.list, Input.init) ?? input
        stacks = readSwitch("POOLTRACE_STACKS") ?? stacks
        spill = readSwitch("POOLTRACE_SPILL") ?? spill
        faults = readSwitch("POOLTRACE_FAULTS") ?? faults
        stallLimit = read("POOLTRACE_STALL", expected: "a number of seconds such as 5 or 0.5") { text in
            Double(text).flatMap { 0.01...1e6 ~= $0 ? .seconds($0) : nil }
        }
        lttngHome = text("LTTNG_HOME") ?? text("HOME")
    }

    /// A size of at least a packet: digits, and K, M or G for powers of 1024.
    static func bytes(_ text: String) -> UInt64? {
        let factors: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        let factor = text.last.flatMap { factors[$0] }
        guard let count = UInt64(factor == nil ? text[...] : text.dropLast()) else { return nil }
        let (size, overflow) = count.multipliedReportingOverflow(by: factor ?? 1)
        return overflow || size < 64 << 10 ? nil : size
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
