import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSymbols

// A race is found in the middle of an access of the program's, where nothing can be reported: the library keeps it
// until the task comes to a point or its end.

/// A race, with what only the process knows of it.
struct FoundRace: Error {
    let race: Race
    /// Where the failed task's access is.
    let addresses: [UInt64]
    fileprivate let other: RaceDetection.Participant?
    fileprivate let place: UInt64
    fileprivate let otherAddresses: [UInt64]
    fileprivate let allocation: [UInt64]

    /// Writes it down as a part of a failure, which comes next.
    func record(_ number: UInt64) {
        let ancestors = other?.parent.ancestors ?? []
        pooltrace_record_race(
            pooltrace_clock_now(), number, other?.job.task ?? 0, race.access.rawValue, race.otherAccess.rawValue,
            race.isOtherFirst ? 1 : 0, place, race.memory.size, race.memory.kind, race.memory.bytes,
            race.memory.offset, other?.job.name ?? 0, other?.job.site ?? 0, race.path, race.input ?? "",
            UInt32(otherAddresses.count), otherAddresses, UInt32(allocation.count), allocation,
            UInt32(ancestors.count), ancestors.map { UInt64($0.site) }, UInt32(ancestors.count),
            ancestors.map { UInt64($0.name) })
    }
}

extension RaceDetection {
    /// A task that has started, as a report needs it, perhaps after it has ended.
    struct Participant {
        let job: Job
        /// Keeps the parent that `job` refers to.
        let parent: TaskNode
        let worker: Worker?
        let pool: UInt32
        let poolName: String
        let start: UInt64
        let input: String?
    }

    /// The tasks whose accesses may still be found in a race, which is as many as have a fiber, and a few more.
    private struct Participants {
        static let most = 8192
        var known: [UInt64: Participant] = [:]
        var order: [UInt64] = []
        var oldest = 0

        mutating func add(_ participant: Participant) {
            let task = participant.job.task
            // An async task starts once for each segment.
            guard known.updateValue(participant, forKey: task) == nil else { return }
            if order.count < Self.most { return order.append(task) }
            known[order[oldest]] = nil
            order[oldest] = task
            oldest = (oldest + 1) % Self.most
        }
    }

    private static let participants = Guarded(Participants())
    nonisolated(unsafe) private static var told: UInt32 = 0

    /// A task has started.
    @inline(__always)
    static func note(_ context: UnsafeMutablePointer<TaskContext>) { if library != nil { add(context) } }

    private static func add(_ context: UnsafeMutablePointer<TaskContext>) {
        let job = context.pointee.job
        let core = context.pointee.core?.takeUnretainedValue()
        let participant = Participant(
            job: job, parent: job.parentNode, worker: context.pointee.worker, pool: core?.number ?? 0,
            poolName: core?.name ?? "", start: context.pointee.start, input: context.pointee.inputText)
        participants.withLock { $0.add(participant) }
    }

    /// Reports what has been found.
    static func report() {
        guard let library, library.pointee.found.pointee != told else { return }
        own {
            var race = pooltrace_found_race()
            while library.pointee.take(&race) {
                told &+= 1
                ForeignLocks.aside { report(race) }
            }
        }
    }

    private static func report(_ found: pooltrace_found_race) {
        // Before the symbols are read, which takes longer than the task.
        let now = pooltrace_clock_now()
        let (later, earlier) = found.accesses
        // The failure is a task's, where one of the two is.
        let isOtherFirst = later.task != 0 || earlier.task == 0
        let (own, other) = isOtherFirst ? (later, earlier) : (earlier, later)
        let isVariable = text(found.kind) == "external-race"
        let (ownTask, otherTask) = participants.withLock { ($0.known[own.task], $0.known[other.task]) }
        let otherAddresses = addresses(of: other)
        let allocation = addresses(found.allocation_frames, found.allocation_frame_count)
        let kind = text(found.location)
        let race = Race(
            access: access(own, isVariable), otherAccess: access(other, isVariable), isOtherFirst: isOtherFirst,
            path: path(of: otherTask, other), name: otherTask.flatMap { Recorder.name($0.job.name) },
            site: otherTask.map { Recorder.knownSite($0.job.site) } ?? .unknown,
            ancestors: (otherTask?.parent.ancestors ?? []).map {
                Failure.Ancestor(name: Recorder.name($0.name), site: Recorder.knownSite($0.site))
            },
            input: otherTask?.input, frames: otherAddresses.flatMap(ThrowSite.frames),
            memory: Race.Memory(
                size: UInt64(own.size), kind: kind, bytes: found.location_size,
                offset: kind == "heap" || kind == "global" ? own.address &- found.location_start : 0),
            allocation: allocation.flatMap(ThrowSite.frames))
        let complete = FoundRace(
            race: race, addresses: addresses(of: own), other: otherTask, place: own.address,
            otherAddresses: otherAddresses, allocation: allocation)
        let failure = PoolCore.failure(of: ownTask?.job ?? outside(own), complete, ownTask, at: now)
        if let other = otherTask?.job.task { RunMark.race(with: failure.failure.path).record(task: other) }
        Recorder.replaceSuccess(by: raceStatus)
        PoolRegistry.reportUnretrieved(failure)
    }

    /// What a run ends with that would have succeeded, as with ThreadSanitizer itself.
    private static let raceStatus: Int32 = 66

    private static func access(_ found: pooltrace_race_access, _ isVariable: Bool) -> Race.Access {
        var access: Race.Access = []
        if found.is_write { access.insert(.write) }
        if found.is_atomic { access.insert(.atomic) }
        if isVariable { access.insert(.variable) }
        return access
    }

    private static func path(of task: Participant?, _ access: pooltrace_race_access) -> String {
        if let task { return TextLimit.cut(task.job.path.description, to: TextLimit.short) }
        if access.is_main { return "main" }
        return access.task == 0 ? "a thread outside of every task" : "a task that ended long before"
    }

    /// What stands for the task of an access outside of every task.
    private static func outside(_ access: pooltrace_race_access) -> Job {
        let root = access.is_main ? ThreadState.ownRoot : otherThreads
        return Job(
            parent: root.unownedBits, task: root.task, ordinal: 0, name: 0, site: 0, kind: .closure,
            submitted: pooltrace_clock_now(), index: TaskNode.noIndex)
    }

    private static let otherThreads = TaskNode(root: "a thread outside of every task", isImmortal: true)

    private static func addresses(of access: pooltrace_race_access) -> [UInt64] {
        var addresses = addresses(access.frames, access.frame_count)
        if let place = addresses.first { addresses[0] = SymbolTable.shared.addressWithLine(from: place) }
        return addresses
    }

    private static func addresses<Frames>(_ frames: Frames, _ count: UInt32) -> [UInt64] {
        withUnsafeBytes(of: frames) { Array($0.bindMemory(to: UInt64.self).prefix(Int(count))) }
    }

    private static func text<Text>(_ text: Text) -> String {
        withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
