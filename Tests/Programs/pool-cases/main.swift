// What the tests of the pool run as a child, since a process has one mode: `pool-cases NAME` runs one of the programs
// below.
import Glibc
import PoolTrace

struct Broken: Error { let part: Int }

let programs: [String: () async throws -> Void] = [
    "order": order, "one-at-a-time": oneAtATime, "await": awaiting, "poll": poll, "timed": timed, "bounded": bounded,
    "exit": exitWithTasks, "exit-in-task": exitInTask, "two-threads": twoThreads, "takeover": takeover,
    "stacks": stacks,
    "failures": failures, "cycle": cycle, "lock": lockWhileWaiting, "only": only, "inline": inlined, "parked": parked,
    "report": report, "crowd": crowd, "same-frames": sameFrames, "beside": beside, "uncontrolled": uncontrolled,
    "futures": futures, "awaited-futures": awaitedFutures, "unread": unread, "stuck-promise": stuckPromise,
    "racer": racer, "racing-elements": racingElements, "racing-threads": racingThreads,
    "interleaving": interleaving, "limited": limited, "clocks": clocks, "foreign-clocks": foreignClocks,
    "own-thread": ownThread,
    "awaiting-main": awaitingMain,
    "deadlocked": deadlocked, "circle": circle,
    "lost-signal": lostSignal,
    "locks": locks, "opposite-locks": oppositeLocks, "sections": sections, "lock-answers": lockAnswers,
    "woken-from-outside": wokenFromOutside, "taken-twice": takenTwice,
]

guard CommandLine.arguments.count > 1, let program = programs[CommandLine.arguments[1]] else {
    print("expected one of \(programs.keys.sorted())")
    exit(64)
}
try await program()
