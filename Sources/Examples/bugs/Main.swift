import ArgumentParser
import Glibc

@main
enum Main {
    /// Runs one of the programs.
    ///
    /// Up to the first `await` that waits this is a plain main thread: where the programs run that know nothing of
    /// async.
    @MainActor
    static func main() async {
        let options = Bugs.parseOrExit()
        if options.list {
            for bug in Bug.allCases { print(bug.rawValue) }
            return
        }
        endIfItHangs(after: options.patience)
        do {
            try await options.bug?.run()
        } catch {
            complain("bugs: \(error)\n")
            exit(1)
        }
    }

    /// The kernel does it: no task of a program that hangs can be relied on.
    private static func endIfItHangs(after patience: Duration) {
        signal(SIGALRM) { number in
            let text: StaticString = "bugs: it hangs\n"
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            signal(number, SIG_DFL)
            kill(getpid(), number)
        }
        let (seconds, attoseconds) = patience.components
        var timer = itimerval()
        timer.it_value = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    }

    private static func complain(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
