// A program that ends by a fault in a task, while another task runs and after one has failed: fault-cases KIND
import Glibc
import PoolTrace
import Synchronization

struct Unreadable: Error {}

/// An input of which nothing can be told.
struct Hostile: CustomStringConvertible {
    var description: String { fatalError("no description") }
}

nonisolated(unsafe) var numbers = [1, 2, 3]
nonisolated(unsafe) var nothing: Int?
nonisolated(unsafe) var largest = Int.max
nonisolated(unsafe) var zero: Int32 = 0

@inline(never) func recurse(_ depth: Int) -> Int { depth < 0 ? 0 : recurse(depth + 1) &+ numbers[depth % 3] }

@inline(never) func fault(_ kind: String) {
    switch kind {
    case "fatal", "element", "async", "outside", "hostile", "child": fatalError("stopped on purpose")
    case "bounds": print(numbers[numbers.count + 4])
    case "nil": print(nothing!)
    case "overflow": largest += 1
    case "pointer": UnsafeMutablePointer<Int>(bitPattern: 0x10)!.pointee = 1
    case "stack": print(recurse(1))
    case "abort": abort()
    case "sent": kill(getpid(), SIGSEGV)
    default: exit(64)
    }
}

let kind = CommandLine.arguments.dropFirst().first ?? ""
let pool = try ThreadPool(name: "work", workers: 2)
let early = pool.submit(name: "early", input: "first") { _ in throw Unreadable() }
while !early.isDone { sched_yield() }
let isBeside = Atomic(false)
let neighbour = pool.submit(name: "neighbour") {
    isBeside.store(true, ordering: .sequentiallyConsistent)
    while true { pause() }
}
// In serial mode nothing runs beside.
if CommandLine.arguments.count < 3 { while !isBeside.load(ordering: .sequentiallyConsistent) { sched_yield() } }
switch kind {
case "outside": fault(kind)
case "element": _ = try pool.map([3, 4, 5]) { if $0 == 5 { fault(kind) } }
case "hostile": _ = pool.submit(name: "doomed", input: Hostile()) { _ in fault(kind) }
case "child":
    let parent = pool.submit(name: "parent") { try pool.submit(name: "doomed") { fault(kind) }.value() }
    try parent.value()
case "async":
    let doomed = Task(executorPreference: pool) { fault(kind) }
    while !doomed.isCancelled { pause() }
default:
    let doomed = pool.submit(name: "doomed", input: 7) { _ in fault(kind) }
    try doomed.value()
}
while true { pause() }
