import Glibc

private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// A thread that runs `body`, to be joined.
func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Body(body)).toOpaque()
    let error = pthread_create(
        &thread, nil,
        { context in
            Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
            return nil
        }, context)
    guard error == 0 else {
        print("no thread: \(String(cString: strerror(error)))")
        exit(1)
    }
    return thread
}

/// Runs `body` on so many threads at once, numbered from 1, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (UInt32) -> Void) {
    let threads = (0..<count).map { index in startThread { body(UInt32(index + 1)) } }
    for thread in threads { pthread_join(thread, nil) }
}
