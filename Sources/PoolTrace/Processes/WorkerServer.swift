import CPoolRecorder
import CPoolWorker
import Glibc
import PoolModel
import PoolRecorder

/// A worker process's life: it answers one request after the other, and never returns to what would be the program's
/// `main`.
///
/// Called by the constructor in `CPoolWorker/entry.c`.
@_cdecl("pooltrace_worker_serve")
public func pooltraceWorkerServe(parent: Int32) {
    guard let server = try? WorkerServer() else { exit(71) }
    server.serve()
}

/// The worker's side of the channel.
final class WorkerServer {
    private let requests: SharedSink
    private let answers: SharedSink
    private let channel: ChannelPage
    private let parent = getppid()

    init() throws {
        requests = try SharedSink(descriptor: Int32(POOLTRACE_WORKER_REQUESTS.rawValue))
        answers = try SharedSink(descriptor: Int32(POOLTRACE_WORKER_ANSWERS.rawValue))
        guard let channel = ChannelPage(descriptor: requests.descriptor),
            channel.magic == UInt64(POOLTRACE_CHANNEL_MAGIC)
        else { throw MessageError.noMemory(bytes: Int(POOLTRACE_CHANNEL_BYTES), code: errno) }
        self.channel = channel
        WorkerTask.stop = UnsafePointer(channel.stop)
    }

    func serve() {
        var done: UInt32 = 0
        while true {
            WorkerChannel.wait(
                for: channel.request, toLeave: done, sleeps: channel.workerSleeps, pause: 5_000_000_000
            ) {
                // The kernel ends this process with its parent; should it not, this does.
                getppid() == parent
            }
            if pooltrace_shared_load(channel.stop) == WorkerChannel.end { exit(0) }
            let request = pooltrace_shared_load(channel.request)
            guard request != done else { exit(0) }
            answers.count = 0
            do { try answer() } catch {
                // Not an error of a task: the two sides do not understand each other, or there is no memory.
                Notice.write("worker process: \(error)")
                exit(70)
            }
            fflush(nil)
            done = request
            WorkerChannel.tell(channel.answer, request, sleeps: channel.poolSleeps)
        }
    }

    private func answer() throws {
        var reader = ByteReader(try requests.written(channel.requestBytes))
        let kind: UInt8 = try reader.read()
        switch RequestKind(rawValue: kind) {
        case .start: try answerStart(&reader)
        case .run: try answerRun(&reader)
        case nil: throw MessageError.unexpected(byte: 0, expected: "the kind of a request", found: UInt64(kind))
        }
    }

    private func answerStart(_ reader: inout ByteReader) throws {
        let start = try WorkerStart(&reader)
        // A descriptor that is not PoolTrace's, or closed, is not a file of that name.
        let ring = Int32(POOLTRACE_WORKER_RING.rawValue)
        Settings.inherit(start.settings, ring: fcntl(ring, F_GETFD) >= 0 ? ring : 0)
        pooltrace_thread_set_name(String("\(start.pool.prefix(11))-\(start.number)".prefix(15)))
        Annotations.startRecorder()
        if Settings.current.faults { pooltrace_faults_share(channel.fault) }
        RemotePlaces.begin()
        guard let name = start.initializer else { return }
        let task = WorkerTask(number: 0, path: "initializer of \(start.pool)")
        _ = try answerTask(0, task, WorkerTask.code(of: name), &reader, start: pooltrace_clock_now())
    }

    private func answerRun(_ reader: inout ByteReader) throws {
        let name = try reader.readText()
        let path = try reader.readText()
        let areElements: UInt8 = try reader.read()
        let count: UInt32 = try reader.read()
        let code = WorkerTask.code(of: name)
        var stamp = pooltrace_clock_now()
        for done in 0..<count {
            guard pooltrace_shared_load(channel.stop) == 0 else { return }
            let number: UInt64 = try reader.read()
            let index: UInt64 = try reader.read()
            var input = try reader.readPart(try reader.read(UInt64.self))
            let task = WorkerTask(number: number, path: path, element: areElements != 0 ? index : nil)
            stamp = try answerTask(done, task, code, &input, start: stamp)
        }
    }

    /// Runs a task and writes its answer.
    ///
    /// - Parameter done: How many tasks of the request were answered before.
    /// - Returns: When the next one starts: as this one ended, unless there was more to do.
    private func answerTask(
        _ done: UInt32, _ task: WorkerTask, _ code: WorkerTask.Code, _ input: inout ByteReader, start: UInt64
    ) throws -> UInt64 {
        pooltrace_shared_count(channel.started, done &+ 1)
        let before = answers.count
        try answers.append(AnswerStatus.succeeded.rawValue)
        try answers.append(start)
        var ended = start
        let end = try answers.reserve(UInt64.self)
        let length = try answers.reserve(UInt64.self)
        let failed = task.run(code, &input, to: answers, start: start, end: &ended)
        if let failed {
            answers.count = before
            try Answer.write(.failed, start: start, end: 0, to: answers) {
                try Answer.write(error: failed.error, thrownAt: failed.addresses, to: answers)
            }
        } else {
            answers.fill(UInt64(answers.count - length - 8), at: length)
        }
        answers.fill(ended, at: end)
        let hasTime = ended &- start > Self.fewTicks
        if hasTime { waitForOutput() }
        channel.answerBytes = UInt64(answers.count)
        pooltrace_shared_count(channel.answered, done &+ 1)
        return hasTime || failed != nil ? pooltrace_clock_now() : ended
    }

    /// A task that took less has written nothing to standard error: a system call takes longer.
    private static let fewTicks: UInt64 = 1000

    /// Waits until what the task wrote to standard error was read, so that it is known for its own.
    ///
    /// Not for ever: the pool's process may be stopped, or its own standard error full.
    private func waitForOutput() {
        fflush(nil)
        var turns = 0
        while turns < 500, pooltrace_pipe_unread(STDERR_FILENO) > 0 {
            usleep(turns < 50 ? 20 : 200)
            turns += 1
        }
    }
}
