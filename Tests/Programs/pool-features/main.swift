// What a pool can do, a program for each feature, the same in every mode: `pool-features NAME` runs one and prints what
// it found.
import Glibc
import PoolTrace

let features: [String: () async throws -> Void] = [
    "apply": apply, "starmap": starmap, "scope": scope, "scope that throws": throwingScope, "async scope": asyncScope,
    "terminate": terminate, "initializer": initializer, "initializer that throws": throwingInitializer,
    "worker names": workerNames, "tasks per worker": tasksPerWorker, "priorities": priorities, "deadline": deadline,
    "resize": resize, "fail fast": failFast, "collect all": collectAll, "chunk size": chunkSize,
    "submitMap": submitMap, "submitMap that fails": mapAsyncFails, "submitMap cancelled": mapAsyncCancelled,
    "imap": lazyMap,
    "imapUnordered": lazyMapUnordered,
    "imap given up": imapGivenUp, "callbacks of a map": mapCallbacks, "nothing to map": nothingToMap,
    "imap with a timeout": imapTimeout, "stalls": stalls,
    "executor": executor, "asyncMap": asyncMap, "asyncMap that fails": asyncMapFails,
    "asyncMap of a stream that fails": asyncMapOfFailingStream,
    "task-locals": taskLocals, "task-locals of callbacks and threads": callbackContext,
    "async task-locals": asyncTaskLocals, "observers": observers,
    "both": both, "both that fail": bothThatFail,
    "async cancellation": asyncCancellation, "async submit": asyncSubmit, "bounded group": boundedGroup,
]

guard CommandLine.arguments.count > 1, let feature = features[CommandLine.arguments[1]] else {
    print("expected one of \(features.keys.sorted())")
    exit(64)
}
try await feature()
