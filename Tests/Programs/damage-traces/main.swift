// damage-traces FOLDER WORK COUNT SEED: copies the traces in FOLDER's folders to WORK, damages them COUNT times at
// random, reads each, and checks that what must be kept is there. Ends with 1, and what was wrong, at the first fault:
// the same damage again for the seed it names and a COUNT of 1.
//
// The work of a reading is bounded by what it loads, its memory by the process's limit.

import Glibc
import PoolSchedule

let arguments = CommandLine.arguments
guard arguments.count == 5, let count = UInt64(arguments[3]), let seed = UInt64(arguments[4]) else {
    print("usage: damage-traces FOLDER WORK COUNT SEED")
    exit(64)
}
let work = arguments[2]
var status: Int32 = 0
do {
    let folder = arguments[1]
    guard let directory = opendir(folder) else { throw Files.Failure(path: folder, code: errno) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if entry.pointee.d_type == UInt8(DT_DIR), !name.hasPrefix(".") { names.append(name) }
    }
    closedir(directory)
    let cases = try names.sorted().map { try DamagedCase(folder, $0, work: work) }

    // What the reader may use beyond what is in use now: 256 MiB.
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    let pages = try String(decoding: Files.read("/proc/self/statm"), as: UTF8.self).split(separator: " ").first
    limit.rlim_cur = (pages.flatMap { rlim_t($0) } ?? 0) * rlim_t(sysconf(Int32(_SC_PAGESIZE))) + 256 << 20
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)

    var problems = 0
    for round in 0..<count {
        // The seed of each round says all: a COUNT of 1 repeats it.
        var random = SplitMix64(seed: seed &+ round)
        let weights = cases.map { 1 / (1 + Double($0.events.count) / 500) }
        var pick = Double.random(in: 0..<weights.reduce(0, +), using: &random)
        let index = weights.firstIndex { weight in
            pick -= weight
            return pick < 0
        }
        problems += try cases[index ?? 0].round(seed &+ round)
    }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print("\(count) damages of \(cases.count) traces, \(problems) problems told, peak \(usage.ru_maxrss >> 10) MiB")
} catch let failure as DamagedCase.Failure {
    print(failure.text)
    status = 1
} catch {
    print("\(error)")
    status = 1
}
exit(status)
