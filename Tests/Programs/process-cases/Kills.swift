import Glibc
import PoolModel
import PoolTrace
import Synchronization

/// Appends who began and who ended an element to a file, so that the test knows which tasks a killed worker held.
enum Logged: ProcessTask {
    struct Input: Codable, Sendable {
        let element: Int32
        let log: String
        let microseconds: UInt32
    }

    static func run(_ input: Input) throws -> Int {
        let file = open(input.log, O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(file) }
        note(input.element, isEnd: false, in: file)
        usleep(input.microseconds)
        note(input.element, isEnd: true, in: file)
        return Int(input.element) * 3
    }

    private static func note(_ element: Int32, isEnd: Bool, in file: Int32) {
        var record = LogRecord(element: element, process: getpid(), isEnd: isEnd ? 1 : 0)
        _ = write(file, &record, MemoryLayout<LogRecord>.size)
    }
}

final class Flag: Sendable {
    private let state = Atomic(false)
    var isRaised: Bool { state.load(ordering: .acquiring) }
    func raise() { state.store(true, ordering: .releasing) }
}

struct LogRecord {
    var element: Int32
    var process: Int32
    var isEnd: Int32
}

/// Kills random workers with SIGKILL during a map, and checks that each death failed the task that the worker held and
/// no other.
func kills() throws {
    let elements = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 1000 : 1000
    let wanted = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 20 : 20
    let log = "/tmp/process-cases-\(getpid()).log"
    close(open(log, O_WRONLY | O_CREAT | O_EXCL, 0o600))
    defer { unlink(log) }
    // The recorder and the watcher, which stay.
    try ProcessPool(workers: 1).shutdown()
    let descriptorsBefore = openDescriptors()
    let pool = try ProcessPool(name: "killed", workers: 4)
    _ = try pool.map(Double2.self, over: 0..<8)
    let killer = try ThreadPool(name: "killer", workers: 1)
    let isOver = Flag()
    let killed = killer.submit { killWorkers(wanted, every: 4_000, until: isOver) }
    var values: [Int] = []
    var failures: [TaskFailure] = []
    let inputs = (0..<elements).map { Logged.Input(element: Int32($0), log: log, microseconds: 300) }
    do { values = try pool.map(Logged.self, over: inputs, onFailure: .collectAll) } catch let error as TaskFailures {
        failures = error.failures
    }
    isOver.raise()
    let victims = try killed.value()
    // The pool is as good as new.
    let after = try pool.map(Double2.self, over: 0..<100) == (0..<100).map { $0 * 2 }
    try killer.shutdown()
    try pool.shutdown()
    let problems = check(elements, failures, victims, readLog(log))
    print("problems \(problems)")
    print("values \(failures.isEmpty ? values == (0..<elements).map { $0 * 3 } : true)")
    print("children \(children().count) leaked descriptors \(max(0, openDescriptors() - descriptorsBefore))")
    print("after \(after)")
    print("\(victims.count) kills, \(failures.count) failures")
}

private func check(
    _ elements: Int, _ failures: [TaskFailure], _ victims: [Int32], _ log: [LogRecord]
) -> [String] {
    var problems: [String] = []
    var starts: [Int32: [Int32]] = [:]
    var ends: Set<Int32> = []
    for record in log {
        if record.isEnd == 1 {
            ends.insert(record.element)
        } else {
            starts[record.element, default: []].append(record.process)
        }
    }
    var failed: Set<Int32> = []
    var processes: Set<Int32> = []
    for failure in failures {
        guard let died = failure.error(as: WorkerDiedError.self),
            let element = Int32(failure.failure.path.split(separator: "[").last?.dropLast() ?? "")
        else {
            problems.append("another failure: \(failure.failure.message)")
            continue
        }
        failed.insert(element)
        if !processes.insert(died.processID).inserted { problems.append("process \(died.processID) failed two tasks") }
        if !victims.contains(died.processID) { problems.append("process \(died.processID) was not killed") }
        // None: it was killed as it began, before it could write that down.
        if starts[element] != nil, starts[element] != [died.processID] {
            problems.append("element \(element) was not held by \(died.processID)")
        }
        if died.ending != .signalled(signal: SIGKILL) { problems.append("\(died.ending)") }
    }
    for element in 0..<Int32(elements) where !failed.contains(element) && starts[element]?.count != 1 {
        problems.append("element \(element) was begun by \(starts[element] ?? [])")
    }
    for element in 0..<Int32(elements) where !ends.contains(element) && !failed.contains(element) {
        problems.append("element \(element) has not ended, and not failed")
    }
    return problems
}

private func killWorkers(_ wanted: Int, every pause: UInt32, until isOver: Flag) -> [Int32] {
    var victims: [Int32] = []
    while victims.count < wanted, !isOver.isRaised {
        usleep(pause)
        guard let victim = children().filter({ !victims.contains($0) }).randomElement() else { continue }
        if kill(victim, SIGKILL) == 0 { victims.append(victim) }
    }
    return victims
}

/// This process's children, from the kernel.
func children() -> [Int32] {
    var found: [Int32] = []
    for thread in entries(of: "/proc/self/task") {
        found += text(of: "/proc/self/task/\(thread)/children").split(separator: " ").compactMap { Int32($0) }
    }
    return found
}

func openDescriptors() -> Int { entries(of: "/proc/self/fd").count }

func entries(of folder: String) -> [String] {
    guard let list = opendir(folder) else { return [] }
    defer { closedir(list) }
    var names: [String] = []
    while let entry = readdir(list) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names
}

func text(of path: String) -> String {
    String(decoding: bytes(of: path), as: UTF8.self)
}

func bytes(of path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(file, &room, room.count)
        guard count > 0 else { return bytes }
        bytes += room.prefix(count)
    }
}

private func readLog(_ path: String) -> [LogRecord] {
    bytes(of: path).withUnsafeBytes { all in
        stride(from: 0, to: all.count - MemoryLayout<LogRecord>.size + 1, by: MemoryLayout<LogRecord>.size).map {
            all.loadUnaligned(fromByteOffset: $0, as: LogRecord.self)
        }
    }
}
