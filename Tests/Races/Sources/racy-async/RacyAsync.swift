import RaceCases

typealias AsyncCase = Case<@Sendable (Bool) async throws -> Void>

/// Races of the tasks of Swift Concurrency, in a program that is not linked with PoolTrace.
///
/// Usage: racy-async [CASE [fixed]]; without arguments it lists them.
@main
enum RacyAsync {
    static func main() async throws {
        let (chosen, fixed) = AsyncCase.chosen(from: racyPrograms + hiddenRaces + edgesOfConcurrency + edgesOfOthers)
        try await chosen.body(fixed)
    }
}
