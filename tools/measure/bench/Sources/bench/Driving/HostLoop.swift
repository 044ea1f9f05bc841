import Foundation

/// What a host's process answers to a command, one line of JSON.
struct Answer: Codable {
    var sample: Sample?
    var problem: String?
}

/// A host's process, seen from inside: reads the ids of rows from standard input and does a round of each.
enum HostLoop {
    static func run() throws {
        var rounds: [String: Row.Round] = [:]
        let encoder = JSONEncoder()
        // Answers go to the pipe alone: whatever else prints, prints to standard error.
        let pipe = FileHandle(fileDescriptor: dup(STDOUT_FILENO))
        dup2(STDERR_FILENO, STDOUT_FILENO)
        while let id = readLine() {
            var answer = Answer()
            do {
                guard let row = Group.row(id) else { throw BenchError("no row is called \(id)") }
                let round: Row.Round
                if let known = rounds[id] {
                    round = known
                } else {
                    round = try row.prepare()
                    // Once untimed: caches, page tables and lazily made things are as in all later rounds.
                    if row.warmsUp { _ = try round() }
                    rounds[id] = round
                }
                answer.sample = try round()
            } catch {
                answer.problem = String(describing: error)
            }
            try pipe.write(contentsOf: encoder.encode(answer) + Data("\n".utf8))
        }
    }
}
