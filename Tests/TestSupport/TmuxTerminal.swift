import Foundation

/// A terminal in a tmux server of its own, with one program in it: a test types, and reads the screen.
public final class TmuxTerminal: Sendable {
    private let folder: TemporaryDirectory
    private let environment: [String: String?]
    /// The longest that a screen may take to become what is awaited.
    public static let limit = Duration.seconds(40)

    private init(_ folder: TemporaryDirectory, _ environment: [String: String?]) {
        self.folder = folder
        self.environment = environment
    }

    /// Runs a program in a terminal while `body` does; the terminal and what runs in it are gone afterwards.
    ///
    /// - Parameters:
    ///   - command: A shell's command line.
    ///   - columns: The terminal's width.
    ///   - rows: Its height.
    ///   - environment: As of `Child.run`.
    public static func run<Result>(
        _ command: String, columns: Int = 80, rows: Int = 24, environment: [String: String?] = [:],
        while body: (TmuxTerminal) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            try folder.write(
                """
                set -g status off
                set -g remain-on-exit on
                set -sg escape-time 0
                set -g default-shell /bin/sh
                """, to: "configuration")
            let utf8 = ["LC_ALL": "C.UTF-8", "TMUX": nil, "TMUX_PANE": nil]
            let terminal = TmuxTerminal(folder, environment.merging(utf8) { own, _ in own })
            // What tmux draws is UTF-8 in any case; the program's locale is its own.
            try await terminal.tmux("-u", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", command)
            do {
                let result = try await body(terminal)
                try await terminal.tmux("kill-server")
                return result
            } catch {
                let screen = (try? await terminal.screen()) ?? []
                _ = try? await terminal.tmux("kill-server")
                throw TestSupportError("\(error)\n--- the screen of \(command)\n" + screen.joined(separator: "\n"))
            }
        }
    }

    @discardableResult
    private func tmux(_ arguments: String...) async throws -> ChildResult {
        let server = ["-S", folder.path("socket"), "-f", folder.path("configuration")]
        let result = try await Child.run("tmux", server + arguments, environment: environment)
        guard result.succeeded else { throw TestSupportError("\(result)") }
        return result
    }

    /// Types keys: letters, or tmux's names, as `Enter`, `Escape` and `C-c`.
    public func type(_ keys: String...) async throws {
        for key in keys { try await tmux("send-keys", key) }
    }

    /// Changes the size.
    public func resize(columns: Int, rows: Int) async throws {
        try await tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
    }

    /// What a format of tmux's says of the terminal, as `#{alternate_on}`.
    public func state(_ format: String) async throws -> String {
        try await tmux("display-message", "-p", format).lines.first ?? ""
    }

    /// The lines of the screen, without the spaces at their ends.
    ///
    /// - Parameter styled: With the sequences that make colours.
    public func screen(styled: Bool = false) async throws -> [String] {
        let text = try await (styled ? tmux("capture-pane", "-p", "-e") : tmux("capture-pane", "-p")).output
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// Waits until the screen is as it should be, and returns it; where it never is, throws and shows it.
    @discardableResult
    public func wait(
        for what: String, styled: Bool = false, until limit: Duration = limit, where isRight: ([String]) -> Bool
    ) async throws -> [String] {
        let end = ContinuousClock.now.advanced(by: limit)
        while true {
            let screen = try await screen(styled: styled)
            if isRight(screen) { return screen }
            guard ContinuousClock.now < end else {
                throw TestSupportError("the screen never showed \(what)")
            }
            // A terminal cannot be waited for in another way: nobody says that a program has drawn.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits until the screen shows a text.
    @discardableResult
    public func wait(for text: String) async throws -> [String] {
        try await wait(for: "\"\(text)\"") { $0.contains { $0.contains(text) } }
    }
}
