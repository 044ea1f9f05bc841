internal import ArgumentParser
internal import Exploration

/// Whether data races between a program's tasks are looked for.
struct RacesOptions: ParsableArguments {
    @Flag(
        name: .customLong("races"),
        help:
            "Find data races between tasks, which run one at a time; requires a program that 'pooltrace build' has built."
    )
    var isOn = false

    /// What a program is run with for that; `nil` if it is not asked for.
    ///
    /// - Throws: `ExplorationError` if the program is not built for it; `ProgramError` if it is not there.
    func races(for program: String) throws -> Races? { isOn ? try Races(for: program) : nil }
}
