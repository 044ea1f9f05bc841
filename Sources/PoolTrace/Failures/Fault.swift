import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// What ends the process in the middle of a task: a trap of Swift's, a bad pointer, a full stack, an abort.
///
/// It is reported like the failure of a task, by a thread of PoolTrace that waits for nothing else, while the thread of
/// the fault stands still: `faults.c` has the protocol. What happens then is what would have happened without us.
struct Fault: Error, CustomStringConvertible {
    /// The signal's name.
    let signal: String
    /// What it means.
    let description: String
    /// Where it was, innermost first, from the first place that is known on: what is above it belongs to the runtime.
    let addresses: [UInt64]

    /// Reports faults from now on, if the settings say so.
    static func watch() { _ = watching }

    private static let watching: Void = {
        guard Settings.current.faults, !Scheduling.hasOneThread, pooltrace_faults_watch() else { return }
        BackgroundThread.start(name: "faults") {
            OtherThreads.addOwn()
            tell(of: pooltrace_fault_wait().pointee)
            pooltrace_fault_told()
        }
    }()

    /// Begins with what needs no code of the program, which may be too broken for the rest.
    private static func tell(of fault: pooltrace_fault) {
        let tasks = RunningTask.all(of: PoolRegistry.all)
        let described = FailureDescriber.noteCrash(ofThread: fault.thread)
        let place =
            tasks.first { $0.thread == fault.thread }.map { "in task \($0.title)" }
            ?? described.map { "in the description of the failure of task \($0)" } ?? "outside any task"
        Notice.write(raw: "pooltrace: \(SignalName.of(fault.signal)) \(place)\n")
        RunningTask.tell(tasks)
        let context = fault.context?.assumingMemoryBound(to: TaskContext.self)
        if let context, let core = context.pointee.core?.takeUnretainedValue(), let worker = context.pointee.worker {
            _ = core.explain(
                Fault(fault), of: context.pointee.job, started: context.pointee.start, at: pooltrace_clock_now(),
                on: worker, input: context.pointee.input)
        }
        // Its own, and those before it that were not reported: nobody can ask for them any more.
        PoolRegistry.reportUnretrieved()
    }

    private init(_ fault: pooltrace_fault) {
        signal = SignalName.of(fault.signal)
        let all = withUnsafeBytes(of: fault.frames) { bytes in
            Array(bytes.bindMemory(to: UInt64.self).prefix(Int(fault.frames_length)))
        }
        addresses = Self.known(all)
        description = addresses.first.flatMap(ThrowSite.trap) ?? Self.meaning(of: fault)
    }

    /// Addresses from the first place that is known on.
    static func known(_ addresses: [UInt64]) -> [UInt64] {
        let known = addresses.drop { ThrowSite.frames(at: $0).allSatisfy(\.file.isEmpty) }
        return known.isEmpty ? addresses : Array(known)
    }

    private static func meaning(of fault: pooltrace_fault) -> String {
        if !fault.is_own { return fault.signal == SIGABRT ? "abort was called" : "the signal was sent" }
        switch fault.signal {
        case SIGILL, SIGTRAP: return "a trap, such as fatalError; if Swift has a message, it is on standard error"
        case SIGFPE: return "an arithmetic error"
        default:
            if fault.is_overflow { return "stack overflow, perhaps by infinite recursion" }
            return "a bad pointer, to 0x\(String(fault.address, radix: 16))"
        }
    }
}
