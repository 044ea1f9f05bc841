internal import ArgumentParser
internal import PoolModel

/// Whether and how often the stacks of tasks are sampled.
struct SampleOptions: ParsableArguments {
    @Option(
        defaultAsFlag: "1ms", parsing: .next,
        help: ArgumentHelp(
            "Sample the stacks of tasks after this much processor time of a worker, from 100us to 1s, and those of tasks that are blocked for 10ms or longer: see 'pooltrace profile'.",
            valueName: "period"))
    var sample: String?

    func validate() throws {
        guard let sample else { return }
        do { _ = try Quantity.duration(sample, in: .microseconds(100)...Duration.seconds(1)) } catch {
            throw ValidationError("'--sample \(TerminalText.escape(sample))': \(error)")
        }
    }

    /// The variable that tells the program of it.
    var environment: [String: String] { sample.map { ["POOLTRACE_SAMPLE": $0] } ?? [:] }
}
