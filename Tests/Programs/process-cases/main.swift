// What the tests of process pools run as a child: `process-cases NAME [ARGUMENT]` runs one of the programs below.
import Glibc
import PoolTrace

/// Read by a task, which a worker must not do: it never runs this file.
let mainNumber = Int(CommandLine.argc) + 41
let mainWords = CommandLine.arguments

let programs: [String: () async throws -> Void] = [
    "values": values, "failures": failures, "deaths": deaths, "output": output, "identity": identity,
    "kills": kills, "globals": globals, "descriptors": descriptors, "orphans": orphans, "modes": modes,
    "nested": nested, "lasting": lasting, "memory": memory,
    "apply": apply, "scope": scope, "async scope": asyncScope, "submitMap": submitMap,
    "submitMap cancelled": mapAsyncCancelled, "imap": lazyMap, "imapUnordered": lazyMapUnordered,
    "imap with a timeout": imapTimeout, "priorities": priorities, "callbacks": callbacks,
    "coders that throw": coders, "deadly-coders": deadlyCoders, "large-deaths": largeDeaths,
    "closed-standard": closedStandard,
    "end-with-pool": endWithPool, "let-go": letGo, "no-room": noRoom, "inputs released": inputsReleased,
    "pool in a worker": poolInWorker, "closed early": closedEarly, "nothing to map": nothingToMap,
]

guard CommandLine.arguments.count > 1, let program = programs[CommandLine.arguments[1]] else {
    print("expected one of \(programs.keys.sorted())")
    exit(64)
}
try await program()
