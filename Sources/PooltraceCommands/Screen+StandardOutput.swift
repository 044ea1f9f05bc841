internal import Glibc
internal import TraceViews

extension Screen {
    /// What standard output leads to.
    static var standardOutput: Screen {
        Screen(descriptor: STDOUT_FILENO) { name in getenv(name).map { String(cString: $0) } }
    }
}
