import ArgumentParser
import Glibc
import PoolModel

/// The frame of `run` and `record`: what goes wrong, what is said at the end, and the exit status.
enum Recording {
    /// What pooltrace could not do.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// Runs `body` and throws the exit code of the program that it ran, as ArgumentParser wants it.
    static func exit(_ body: (Notice) throws -> ForegroundProgram.Status) throws -> Never {
        let notice = Notice.standardError
        do {
            throw ExitCode(try body(notice).exitCode)
        } catch let exit as ExitCode {
            throw exit
        } catch let error as ProgramError {
            notice.warn("\(error)")
            throw ExitCode(error.exitCode)
        } catch {
            notice.warn("\(error)")
            throw ExitCode(125)
        }
    }

    /// The same for a body that runs programs in the background.
    static func exit(_ body: (Notice) async throws -> ForegroundProgram.Status) async throws -> Never {
        let notice = Notice.standardError
        let status: Result<ForegroundProgram.Status, any Error>
        do { status = .success(try await body(notice)) } catch { status = .failure(error) }
        try exit { _ in try status.get() }
    }

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
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
                if written < 0, errno != EINTR { return }
                rest = rest.dropFirst(max(written, 0))
            }
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

        /// Runs `body`; if it throws, nothing was recorded and the folder for it goes.
        func unlessStarted<Result>(removing directory: String, _ body: () throws -> Result) rethrows -> Result {
            do { return try body() } catch {
                rmdir(directory)
                throw error
            }
        }
    }
}
