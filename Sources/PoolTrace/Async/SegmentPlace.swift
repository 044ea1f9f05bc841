import CPoolRecorder

/// Where Swift is told that a segment runs, and compares with what its task wants; as bits, a ticket's `index`.
enum SegmentPlace: Equatable {
    /// On Swift's default executor, where `PoolTraceRuntime` has taken it over.
    case anywhere
    /// On the main actor.
    case main
    /// On a pool that the task prefers: its handle, which the task keeps alive.
    case pool(UInt64)

    init(_ pool: ThreadPool) { self = .pool(UInt64(UInt(bitPattern: Unmanaged.passUnretained(pool).toOpaque()))) }

    init(bits: UInt64) {
        switch bits {
        case 0: self = .anywhere
        case 1: self = .main
        default: self = .pool(bits)
        }
    }

    var bits: UInt64 {
        switch self {
        case .anywhere: 0
        case .main: 1
        case .pool(let handle): handle
        }
    }

    /// Runs a job to where it leaves the thread.
    func run(_ job: UnownedJob) { RaceDetection.program { runProgram(job) } }

    private func runProgram(_ job: UnownedJob) {
        switch self {
        case .anywhere:
            // What the runtime's own threads say: no actor, and no executor that a task prefers. Else every hop would
            // be a job.
            job.runSynchronously(on: unsafeBitCast((UInt(0), UInt(0)), to: UnownedSerialExecutor.self))
        case .main: RaceDetection.runOnMain { job.runSynchronously(on: MainActor.sharedUnownedExecutor) }
        case .pool(let handle):
            guard let handle = UnsafeRawPointer(bitPattern: UInt(handle)) else { return }
            Unmanaged<ThreadPool>.fromOpaque(handle)._withUnsafeGuaranteedRef {
                job.runSynchronously(on: UnownedTaskExecutor(ordinary: $0))
            }
        }
    }
}
