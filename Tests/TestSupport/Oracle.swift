import Foundation

/// The Python programs of `Tests/Oracles`, which judge exports and the page by the readers of others.
public enum Oracle {
    /// Asks a program, with JSON on its standard input, and gives what it answers, JSON too.
    public static func ask(
        _ program: String, _ question: Any = [String: Any](), arguments: [String] = [], limit: Duration = .seconds(120)
    ) async throws -> Any {
        let python = try await python.value
        return try await withTemporaryDirectory { directory in
            let asked = try directory.write(JSONSerialization.data(withJSONObject: question), to: "question.json")
            let script = "question=$1; shift; exec \"$@\" <\"$question\""
            let result = try await Child.run(
                "sh", ["-c", script, "sh", asked, python, "\(folder)/Oracles/\(program)"] + arguments,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"], limit: limit)
            guard result.status == .exited(0) else { throw TestSupportError("\(program) failed: \(result)") }
            return try JSONSerialization.jsonObject(with: Data(result.outputBytes))
        }
    }

    /// The Python that has what they use, installed once.
    private static let python = Task {
        let result = try await Child.run("\(folder)/../tools/check/oracles", limit: .seconds(300))
        guard result.status == .exited(0) else { throw TestSupportError("tools/check/oracles failed: \(result)") }
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The folder of the tests.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
}
