/// What a program is called.
package enum ProgramName {
    /// The name without its directories.
    package static func of(_ command: [String]) -> String {
        command.first.flatMap { $0.split(separator: "/").last.map(String.init) } ?? "program"
    }
}
