// Tasks that spend their time in one place each: what a profile has to name.
//
//   profile-cases busy MILLISECONDS      three quarters of the time in `hotLoop`, a quarter in `warmLoop`
//   profile-cases async MILLISECONDS     the same in async tasks, below `outerAsync`
//   profile-cases map MILLISECONDS       elements of a map, of which the third is busy
//   profile-cases blocked MILLISECONDS   a read of an empty pipe, a sleep, a convoy at a lock: several times
//   profile-cases switching COUNT        two tasks that sleep and are busy in turn, as many times
//   profile-cases fork                   a child that ends by itself, while the parent is sampled
import Glibc
import PoolTrace
import Synchronization

@inline(never)
func hotLoop(until end: ContinuousClock.Instant) -> Int {
    var sum = 0
    while ContinuousClock.now < end { sum &+= spin(2000) }
    return sum
}

@inline(never)
func warmLoop(until end: ContinuousClock.Instant) -> Int {
    var sum = 0
    while ContinuousClock.now < end { sum &+= spin(2000) &* 3 }
    return sum
}

@inline(__always)
func spin(_ count: Int) -> Int {
    var state: UInt64 = 1
    var left = count
    // A range would be a function of its own without optimization.
    while left > 0 {
        left -= 1
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    }
    return Int(truncatingIfNeeded: state)
}

@inline(never)
func busy(_ time: Duration) -> Int {
    let start = ContinuousClock.now
    return hotLoop(until: start + time * 3 / 4) &+ warmLoop(until: start + time)
}

@inline(never)
func readSlowly(_ descriptor: Int32) -> Int {
    var byte: UInt8 = 0
    return read(descriptor, &byte, 1)
}

@inline(never)
func sleepSoundly(_ milliseconds: Int) {
    usleep(UInt32(milliseconds) * 1000)
}

let convoy = Mutex(0)

@inline(never)
func waitInLine(_ milliseconds: Int) {
    convoy.withLock { count in
        count += 1
        sleepSoundly(milliseconds)
    }
}

let ownLock = RecursiveLock()

@inline(never)
func holdOwnLock(_ milliseconds: Int) throws {
    try ownLock.withLock { sleepSoundly(milliseconds) }
}

@inline(never)
func waitForTask(_ task: Future<Void>) throws {
    try task.value()
}

@inline(never)
func outerAsync(_ time: Duration) async -> Int {
    let result = await innerAsync(time)
    return result &+ 1
}

@inline(never)
func innerAsync(_ time: Duration) async -> Int {
    await Task.yield()
    return busy(time)
}

let arguments = CommandLine.arguments
let milliseconds = arguments.count > 2 ? Int(arguments[2]) ?? 1000 : 1000
let time = Duration.milliseconds(milliseconds)
let pool = try ThreadPool(name: "cases", workers: 2)
switch arguments.count > 1 ? arguments[1] : "" {
case "busy":
    let tasks = (1...2).map { _ in pool.submit(name: "busy") { busy(time) } }
    _ = try tasks.map { try $0.value() }
case "async":
    let tasks = (1...2).map { _ in pool.submit(name: "async busy") { await outerAsync(time) } }
    _ = try tasks.map { try $0.value() }
case "map":
    _ = try pool.map(0..<6, chunkSize: 3) { index in index == 2 ? busy(time) : 0 }
case "blocked":
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { exit(1) }
    let writer = ends[1], reader = ends[0]
    let reading = pool.submit(name: "read") { readSlowly(reader) }
    let sleeping = pool.submit(name: "sleep") { sleepSoundly(milliseconds) }
    try sleeping.value()
    _ = write(writer, [1], 1)
    _ = try reading.value()
    let waiting = (1...2).map { _ in pool.submit(name: "lock") { waitInLine(milliseconds) } }
    for task in waiting { try task.value() }
    let own = (1...2).map { _ in pool.submit(name: "own lock") { try holdOwnLock(milliseconds) } }
    for task in own { try task.value() }
    let other = try ThreadPool(name: "other", workers: 1)
    let slow = other.submit(name: "slow") { sleepSoundly(milliseconds) }
    try pool.submit(name: "waiter") { try waitForTask(slow) }.value()
case "switching":
    // A thousand switches a second, half of the time busy: says what all of it cost.
    let tasks = (1...2).map { _ in
        pool.submit(name: "switching") {
            (0..<milliseconds).reduce(0) { sum, _ in
                usleep(900)
                return sum &+ spin(6_000_000)
            }
        }
    }
    _ = try tasks.map { try $0.value() }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let parts = [usage.ru_utime, usage.ru_stime].map { $0.tv_sec * 1_000_000 + Int($0.tv_usec) }
    print("processor time \(parts[0] + parts[1]) us, \(usage.ru_nvcsw) switches")
case "fork":
    let tasks = (1...2).map { _ in pool.submit(name: "busy") { busy(time) } }
    usleep(20_000)
    var child = pid_t()
    var words: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
    guard posix_spawnp(&child, "true", nil, nil, &words, environ) == 0 else { exit(1) }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    print("child \(status)")
    _ = try tasks.map { try $0.value() }
default: exit(64)
}
