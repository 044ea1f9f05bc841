import Foundation

/// An issue of a test that ran in another process.
struct ChildIssue: Sendable, Equatable {
    struct Place: Sendable, Equatable, Decodable {
        let fileID: String
        let filePath: String?
        /// As it is called before version 6.3 of the events.
        let _filePath: String?
        let line: Int
        let column: Int
    }

    let text: String
    /// The arguments of the case, if it has any.
    let arguments: String?
    let place: Place?
}

/// What the testing library of another process reports of a test: lines of JSON.
struct ChildEvents {
    private(set) var issues: [ChildIssue] = []
    /// Whether the test has started.
    private(set) var hasRun = false

    private struct Line: Decodable {
        struct Payload: Decodable {
            struct Message: Decodable { let text: String }
            struct Issue: Decodable {
                let isKnown: Bool
                let isFailure: Bool?
                let sourceLocation: ChildIssue.Place?
            }
            struct Case: Decodable { let displayName: String? }

            let kind: String
            let testID: String?
            let issue: Issue?
            let messages: [Message]?
            let _testCase: Case?
        }

        let kind: String
        let payload: Payload
    }

    /// Reads a file, in which there may be no more than half of what was to be there.
    init(path: String, test: String) {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            // Of other kinds of lines some have another shape.
            guard let event = try? JSONDecoder().decode(Line.self, from: line), event.kind == "event" else { continue }
            read(event.payload, test)
        }
    }

    private mutating func read(_ event: Line.Payload, _ test: String) {
        if event.kind == "testStarted", event.testID == test { hasRun = true }
        guard event.kind == "issueRecorded", let issue = event.issue, !issue.isKnown, issue.isFailure ?? true else {
            return
        }
        let text = (event.messages ?? []).map(\.text).joined(separator: "\n  ")
        issues.append(
            ChildIssue(text: text, arguments: event._testCase?.displayName, place: issue.sourceLocation))
    }
}
