internal import ArgumentParser
internal import Glibc
internal import TraceAnalysis

/// The traces that a command is given.
struct TraceInput: ParsableArguments {
    @Argument(help: "Directories with traces: a run, a snapshot, or an LTTng session.", completion: .directory)
    var traces: [String]

    @OptionGroup var damage: DamageOptions

    /// The runs in all traces; what is damaged or cannot be read is said on standard error, and noted in the status.
    func read() throws -> (runs: [Run], status: CommandExit) { try TraceInput.read(traces, damage) }

    /// The runs in some traces.
    static func read(_ traces: [String], _ damage: DamageOptions) throws -> (runs: [Run], status: CommandExit) {
        var runs: [Run] = []
        var status = CommandExit.success
        for trace in traces {
            do {
                let reading = try RunReader.read(trace, isStrict: damage.strict)
                runs += reading.runs
                for note in reading.notes { StandardError.write(note) }
                try damage.tell(reading.damage, count: reading.damageCount)
                if !reading.damage.isEmpty, status == .success { status = .damaged }
                if reading.runs.isEmpty {
                    StandardError.write("\(trace): \(reading.emptiness)")
                    if !reading.damage.isEmpty { status = .failure }
                }
            } catch let exit as ExitCode {
                throw exit
            } catch {
                StandardError.write("\(error)")
                status = .failure
            }
        }
        return (runs, status)
    }
}
