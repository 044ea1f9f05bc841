import CPoolRecorder
import PoolModel

/// Addresses of a worker process for its pool's, which has loaded the same modules elsewhere.
enum RemotePlaces {
    /// How many modules the worker had loaded when it began; the program may load more, which its pool's process need
    /// not have.
    private static let modules = Guarded<UInt64?>(nil)

    /// In a worker, before its first task.
    static func begin() { modules.withLock { $0 = pooltrace_modules_loaded() } }

    /// None if the pool's process may not know all of them.
    static func of(_ addresses: [UInt64]) -> [pooltrace_code_place] {
        if let known = modules.withLock({ $0 }), known != pooltrace_modules_loaded() { return [] }
        let places = addresses.map(pooltrace_place_of)
        return places.contains { $0.module == UInt64(POOLTRACE_NO_MODULE) } ? [] : places
    }
}
