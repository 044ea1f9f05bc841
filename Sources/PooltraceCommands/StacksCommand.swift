public import ArgumentParser
internal import CEventTable
internal import CommandSystem
internal import Glibc
internal import PoolModel
internal import RingAccess

/// `pooltrace stacks`: what every worker of a running process does.
public struct StacksCommand: ParsableCommand {
    /// What `--help` says.
    public static let configuration = CommandConfiguration(
        commandName: "stacks",
        abstract: "Show what every worker of a running process does, with its stack.",
        discussion: """
            For each pool: its workers' tasks, with where they were submitted, what they wait for, and the stack of \
            their threads. The process makes the answer itself: it is neither stopped nor traced.

            It answers if it was started by `pooltrace run`, with POOLTRACE_STACKS=on, or has called \
            TaskStacks.showOnQuit(). Only its own user, and root, may ask.

            EXIT STATUS: 0; 1 if the process gave no answer; 64 if the arguments are wrong.

            EXAMPLES:
              pooltrace stacks 4711
              POOLTRACE_STACKS=on ./checker data      and Ctrl-\\ on its terminal
            """)

    @Argument(help: "The number of a process.")
    var process: Int32

    @Option(help: "How long to wait for the answer, in seconds.")
    var timeout: Double = 5

    /// Makes the command; ArgumentParser fills it in.
    public init() {}

    /// Checks the arguments.
    public func validate() throws {
        guard process > 0 else { throw ValidationError("expected the number of a process, found \(process)") }
        guard 0...1e6 ~= timeout else { throw ValidationError("expected a number of seconds, found \(timeout)") }
    }

    /// Asks, and prints the answer.
    public func run() throws {
        let answer = try StacksAnswer(process: process)
        let text = try answer.ask(timeout: .seconds(timeout))
        for line in text.split(separator: "\n") { print(TerminalText.escape(line)) }
    }
}

/// The memory file in which a process answers.
private struct StacksAnswer {
    private let process: Int32
    private let file: OpenFile

    init(process: Int32) throws {
        self.process = process
        guard let file = try MemoryRing.files(of: process, named: POOLTRACE_STACKS_NAME).first else {
            throw SystemError(
                "process \(process)",
                "it answers no questions: start it by `pooltrace run -- COMMAND`, or with POOLTRACE_STACKS=on")
        }
        self.file = file
    }

    func ask(timeout: Duration) throws -> String {
        let before = try sequence()
        let value = sigval(sival_ptr: UnsafeMutableRawPointer(bitPattern: UInt(POOLTRACE_STACKS_REQUEST)))
        guard sigqueue(process, SIGQUIT, value) == 0 else {
            throw SystemError.last("process \(process)")
        }
        let deadline = ContinuousClock.now + timeout
        while try sequence() == before {
            guard ContinuousClock.now < deadline else {
                throw SystemError("process \(process)", "it gave no answer within \(timeout)")
            }
            // The answer takes milliseconds, and has no way to wake this process.
            usleep(2000)
        }
        // Bounded: the process is not ours.
        let size = min(try file.size(), 64 << 20)
        let bytes = size > 8 ? try file.read(at: 8, count: Int(size) - 8) : nil
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    private func sequence() throws -> UInt64 {
        guard let bytes = try file.read(at: 0, count: 8) else { return 0 }
        return bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }
}
