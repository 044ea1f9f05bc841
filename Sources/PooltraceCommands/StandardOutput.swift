internal import CommandSystem
internal import Glibc

/// Standard output, for commands that hand it large pieces.
enum StandardOutput {
    /// Nobody reads any more (`| head`): no error, the command ends quietly.
    struct Closed: Error {}

    /// A write to a closed pipe shall fail, not end the process by a signal.
    private static let ignoresSignal: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// Writes a piece whole.
    static func write(_ bytes: UnsafeRawBufferPointer) throws {
        _ = ignoresSignal
        do throws(SystemError) {
            try SystemOutput.write(bytes, to: STDOUT_FILENO, named: "standard output")
        } catch {
            if error.code == EPIPE { throw Closed() }
            throw error
        }
    }

    /// Writes a piece; where that cannot be, ends the command.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { writeOrEnd(UnsafeRawBufferPointer($0)) }
    }

    /// Writes a piece; where that cannot be, ends the command.
    static func writeOrEnd(_ bytes: UnsafeRawBufferPointer) {
        do {
            try write(bytes)
        } catch is Closed {
            exit(CommandExit.success.rawValue)
        } catch {
            StandardError.write("\(error)")
            exit(CommandExit.failure.rawValue)
        }
    }
}
