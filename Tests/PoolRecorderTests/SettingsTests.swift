import PoolModel
import PoolSchedule
import TestSupport
import Testing

@testable import PoolRecorder

@Suite("Settings")
struct SettingsTests {
    private func settings(_ environment: [String: String]) -> (settings: Settings, complaints: [String]) {
        var complaints: [String] = []
        let settings = Settings(
            environment: { environment[$0] }, complain: { complaints.append($0) },
            refuse: { complaints.append("refused: \($0)") })
        return (settings, complaints)
    }

    @Test("of an environment that says nothing are the defaults")
    func defaults() {
        let (settings, complaints) = settings([:])
        #expect(settings == Settings() && complaints == [])
    }

    @Test("are read from every variable")
    func everyVariable() {
        let (settings, complaints) = settings([
            "POOLTRACE_MODE": "serial:lifo", "POOLTRACE_SEED": "18446744073709551615", "POOLTRACE_WORKERS": "3",
            "POOLTRACE_ONLY": "main.3.1", "POOLTRACE_TRACE": "/tmp/t", "POOLTRACE_LIMIT": "2G",
            "POOLTRACE_PACKET": "128K", "POOLTRACE_RING": "off", "POOLTRACE_ON_FAILURE": "left",
            "POOLTRACE_LTTNG": "on",
            "POOLTRACE_CLOCK": "monotonic", "POOLTRACE_INPUT": "type", "POOLTRACE_TIME": "off",
            "POOLTRACE_STACKS": "on",
            "POOLTRACE_FAULTS": "off", "POOLTRACE_BREAK_AT": "main.2",
            "POOLTRACE_REPLAY": "rare.schedule", "POOLTRACE_DIVERGENCE": "strict",
            "POOLTRACE_KEEP": "60s", "POOLTRACE_SNAPSHOT_WHEN": "wait>2s, rate(failed)>0.5%",
            "POOLTRACE_SNAPSHOT_DIR": "/tmp/s", "POOLTRACE_SNAPSHOT_EVERY": "1min", "POOLTRACE_SNAPSHOT_LAST": "3",
            "POOLTRACE_STALL": "500ms", "POOLTRACE_SPIN": "2s",
            "POOLTRACE_SAMPLE": "2ms", "POOLTRACE_BLOCKED": "off", "POOLTRACE_SAMPLE_METHOD": "timer",
            "POOLTRACE_PATIENCE": "1.5", "HOME": "/home/a", "LTTNG_HOME": "/home/b",
        ])
        var expected = Settings()
        expected.mode = .serial(strategy: .lifo)
        expected.seed = .max
        expected.workers = 3
        expected.only = "main.3.1"
        expected.replay = "rare.schedule"
        expected.divergence = .strict
        expected.trace = "/tmp/t"
        expected.limit = 2 << 30
        expected.packet = 128 << 10
        expected.ring = false
        expected.onFailure = "left"
        expected.lttng = .on
        expected.stacks = true
        expected.faults = false
        expected.breakAt = "main.2"
        expected.patience = .milliseconds(1500)
        expected.stallLimit = .milliseconds(500)
        expected.keep = .seconds(60)
        expected.snapshotWhen = [.wait(.seconds(2)), .failures(percent: 0.5)]
        expected.snapshotDirectory = "/tmp/s"
        expected.snapshotEvery = .seconds(60)
        expected.snapshotLast = 3
        expected.spinLimit = .seconds(2)
        expected.sample = .milliseconds(2)
        expected.blocked = .zero
        expected.sampleMethod = .timer
        expected.clock = .monotonic
        expected.input = .type
        expected.time = false
        expected.lttngHome = "/home/b"
        #expect(settings == expected && complaints == [])
    }

    @Test("One task runs in serial mode, and a path that is none is refused: everything would run in its place")
    func only() {
        let (one, none) = settings(["POOLTRACE_ONLY": "main.2[17]"])
        #expect(one.only == "main.2[17]" && one.mode == .serial(strategy: .fifo) && none == [])
        #expect(
            settings(["POOLTRACE_ONLY": "main.1", "POOLTRACE_MODE": "serial:lifo"]).settings.mode
                == .serial(strategy: .lifo))
        let refused = "refused: POOLTRACE_ONLY=main..3: expected the path of a task, such as main.3 or main.2[17]"
        #expect(settings(["POOLTRACE_ONLY": "main..3"]).complaints == [refused])
    }

    @Test("`serial` alone is first in, first out; an empty variable is as none")
    func shortForms() {
        #expect(settings(["POOLTRACE_MODE": "serial"]).settings.mode == .serial(strategy: .fifo))
        let (settings, complaints) = settings(["POOLTRACE_MODE": "", "POOLTRACE_WORKERS": ""])
        #expect(settings == Settings() && complaints == [])
    }

    @Test(
        "that mean nothing are named, with what is allowed, and the default is used",
        arguments: [
            ("MODE", "serial:", "fifo, lifo, random, delays"), ("MODE", "Parallel", "parallel, serial"),
            ("SEED", "-1", "a number from 0"), ("WORKERS", "0", "from 1"), ("WORKERS", "two", "from 1"),
            ("LIMIT", "1P", "16M"), ("LIMIT", "99999999999999999999G", "at most"), ("LIMIT", "17179869185G", "at most"),
            ("LIMIT", "1K", "64K"), ("PACKET", "M", "64K"), ("RING", "yes", "on or off"),
            ("STALL", "0", "from 10ms"), ("STALL", "5 parsecs", "20ms"), ("PATIENCE", "-1", "20ms"),
            ("LTTNG", "ON", "auto, on, off"), ("CLOCK", "hpet", "tsc, monotonic"), ("INPUT", "all", "full, type, none"),
            ("FRAMES", "some", "folded, all"),
        ])
    func meaningless(name: String, value: String, allowed: String) {
        let (settings, complaints) = settings(["POOLTRACE_\(name)": value])
        #expect(settings == Settings(), "\(name)=\(value)")
        #expect(complaints.count == 1, "\(complaints)")
        #expect(complaints[0].hasPrefix("POOLTRACE_\(name)=\(value): expected ") && complaints[0].contains(allowed))
    }

    @Test("that mean nothing cost a program one line on standard error, with control characters escaped")
    func oneLine() async throws {
        let result = try await Program.run(["idle"], settings: ["MODE": "\u{1B}[31m\nred"]).requireSuccess()
        #expect(result.error.split(separator: "\n").count == 1 && result.error.contains("\\e[31m\\nred"), "\(result)")
    }
}

@Suite("The command in a report")
struct OwnOptionsTests {
    @Test("is without the options that PoolTrace adds")
    func removed() {
        let words =
            ["./check", "--workers", "4", "data", "--serial", "--seed=7", "--only", "main.1", "-v"] + ["--trace", "x"]
        #expect(OwnOptions.removed(from: words) == ["./check", "data", "-v"])
    }

    @Test("keeps what only looks like them")
    func kept() {
        let words = ["./check", "--workersX", "--serial-number", "--", "--workers", "4"]
        #expect(OwnOptions.removed(from: words) == words)
    }

    @Test("may end with an option whose value is missing")
    func missing() {
        #expect(OwnOptions.removed(from: ["./check", "--seed"]) == ["./check"])
    }
}
