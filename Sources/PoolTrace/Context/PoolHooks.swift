import PoolModel
import PoolRecorder
import Synchronization

/// The carriers and observers of a pool that has any.
///
/// Tasks are wrapped where they are submitted, so that those of other pools pay for one look at whether there is
/// something to do.
final class PoolHooks: Sendable {
    private let pool: String
    private let carriers: [any ContextCarrier]
    let observers: [any TaskObserver]
    /// What is dropped from now on has failed: the pool is broken, or gone.
    private let refuses = Atomic<Bool>(false)

    /// Whether a pool of this process ever had some.
    private static let areInUse = Atomic<Bool>(false)

    /// `nil` where there is nothing to do.
    init?(pool: String, _ configuration: PoolConfiguration) {
        guard !configuration.carriers.isEmpty || !configuration.observers.isEmpty else { return nil }
        self.pool = pool
        (carriers, observers) = (configuration.carriers, configuration.observers)
        Self.areInUse.store(true, ordering: .relaxed)
    }

    /// Captures the context for a new task, or for the elements of a map, and tells the observers.
    ///
    /// - Parameter name: The number of the name.
    func submit(_ count: Int = 1, name: UInt32) -> TaskHooks {
        // To look a name up takes a lock.
        let task = observers.isEmpty ? nil : ObservedTask(pool: pool, name: Recorder.name(name))
        if let task { for observer in observers { observer.submitted(count, of: task) } }
        return TaskHooks(of: task, count: count, context: CarriedContext(carriers), in: self)
    }

    /// Tells the observers of a submit to a pool that takes no more.
    func refuse(name: UInt32) {
        let task = ObservedTask(pool: pool, name: Recorder.name(name))
        for observer in observers {
            observer.submitted(1, of: task)
            observer.dropped(1, of: task, .failed)
        }
    }

    func startRefusing() { refuses.store(true, ordering: .relaxed) }

    /// How what is dropped has ended.
    var outcomeOfDropped: Outcome { refuses.load(ordering: .relaxed) ? .failed : .cancelled }

    /// The context for a callback of a future, captured where it is registered; `nil` without carriers.
    ///
    /// A future may outlive its pool, so that is looked for. Once it is gone the future has ended, and the callback
    /// runs here and now.
    static func context(forCallbackOf future: AnyFuture) -> CarriedContext? {
        guard areInUse.load(ordering: .relaxed), let core = future.core else { return nil }
        let hooks = PoolRegistry.all.first { Unmanaged.passUnretained($0).toOpaque() == core.toOpaque() }?.hooks
        return hooks.flatMap { $0.carriers.isEmpty ? nil : CarriedContext($0.carriers) }
    }
}
