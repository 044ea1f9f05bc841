import CPoolRecorder
import PoolSymbols

/// A task as a pool would run it, as far as the throw hook can tell.
enum RunningTask {
    /// Runs a body as a task's on this thread, then forgets its throws.
    @inline(never)
    static func run<Result>(_ number: UInt64 = 1, _ body: () throws -> Result) rethrows -> Result {
        let current = pooltrace_current()!
        let saved = current.pointee
        current.pointee.task = number
        current.pointee.first_throw = saved.throws
        defer {
            pooltrace_throws_clear(current.pointee.first_throw)
            current.pointee = saved
        }
        return try body()
    }

    /// Runs a body that throws as a task's whose stack ends at this function, and gives the frames of its error.
    @inline(never)
    static func runBounded(_ body: () throws -> Int) -> [SymbolFrame] {
        run {
            // A local of this function lies in its frame, above all that it calls.
            var mark = 0
            withUnsafeMutablePointer(to: &mark) { pooltrace_current().pointee.frame = UnsafeRawPointer($0) }
            do { _ = try body() } catch { return frames(of: error) }
            return []
        }
    }

    /// Where this error was thrown, innermost first; empty if it was not noted.
    static func frames(of error: any Error) -> [SymbolFrame] {
        frames(pooltrace_throws_find(unsafeBitCast(error as any Error, to: UnsafeRawPointer.self)))
    }

    /// How many throws the running task has noted.
    static var noted: UInt32 { pooltrace_current()!.pointee.throws - pooltrace_current()!.pointee.first_throw }

    private static func frames(_ noted: UnsafePointer<pooltrace_throw>?) -> [SymbolFrame] {
        guard let noted = noted?.pointee, let frames = noted.frames else { return [] }
        return UnsafeBufferPointer(start: frames, count: Int(noted.frames_length)).flatMap {
            SymbolTable.shared.frames(at: $0)
        }
    }
}
