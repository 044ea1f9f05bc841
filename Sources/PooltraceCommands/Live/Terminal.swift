internal import CommandSystem
internal import Glibc
internal import Synchronization

/// The terminal of a full-screen view: taken over, drawn on, and always given back as it was.
///
/// It is given back by `restore`, which the loop calls however it ends, and by the handlers of the signals that mean a
/// crash, which may come at any instruction: what they need is made beforehand, in memory that nobody frees, and they
/// call only what may be called in a handler (tcsetattr, write, sigaction). A crash then goes on as it would have.
struct Terminal {
    /// Why there can be no full-screen view.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    let input: Int32
    let output: Int32

    /// Where what was set before lies, for handlers: 0 while the terminal is not taken.
    private static let taken = Atomic<UInt>(0)
    private static let descriptor = Atomic<Int32>(-1)

    /// Another screen, no cursor, wheel and clicks as SGR sequences; and back.
    private static let enterText: StaticString = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?1000h\u{1B}[?1006h\u{1B}[2J"
    private static let leaveText: StaticString =
        "\u{1B}[?2026l\u{1B}[0m\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?25h\u{1B}[?1049l"

    /// Standard input and output.
    init() throws(Problem) {
        (input, output) = (STDIN_FILENO, STDOUT_FILENO)
        guard isatty(input) == 1, isatty(output) == 1 else {
            throw Problem(
                description: "a full-screen view needs a terminal for input and output; omit -i for text")
        }
    }

    /// Takes the terminal over.
    func enter() throws(SystemError) {
        let before = UnsafeMutablePointer<termios>.allocate(capacity: 1)
        before.initialize(to: termios())
        guard tcgetattr(input, before) == 0 else {
            throw .last("the terminal")
        }
        var raw = before.pointee
        cfmakeraw(&raw)
        Self.descriptor.store(input, ordering: .sequentiallyConsistent)
        Self.taken.store(UInt(bitPattern: before), ordering: .sequentiallyConsistent)
        tcsetattr(input, TCSADRAIN, &raw)
        Self.write(Self.enterText, to: output)
    }

    /// Gives it back; nothing if it is not taken.
    static func restore() {
        let place = taken.exchange(0, ordering: .sequentiallyConsistent)
        guard let before = UnsafePointer<termios>(bitPattern: place) else { return }
        write(leaveText, to: STDOUT_FILENO)
        tcsetattr(descriptor.load(ordering: .sequentiallyConsistent), TCSADRAIN, before)
    }

    /// Columns and rows; 80 by 24 where the terminal does not say.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes all of a text; false if the terminal is gone.
    func write(_ text: String) -> Bool {
        (try? SystemOutput.write(text, to: output, named: "the terminal")) != nil
    }

    private static func write(_ text: StaticString, to descriptor: Int32) {
        _ = Glibc.write(descriptor, text.utf8Start, text.utf8CodeUnitCount)
    }

    /// From here on a crash gives the terminal back first.
    static func restoreOnCrash() {
        // The handler must not be the first to touch these: Swift makes globals when they are first used.
        _ = (taken.load(ordering: .relaxed), descriptor.load(ordering: .relaxed), leaveText, enterText)
        for signal in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in
                Terminal.restore()
                // The signal comes again when this returns, and ends the process as it would have without us.
                var standard = sigaction()
                standard.__sigaction_handler.sa_handler = SIG_DFL
                sigaction(signal, &standard, nil)
                raise(signal)
            }
            sigaction(signal, &action, nil)
        }
    }
}
