import Glibc

/// A program of a few lines, and what must be reported about it.
package struct Case<Body: Sendable>: Sendable {
    /// What must be reported.
    package enum Expectation: String, Sendable {
        /// A race in the first execution, which starts tasks in the order of their submission.
        case race
        /// A race that needs another order than the first; found within 20.
        case search
        /// No race, in any order.
        case none
    }

    package let name: String
    package let expected: Expectation
    /// Whether the program has a corrected twin.
    package let hasTwin: Bool
    /// The program; it is handed whether to run as the corrected twin.
    package let body: Body

    /// A program of those that `arguments` name, and whether its corrected twin is meant.
    ///
    /// Without arguments prints all runs, one a line, and exits: what must be reported (`race`, `search` or `none`),
    /// then the arguments of the run. Exits with 64 where there is no such run.
    package static func chosen(from cases: [Case]) -> (case: Case, fixed: Bool) {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first else {
            for one in cases {
                print(one.expected.rawValue, one.name)
                if one.hasTwin { print("none", one.name, "fixed") }
            }
            exit(0)
        }
        let fixed = arguments.dropFirst().first == "fixed"
        guard let one = cases.first(where: { $0.name == name && (!fixed || $0.hasTwin) }) else {
            fputs("no case \(arguments.joined(separator: " ")); without arguments all are listed\n", stderr)
            exit(64)
        }
        return (one, fixed)
    }
}

extension Case where Body == @Sendable (Bool) throws -> Void {
    /// A racy program and its corrected twin.
    package static func program(
        _ name: String, _ expected: Expectation = .race, _ body: @escaping @Sendable (_ fixed: Bool) throws -> Void
    ) -> Case { Case(name: name, expected: expected, hasTwin: true, body: body) }

    /// A program without a twin.
    package static func single(
        _ name: String, _ expected: Expectation, _ body: @escaping @Sendable () throws -> Void
    ) -> Case { Case(name: name, expected: expected, hasTwin: false) { _ in try body() } }
}

extension Case where Body == @Sendable (Bool) async throws -> Void {
    /// A racy program and its corrected twin.
    package static func program(
        _ name: String, _ expected: Expectation = .race,
        _ body: @escaping @Sendable (_ fixed: Bool) async throws -> Void
    ) -> Case { Case(name: name, expected: expected, hasTwin: true, body: body) }

    /// A program without a twin.
    package static func single(
        _ name: String, _ expected: Expectation, _ body: @escaping @Sendable () async throws -> Void
    ) -> Case { Case(name: name, expected: expected, hasTwin: false) { _ in try await body() } }
}
