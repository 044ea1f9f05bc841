import Glibc
import PoolModel

/// A value that each thread has for itself.
///
/// ```swift
/// static let buffer = ThreadLocal([UInt8]())
/// buffer.value.append(1)  // this thread's alone
/// ```
///
/// A thread's value is made when it first asks, and destroyed when the thread ends or, at the latest, some time after
/// the `ThreadLocal` itself is gone. The workers of a pool are threads like any other: a value stays from one task to
/// the next, where a task-local value (`@TaskLocal`) belongs to one task.
public final class ThreadLocal<Value>: @unchecked Sendable {
    private let makeInitial: () -> Value

    /// A value that each thread begins with as `initial` makes it, on its own.
    ///
    /// - Parameter initial: Evaluated on each thread that asks for its value before it has set one.
    public init(_ initial: @autoclosure @escaping @Sendable () -> Value) {
        makeInitial = initial
    }

    /// The calling thread's value.
    public var value: Value {
        get { box.value }
        set {
            let box = box
            // Its end may ask for the value that takes its place.
            let previous = box.value
            box.value = newValue
            withExtendedLifetime(previous) {}
        }
        _modify { yield &box.value }
    }

    /// Forgets the calling thread's value: it is made anew when it is asked for.
    public func reset() {
        // Released when the values are at rest again, since its end may ask for them.
        _ = ThreadValues.current.values.removeValue(forKey: ObjectIdentifier(self))
    }

    /// Destroys the calling thread's values of all others: the thread ends, and still counts as alive.
    func destroyOthers() {
        let own = ThreadValues.current
        // One that goes may ask for others; what is then left goes after the thread.
        for _ in 0..<4 {
            let gone = own.values.filter { $0.key != ObjectIdentifier(self) }
            guard !gone.isEmpty else { return }
            own.values = own.values.filter { $0.key == ObjectIdentifier(self) }
            withExtendedLifetime(gone) {}
        }
    }

    private final class Box: ThreadValue {
        var value: Value
        init(_ value: Value, of local: ThreadLocal<Value>) {
            self.value = value
            super.init(local)
        }
    }

    private var box: Box {
        RaceDetection.usesThread()
        // An entry left by another that had lived at this address knows that its own is gone.
        if let known = ThreadValues.current.values[ObjectIdentifier(self)] as? Box, known.local != nil { return known }
        let made = Box(makeInitial(), of: self)
        ThreadValues.current.add(made, for: ObjectIdentifier(self))
        return made
    }
}

/// One thread's value of one `ThreadLocal`.
private class ThreadValue {
    private(set) weak var local: AnyObject?
    init(_ local: AnyObject) { self.local = local }
}

/// All values of one thread, which alone touches them.
private final class ThreadValues {
    var values: [ObjectIdentifier: ThreadValue] = [:]
    private var cleanUpAt = 16

    /// The key whose destructor runs when a thread ends.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { values in
            guard let values else { return }
            Unmanaged<ThreadValues>.fromOpaque(values).release()
        }
        return key
    }()

    static var current: ThreadValues {
        if let values = pthread_getspecific(key) {
            return Unmanaged<ThreadValues>.fromOpaque(values).takeUnretainedValue()
        }
        let values = ThreadValues()
        pthread_setspecific(key, Unmanaged.passRetained(values).toOpaque())
        return values
    }

    /// Keeps a value, and forgets those whose `ThreadLocal` is gone.
    func add(_ value: ThreadValue, for local: ObjectIdentifier) {
        let previous = values.updateValue(value, forKey: local)
        defer { withExtendedLifetime(previous) {} }
        guard values.count >= cleanUpAt else { return }
        let all = values
        values = all.filter { $0.value.local != nil }
        cleanUpAt = max(16, values.count * 2)
        withExtendedLifetime(all) {}
    }
}
