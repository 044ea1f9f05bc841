internal import CommandSystem
internal import Glibc
internal import PoolModel

extension Recording {
    /// Speaks to the user, on standard error: standard output is the program's.
    struct Notice {
        let style: TerminalStyle

        /// As its terminal and the environment allow.
        static var standardError: Notice {
            let environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }
            return Notice(style: TerminalStyle(terminal: isatty(STDERR_FILENO) == 1, environment: environment))
        }

        /// Says a sentence.
        func say(_ text: String) { put("pooltrace: \(Sentences.said(text))\n") }

        /// Says what went wrong.
        func warn(_ text: String) { put("\(style.red("pooltrace")): \(Sentences.said(text))\n") }

        func put(_ text: String) {
            // What cannot be written cannot be complained about either.
            try? SystemOutput.write(text, to: STDERR_FILENO, named: "standard error")
        }

        /// The same for a body that runs programs in the background.
        func unlessStarted<Result>(
            removing directory: String, _ body: () async throws -> Result
        ) async rethrows -> Result {
            do { return try await body() } catch {
                rmdir(directory)
                throw error
            }
        }

        /// Runs `body`; if it throws, nothing was recorded and the directory for it goes.
        func unlessStarted<Result>(removing directory: String, _ body: () throws -> Result) rethrows -> Result {
            do { return try body() } catch {
                rmdir(directory)
                throw error
            }
        }
    }
}
