import PoolModel
import PoolRecorder
import PoolSymbols

extension Recorder {
    /// The place with a number; a question mark for one that was never given out.
    static func knownSite(_ number: UInt32) -> Site {
        if let callers = callers(number) {
            return Site(callers: callers.flatMap(SymbolTable.shared.frames)) ?? .unknown
        }
        return site(number) ?? .unknown
    }
}
