import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// The snapshots that were kept since a bound was passed: no two shortly after each other, and the last ones only.
enum KeptSnapshots {
    private struct State {
        /// Absolute; nil: none is wanted.
        var directory: String?
        var interval = Duration.seconds(10)
        var last = 10
        var count = 0
        var time: ContinuousClock.Instant?
        /// Those that are there, oldest first.
        var paths: [String] = []

        init() {
            let settings = Settings.current
            interval = settings.snapshotEvery
            last = settings.snapshotLast
            let isWatched = !settings.snapshotWhen.isEmpty
            directory = (settings.snapshotDirectory ?? settings.onFailure ?? (isWatched ? Self.name : nil))
                .map(Self.absolute)
        }

        /// Where the working directory is left later.
        static func absolute(_ path: String) -> String {
            guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
            defer { free(current) }
            return "\(String(cString: current))/\(path)"
        }

        /// What a directory is called that nobody has named.
        static let name = "pooltrace-snapshots"
    }

    private static let state = Guarded(State())

    static func configure(directory: String, interval: Duration, last: Int) {
        state.withLock { state in
            state.directory = State.absolute(directory)
            (state.interval, state.last) = (interval, max(1, last))
        }
    }

    /// Keeps the ring as it is now, with a mark in it.
    ///
    /// - Parameters:
    ///   - reason: Why, as a sentence.
    ///   - task: The task that it is about; 0: none.
    /// - Returns: False if it is too early for another.
    @discardableResult
    static func keep(_ reason: String, task: UInt64) -> Bool {
        state.withLock { state in
            guard let directory = state.directory, Recorder.isOn else { return true }
            let now = KernelTime.now
            if let time = state.time, now - time < state.interval { return false }
            state.time = now
            state.count += 1
            RunMark.snapshot(reason: reason).record(task: task)
            let program = String(cString: pooltrace_executable()).split(separator: "/").last ?? "program"
            let path = "\(directory)/\(program.prefix(200))-\(getpid())-snapshot-\(state.count)"
            do throws(SnapshotError) {
                mkdir(directory, 0o700)
                try Recorder.snapshot(to: path)
                Notice.write("\(reason): kept \(path)")
                state.paths.append(path)
            } catch {
                Notice.write("\(reason): \(error)")
            }
            while state.paths.count > state.last { remove(state.paths.removeFirst()) }
            return true
        }
    }

    private static func remove(_ path: String) {
        for name in (try? SystemCalls.entries(of: path)) ?? [] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
