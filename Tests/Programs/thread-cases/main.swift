// What the tests of threads and signals run as a child: `thread-cases NAME` runs one of the programs below.
import Glibc
import PoolTrace

struct Broken: Error { let part: Int }

let programs: [String: @Sendable () throws -> Void] = [
    "exit-waits": exitWaits, "exit-inside": exitInside, "daemon": daemon, "dropped": dropped, "kept": kept,
    "joined": joined, "below": below, "mixed": mixed, "task-joins": taskJoins, "polling": polling,
    "primitives": primitives, "round": round, "main-thread": mainThread, "exit-locals": exitLocals,
    "busy-daemons": busyDaemons, "closed-error": closedError,
    "polite": polite, "cancelled": cancelled, "stubborn": stubborn, "late": late, "service": service,
]

guard CommandLine.arguments.count > 1, let program = programs[CommandLine.arguments[1]] else {
    print("expected one of \(programs.keys.sorted())")
    exit(64)
}
try program()
