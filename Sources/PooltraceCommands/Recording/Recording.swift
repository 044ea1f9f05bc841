internal import ArgumentParser
internal import Exploration

/// The frame of `run` and `record`: what goes wrong, what is said at the end, and the exit status.
enum Recording {
    /// Runs `body` and throws the exit code of the program that it ran, as ArgumentParser wants it.
    static func exit(_ body: (Notice) throws -> ForegroundProgram.Status) throws -> Never {
        let notice = Notice.standardError
        do {
            throw ExitCode(try body(notice).exitCode)
        } catch let exit as ExitCode {
            throw exit
        } catch let error as ProgramError {
            notice.warn("\(error)")
            throw ExitCode(CommandExit(error).rawValue)
        } catch {
            notice.warn("\(error)")
            throw ExitCode(CommandExit.ownFailure.rawValue)
        }
    }

    /// The same for a body that runs programs in the background.
    static func exit(_ body: (Notice) async throws -> ForegroundProgram.Status) async throws -> Never {
        let notice = Notice.standardError
        let status: Result<ForegroundProgram.Status, any Error>
        do { status = .success(try await body(notice)) } catch { status = .failure(error) }
        try exit { _ in try status.get() }
    }
}
