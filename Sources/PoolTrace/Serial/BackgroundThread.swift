import CPoolRecorder
import Glibc

/// A detached, named thread of PoolTrace's runtime.
enum BackgroundThread {
    private final class Start {
        let name: String
        let body: () -> Void
        init(_ name: String, _ body: @escaping () -> Void) { (self.name, self.body) = (name, body) }
    }

    /// Starts one; false if the system gives none.
    @discardableResult
    static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let start = Unmanaged.passRetained(Start(name, body))
        var id = pthread_t()
        pooltrace_starts_own_thread(true)
        defer { pooltrace_starts_own_thread(false) }
        let status = pthread_create(
            &id, nil,
            { start in
                guard let start else { return nil }
                let own = Unmanaged<Start>.fromOpaque(start).takeRetainedValue()
                pooltrace_thread_set_name(own.name)
                RaceDetection.own { own.body() }
                return nil
            }, start.toOpaque())
        if status == 0 { pthread_detach(id) } else { start.release() }
        return status == 0
    }
}
