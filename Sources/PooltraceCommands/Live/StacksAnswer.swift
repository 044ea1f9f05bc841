internal import CEventTable
internal import CommandSystem
internal import Glibc
internal import RingAccess

/// The memory file in which a process answers.
struct StacksAnswer {
    private let process: Int32
    private let file: OpenFile

    init(process: Int32) throws {
        self.process = process
        guard let file = try MemoryRing.files(of: process, named: POOLTRACE_STACKS_NAME).first else {
            throw SystemError(
                "process \(process)",
                "stack dumps are not enabled: start it with `pooltrace run -- COMMAND` or POOLTRACE_STACKS=on; they begin "
                    + "with its first pool or async task")
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
                throw SystemError("process \(process)", "no answer within \(timeout)")
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
