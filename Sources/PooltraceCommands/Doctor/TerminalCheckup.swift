internal import Glibc
internal import PoolModel
internal import TraceViews

/// Whether views are drawn as they are meant.
enum TerminalCheckup {
    static func findings() -> [Finding] {
        let screen = Screen.standardOutput
        return [size(screen), characters(screen), colours(screen)]
    }

    private static func size(_ screen: Screen) -> Finding {
        let subject = "terminal"
        var window = winsize()
        guard isatty(STDOUT_FILENO) == 1 else {
            return .ok(subject, "standard output is not a terminal; output is \(screen.width) columns wide")
        }
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else {
            return .warning(
                subject, "cannot determine its size; output is \(screen.width) columns wide",
                remedy: "stty columns 80 rows 24")
        }
        let text = "\(window.ws_col) x \(window.ws_row)"
        guard screen.width >= 80 else {
            return .warning(
                subject, "\(text); timelines need 80 columns", remedy: "pooltrace view TRACE | COLUMNS=120 less -S")
        }
        return .ok(subject, text)
    }

    private static func characters(_ screen: Screen) -> Finding {
        guard !screen.isUnicode else { return .ok("characters", "UTF-8") }
        return .warning(
            "characters", "the locale is not UTF-8: timelines are drawn in ASCII", remedy: "export LC_ALL=C.UTF-8")
    }

    private static func colours(_ screen: Screen) -> Finding {
        let subject = "colours"
        if screen.style.isColoured { return .ok(subject, "on") }
        let set = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
        return .ok(subject, "off: " + (set ? "NO_COLOR is set" : isDumb ? "TERM is dumb" : "no terminal"))
    }
}
