import ArgumentParser
import Testing

@testable import PooltraceCommands

/// That the statuses are said alike wherever they are said.
@Suite("The table of exit statuses")
struct ExitTableTests {
    /// Those that the topic explains without naming commands.
    private static let general: Set<CommandExit> = [.success, .usage, .lostContinuations, .cannotRun, .notFound]

    private static func commands(of row: ExitTable.Row) -> Set<String> {
        // `view --pid` is of `view`.
        Set(row.lines.joined().flatMap(\.commands).compactMap { $0.split(separator: " ").first.map(String.init) })
    }

    @Test func `It has every status once, in order, and a sentence for every command`() {
        #expect(ExitTable.rows.map(\.status) == CommandExit.allCases)
        let commands = PooltraceCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        #expect(ExitTable.sentences.map(\.key).sorted() == commands.sorted())
        for command in PooltraceCommand.configuration.subcommands {
            let configuration = command.configuration
            let sentence = ExitTable.sentences.first { $0.key == configuration.commandName }?.value
            #expect(configuration.discussion.contains(sentence?.description ?? "no sentence"), "\(command)")
        }
    }

    @Test func `A status is of the commands whose help names it`() {
        for row in ExitTable.rows where !Self.general.contains(row.status) {
            let named = ExitTable.sentences.filter { $0.value.statuses.contains(row.status) }.map(\.key)
            #expect(Self.commands(of: row) == Set(named), "\(row.status)")
        }
        for (command, sentence) in ExitTable.sentences where !["run", "record"].contains(command) {
            #expect(sentence.statuses.isSuperset(of: [.success, .usage]), "\(command)")
        }
    }
}
