import CPoolRecorder

/// How many processors this process may use.
enum ProcessorCount {
    static var available: Int {
        max(1, Int(pooltrace_processors()))
    }
}
