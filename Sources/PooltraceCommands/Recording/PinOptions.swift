internal import ArgumentParser
internal import Exploration
internal import PoolModel

/// Whether what differs from run to run is made the same.
struct PinOptions: ParsableArguments {
    @Flag(
        help:
            "Also fix addresses, random numbers and the wall clock, so that runs are reproducible."
    )
    var pin = false

    /// Hashes come in the same order in every run that is to be like another: that costs nothing, and programs depend
    /// on it without knowing, every bundle of tests among them.
    var pinning: Pinning { pin ? .all : .hashes }

    /// A command's words that run the program again in the same way: `--pin -- ./checker data`.
    func again(_ command: [String]) -> String {
        (pin ? "--pin " : "") + "-- " + TerminalText.escape(ShellWord.commandLine(command))
    }
}
