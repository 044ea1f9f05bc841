import AsyncCases

/// An async program that knows nothing of PoolTrace: runs the case that its argument names.
@main
struct AsyncProgram {
    static func main() async throws {
        guard let name = CommandLine.arguments.dropFirst().first, let found = AsyncCase(rawValue: name) else {
            fatalError("no such case: \(CommandLine.arguments.dropFirst())")
        }
        try await found.run()
    }
}
