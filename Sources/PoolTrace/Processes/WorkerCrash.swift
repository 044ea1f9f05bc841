import CPoolRecorder

/// The crash of a worker process, as it wrote it down in its last moments; every byte may be anything.
struct WorkerCrash: Equatable, Sendable {
    let signal: Int32
    /// Where it was, innermost first, as return addresses in this process: those in libraries that it has, too.
    let addresses: [UInt64]

    /// `nil` if there is none.
    init?(_ shared: UnsafePointer<pooltrace_shared_fault>) {
        let fault = shared.pointee
        guard fault.signal != 0 else { return nil }
        signal = Int32(truncatingIfNeeded: fault.signal)
        addresses = withUnsafeBytes(of: fault.places) { bytes in
            let places = bytes.bindMemory(to: pooltrace_code_place.self).prefix(Int(clamping: fault.length))
            return places.map(pooltrace_address_of).filter { $0 != 0 }
        }
    }

    /// Why Swift ended it: `arithmetic overflow`; `nil` if that is unknown.
    ///
    /// Reads debug information.
    var reason: String? { addresses.first.flatMap(ThrowSite.trap) }
}
