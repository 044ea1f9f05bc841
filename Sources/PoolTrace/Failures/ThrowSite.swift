import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSymbols

/// Where an error was thrown.
enum ThrowSite {
    private struct Known {
        let frames: [Failure.Frame]
        /// Whether the trace says what they are.
        var isRecorded: Bool
    }

    private static let known = Guarded<[UInt64: Known]>([:])

    /// Return addresses, innermost first; none where the throw was not noted.
    static func addresses(_ box: UnsafeRawPointer) -> [UInt64] {
        guard let noted = pooltrace_throws_find(box), let frames = noted.pointee.frames else { return [] }
        return Array(UnsafeBufferPointer(start: frames, count: Int(noted.pointee.frames_length)))
    }

    /// Why the program traps at an address: `arithmetic overflow`; `nil` if that is unknown.
    static func trap(at address: UInt64) -> String? {
        OwnFrames.trapReason(in: SymbolTable.shared.frames(at: address))
    }

    /// What an address means, the function inlined deepest first; recorded the first time.
    ///
    /// Reads debug information, which takes tens of milliseconds the first time.
    static func frames(at address: UInt64) -> [Failure.Frame] {
        let isRecording = pooltrace_is_recording()
        if let known = known.withLock({ $0[address] }), known.isRecorded || !isRecording { return known.frames }
        let symbols = SymbolTable.shared.frames(at: address).filter { !OwnFrames.contains($0) }
        let frames = symbols.map {
            Failure.Frame(function: TextLimit.cut($0.function), file: TextLimit.cut($0.file), line: $0.line)
        }
        let isNew = known.withLock { known in
            known.updateValue(Known(frames: frames, isRecorded: isRecording), forKey: address)?.isRecorded != true
        }
        if isRecording, isNew {
            for (depth, (frame, symbol)) in zip(frames, symbols).enumerated() {
                pooltrace_record_frame(
                    pooltrace_clock_now(), address, UInt32(depth), frame.line, frame.function, frame.file,
                    TextLimit.cut(symbol.module, to: TextLimit.short))
            }
        }
        return frames
    }
}
