import COneProcessor
import Glibc
import PoolSchedule
import PoolTrace
import PoolTraceRuntime
import Synchronization

// differential [--first-order] PROGRAMS [SEED [RUNS [MILLISECONDS]]]
//
// Whatever a parallel run can do, some serial order does: runs random programs in all serial orders, in one process,
// and then in parallel, RUNS times but not for longer than MILLISECONDS each, with delays in between. What comes of a
// parallel run is to be among what comes of the orders. Programs of too many orders are drawn again.
//
// With --first-order the others are left out, so that this has to fail.

let words = CommandLine.arguments.dropFirst()
let firstOrder = words.contains("--first-order") ? "--first-order" : ""
let numbers = words.compactMap { UInt64($0) }
let (programs, firstSeed) = (numbers.first ?? 10, numbers.dropFirst().first ?? 1)
let (runs, milliseconds) = (numbers.dropFirst(2).first ?? 2000, numbers.dropFirst(3).first ?? 100)
let mostOrders = 2000
/// Those that would have more orders than this, if nobody waited, are not tried.
let mostLooseOrders = 5000.0

/// Runs `body` on one processor, also the threads that it starts: one that hands over to another wakes it sooner there.
func onOneProcessor<Result>(_ body: () throws -> Result) rethrows -> Result {
    one_processor(1)
    defer { one_processor(0) }
    return try body()
}

/// What comes of all orders of a plan; nil if there are too many.
func serialOutcomes(_ seed: UInt64) throws -> (outcomes: Set<String>, orders: Int)? {
    let plan = Plan(seed: seed)
    let orders = OrderEnumeration()
    var outcomes: Set<String> = []
    var count = 0
    repeat {
        guard count < mostOrders else { return nil }
        count += 1
        nonisolated(unsafe) var world: World?
        try SerialExecutions.run(by: orders.strategy, whenDeadlocked: { world?.giveUp() }) {
            let pools = try plan.widths.map { try ThreadPool(workers: $0) }
            let own = World(plan, on: pools, isNative: false)
            world = own
            own.run()
            for pool in pools { try pool.shutdown() }
        }
        if let world { outcomes.insert(world.outcome) }
    } while !words.contains("--first-order") && orders.advance()
    if let divergence = orders.divergence {
        print("the orders of program \(seed) are not the same twice, \(divergence), after \(count):\n\(plan.text)")
        exit(1)
    }
    return (outcomes, count)
}

/// The same in another process: Swift's executors are serial for the life of one, the library that stands in for the
/// locks of others is preloaded, and here threads of parallel runs may still be about to end.
func serialOutcomesElsewhere(_ plan: Plan, _ seed: UInt64) -> (outcomes: Set<String>, orders: Int)? {
    let own = "'" + CommandLine.arguments[0] + "'"
    guard let pipe = popen("\(variables(of: plan)) exec \(own) \(firstOrder) --orders \(seed)", "r") else { return nil }
    var lines: [String] = []
    while let line = readLine(from: pipe) { lines.append(line) }
    let status = pclose(pipe)
    guard status == 0, let orders = lines.popLast().flatMap({ Int($0) }) else {
        if status == 0 || status == 2 << 8 { return nil }
        print("program \(seed), one order after the other, ended with \(status):\n\(plan.text)")
        print(lines.joined(separator: "\n"))
        exit(1)
    }
    return (Set(lines), orders)
}

/// What the process is started with whose orders are those of a plan.
func variables(of plan: Plan) -> String {
    let folder = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "/")
    let standIns = "LD_PRELOAD='\(folder)/libPoolTraceControl.so' POOLTRACE_PIN=time"
    return switch (plan.hasAsync, plan.hasForeign) {
    case (false, false): ""
    case (true, false): "POOLTRACE_MODE=serial"
    case (false, true): standIns
    case (true, true): "POOLTRACE_MODE=serial \(standIns)"
    }
}

func readLine(from file: UnsafeMutablePointer<FILE>) -> String? {
    var line: UnsafeMutablePointer<CChar>?
    var size = 0
    defer { free(line) }
    guard getline(&line, &size, file) > 0, let line else { return nil }
    return String(String(cString: line).dropLast())
}

if words.contains("--orders"), let seed = numbers.first {
    guard let serial = try onOneProcessor({ try serialOutcomes(seed) }) else { exit(2) }
    for outcome in serial.outcomes { print(outcome) }
    print(serial.orders)
    exit(0)
}

/// The run that goes on now, in parallel, for who looks whether it still does.
let current = Mutex<World?>(nil)

let watcher = TracedThread(name: "watcher", isDaemon: true) {
    var last: (world: ObjectIdentifier, progress: Int)?
    var looks = 0
    while true {
        usleep(5000)
        guard let world = current.withLock({ $0 }) else {
            last = nil
            continue
        }
        let look = world.look
        let seen = (world: ObjectIdentifier(world), progress: look.progress)
        looks = look.isStill && last.map { $0 == seen } == true ? looks + 1 : 0
        last = seen
        // A tenth of a second, in which everybody waits. The next run does not begin before all of this is done.
        if looks == 20 { current.withLock { $0 === world ? world.giveUp() : () } }
    }
}

nonisolated(unsafe) var pools: [Int: ThreadPool] = [:]
func nativeOutcome(_ plan: Plan) throws -> String {
    for (number, width) in plan.widths.enumerated() where pools[width * 2 + number] == nil {
        pools[width * 2 + number] = try ThreadPool(workers: width)
    }
    let world = World(plan, on: plan.widths.enumerated().compactMap { pools[$1 * 2 + $0] }, isNative: true)
    current.withLock { $0 = world }
    world.run()
    current.withLock { $0 = nil }
    return world.outcome
}

var (seed, done, orders, natives, drawn, distinct, reached) = (firstSeed, UInt64(0), 0, 0, 0, 0, 0)
var hasStarted = false
while done < programs {
    let plan = Plan(seed: seed)
    seed += 1
    drawn += 1
    guard plan.looseOrders <= mostLooseOrders,
        let serial = serialOutcomesElsewhere(plan, seed - 1)
    else { continue }
    if !hasStarted {
        hasStarted = true
        try watcher.start()
    }
    done += 1
    orders += serial.orders
    distinct += serial.outcomes.count
    var found: Set<String> = []
    let end = ContinuousClock.now.advanced(by: .milliseconds(Int(milliseconds)))
    var deadlocks = 0
    for _ in 0..<runs where ContinuousClock.now < end && deadlocks < 2 {
        natives += 1
        let outcome = try nativeOutcome(plan)
        found.insert(outcome)
        // Each costs a tenth of a second.
        if outcome.contains("stuck") { deadlocks += 1 }
        guard serial.outcomes.contains(outcome) else {
            print("no serial order of program \(seed - 1) does what a parallel run did:\n\(plan.text)")
            print("  the parallel run: \(outcome)")
            for outcome in serial.outcomes.sorted() { print("  a serial order:   \(outcome)") }
            exit(1)
        }
    }
    reached += found.count
}
print("\(done) programs of \(drawn), \(orders) orders with \(distinct) outcomes")
print("\(natives) parallel runs had \(reached) of them, and no other")
exit(0)
