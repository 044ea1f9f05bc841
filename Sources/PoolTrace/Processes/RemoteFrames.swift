import CPoolRecorder
import PoolModel

/// Functions on the stacks of worker processes, whose addresses mean nothing here: in the trace each has an address
/// that no program has.
enum RemoteFrames {
    /// Above all that a program's memory may have on the machines that there are.
    private static let base: UInt64 = 0xFFFF_F000_0000_0000
    /// More than these have no place in the trace; a report in this process has them all the same.
    private static let maximumCount = 1 << 16

    private static let known = Guarded<[Failure.Frame: UInt64]>([:])

    /// Addresses that stand for the frames, whose meaning is recorded the first time.
    static func addresses(of frames: [Failure.Frame]) -> [UInt64] {
        known.withLock { known in
            frames.compactMap { frame in
                if let address = known[frame] { return address }
                guard known.count < maximumCount else { return nil }
                let address = base + UInt64(known.count)
                known[frame] = address
                if pooltrace_is_recording() {
                    pooltrace_record_frame(
                        pooltrace_clock_now(), address, 0, frame.line, TextLimit.cut(frame.function),
                        TextLimit.cut(frame.file), "")
                }
                return address
            }
        }
    }
}
