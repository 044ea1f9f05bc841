// Tasks whose time goes to one known thing each. Prints what it knows of it, in nanoseconds of this process's clock.
// time-cases busy|hog|sleep|read|convoy|faults|nested|mixed|inputs|switches
import COneProcessor
import Glibc
import PoolTrace
import Synchronization

/// Nanoseconds of one of the kernel's clocks.
func clock(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Computes until the calling thread has had a processor for so long.
@inline(never)
func spin(milliseconds: UInt64) {
    let end = clock(CLOCK_THREAD_CPUTIME_ID) + milliseconds * 1_000_000
    while clock(CLOCK_THREAD_CPUTIME_ID) < end {}
}

enum Hog {
    static let isDone = Atomic(false)

    /// Has a thread take a processor until it is done.
    static func start() -> pthread_t {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                Hog.run()
                return nil
            }, nil)
        return thread
    }

    private static func run() {
        while !isDone.load(ordering: .relaxed) {}
    }
}

let start = clock(CLOCK_MONOTONIC)
let kind = CommandLine.arguments.dropFirst().first ?? ""
switch kind {
case "busy":
    let pool = try ThreadPool(name: "time", workers: 1)
    for _ in 1...5 { try pool.submit(name: "busy") { spin(milliseconds: 20) }.value() }
case "hog":
    one_processor(1)
    let pool = try ThreadPool(name: "time", workers: 1)
    let hog = Hog.start()
    for _ in 1...3 { try pool.submit(name: "hogged") { spin(milliseconds: 40) }.value() }
    Hog.isDone.store(true, ordering: .relaxed)
    pthread_join(hog, nil)
case "sleep":
    let pool = try ThreadPool(name: "time", workers: 2)
    let tasks = (1...4).map { _ in pool.submit(name: "sleeper") { _ = usleep(30_000) } }
    for task in tasks { try task.value() }
case "read":
    let pool = try ThreadPool(name: "time", workers: 2)
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    let (reading, writing) = (ends[0], ends[1])
    let reader = pool.submit(name: "reader") {
        var byte: UInt8 = 0
        for _ in 1...5 { _ = read(reading, &byte, 1) }
    }
    for _ in 1...5 {
        usleep(20_000)
        _ = write(writing, "x", 1)
    }
    try reader.value()
case "convoy":
    let pool = try ThreadPool(name: "time", workers: 4)
    let lock = Mutex(0)
    let tasks = (1...8).map { _ in pool.submit(name: "convoy") { lock.withLock { _ in _ = usleep(10_000) } } }
    for task in tasks { try task.value() }
case "faults":
    let pool = try ThreadPool(name: "time", workers: 1)
    for _ in 1...3 {
        let faulting = pool.submit(name: "faults") {
            let size = 256 << 20
            guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) else {
                return
            }
            madvise(memory, size, MADV_NOHUGEPAGE)
            for place in stride(from: 0, to: size, by: 4096) {
                memory.storeBytes(of: 1, toByteOffset: place, as: UInt8.self)
            }
            munmap(memory, size)
        }
        try faulting.value()
    }
case "nested":
    let pool = try ThreadPool(name: "time", workers: 1)
    let outer = pool.submit(name: "outer") {
        spin(milliseconds: 10)
        let inner = pool.submit(name: "inner") { spin(milliseconds: 30) }
        try inner.value()
        spin(milliseconds: 10)
    }
    try outer.value()
case "mixed":
    // Many short tasks that compute, and now and then a long one that sleeps.
    let pool = try ThreadPool(name: "time", workers: 1)
    let tasks = (0..<20_000).map { number in
        number % 2000 == 1999
            ? pool.submit(name: "long") { _ = usleep(5000) }
            : pool.submit(name: "short") { for _ in 1...100 { _ = clock(CLOCK_MONOTONIC) } }
    }
    for task in tasks { try task.value() }
case "inputs":
    // Of 40 tasks with one name 30 are slow, each slower than the one before, and all of the other name are fast.
    let pool = try ThreadPool(name: "time", workers: 1)
    _ = try pool.map(Array(1...40), name: "slow") { number in if number > 10 { usleep(UInt32(number) * 200) } }
    _ = try pool.map(Array(1...40), name: "fast") { _ in }
    let one = pool.submit(name: "one", input: ["a": [1, 2]]) { _ in _ = usleep(2000) }
    try one.value()
case "switches":
    // Some thousand switches a second of workers that have nothing to do between their tasks.
    let pool = try ThreadPool(name: "time", workers: 2)
    for _ in 1...10_000 {
        let one = pool.submit(name: "nap") { _ = usleep(20) }
        let two = pool.submit(name: "nap") { _ = usleep(20) }
        try one.value()
        try two.value()
    }
    let wall = clock(CLOCK_MONOTONIC) - start
    print("\(clock(CLOCK_PROCESS_CPUTIME_ID)) \(wall)")
default:
    print("time-cases: expected a kind, found '\(kind)'")
    exit(64)
}
