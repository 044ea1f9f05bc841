public import Testing

/// What a program shows to work, in every mode: the program runs once in each as a child, since a process has one mode.
public struct Feature: CustomTestStringConvertible, Sendable {
    /// The program's first argument.
    public let name: String
    /// What it prints, whatever the mode.
    public let lines: [String]
    /// Whether it holds only where no task starts before the program waits for one.
    private let isBeforeTasks: Bool

    /// Makes a feature.
    public init(name: String, lines: [String], isBeforeTasks: Bool = false) {
        self.name = name
        self.lines = lines
        self.isBeforeTasks = isBeforeTasks
    }

    /// The name, for a test's message.
    public var testDescription: String { name }

    private static let modes = [
        ("parallel", 0), ("serial:fifo", 0), ("serial:lifo", 0), ("serial:random", 1), ("serial:random", 2),
        ("serial:random", 3),
    ]

    /// Expects that a program of the package prints these lines in every mode, and exits with 0.
    public func check(in program: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for (mode, seed) in Self.modes where !isBeforeTasks || seed == 0 {
            let run = try await Child.run(
                BuiltProduct.path(program), [name],
                environment: [
                    "POOLTRACE_MODE": mode, "POOLTRACE_SEED": "\(seed)", "POOLTRACE_LTTNG": "off",
                ])
            #expect(run.lines == lines, "\(mode), seed \(seed): \(run)", sourceLocation: sourceLocation)
            #expect(run.status == .exited(0), "\(mode), seed \(seed): \(run)", sourceLocation: sourceLocation)
        }
    }
}
