internal import Glibc

/// Standard output, for commands that hand it large pieces.
enum StandardOutput {
    /// Writes a piece; a reader that has gone away (`| head`) ends the command quietly.
    static func write(_ text: String) {
        var output = BufferedOutput()
        do {
            try output.append(text)
            try output.flush()
        } catch is BufferedOutput.Closed {
            exit(CommandExit.success.rawValue)
        } catch {
            StandardError.write("\(error)")
            exit(CommandExit.failure.rawValue)
        }
    }
}
