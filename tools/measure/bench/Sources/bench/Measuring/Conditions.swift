import CBench
import PoolRecorder

/// What must hold in a row's process before its figures mean anything.
enum Conditions {
    /// The workers of every pool here.
    static let workers = 2

    /// Lets this process run on two processors alone: several peers make as many workers as there are processors.
    static func restrict() throws {
        let processors = bench_restrict_processors(Int32(workers))
        guard processors == workers else {
            throw BenchError("\(workers) processors are needed; this process may use \(processors)")
        }
    }

    static func check(recording: Bool) throws {
        guard Recorder.isOn == recording else { throw BenchError("recording is \(recording ? "off" : "on")") }
    }
}
