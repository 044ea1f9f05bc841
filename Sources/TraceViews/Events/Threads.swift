internal import Glibc

/// Threads that work beside the caller's for a while, and are waited for.
package struct Threads: ~Copyable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// More readers of one trace than this wait for each other.
    private static let maximumCount = 8

    private var started: [pthread_t] = []

    /// How many beside the caller's there are processors for.
    package static var spare: Int {
        min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), maximumCount) - 1
    }

    /// Starts threads, as many of `count` as the system lets it.
    package init(_ count: Int, _ run: @escaping @Sendable () -> Void) {
        for _ in 0..<count {
            var thread = pthread_t()
            let body = Unmanaged.passRetained(Body(run))
            let status = pthread_create(
                &thread, nil,
                { argument in
                    // What it was started with.
                    Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
                    return nil
                }, body.toOpaque())
            if status == 0 { started.append(thread) } else { body.release() }
        }
    }

    /// Waits until all have returned.
    package consuming func join() {
        for thread in started { pthread_join(thread, nil) }
    }
}
