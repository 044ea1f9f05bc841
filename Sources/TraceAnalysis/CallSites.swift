import PoolModel
import PoolSymbols

/// What a trace knows by addresses alone: places that tasks come from, and throws that nobody described.
///
/// What they are is in the files that the program was made of.
struct CallSites {
    private struct File: Hashable {
        let path: String
        let buildID: String
    }

    /// What the program was made of, as it was loaded.
    var modules: [PoolEvent.Module] = []
    /// The callers by the number of the site, innermost first.
    var callers: [UInt32: [UInt64]] = [:]

    /// Files that have been read, for the next traces of the same program; `nil` for one that is not there any more, or
    /// another by now.
    private static let files = Guarded<[File: ModuleSymbols?]>([:])

    /// The places that can be told.
    func resolved() -> [UInt32: Site] {
        callers.compactMapValues { addresses in Site(callers: addresses.compactMap(frames).flatMap { $0 }) }
    }

    /// The functions at a return address, innermost first; `nil` where no module is known there, or its file is not
    /// there any more.
    func frames(at address: UInt64) -> [SymbolFrame]? {
        guard let module = module(at: address) else { return nil }
        return symbols(of: module)?.frames(at: address &- module.address)
    }

    /// The module at an address whose file is not there any more, or is another by now; `nil` if there is none.
    func lostModule(at address: UInt64) -> String? {
        guard let module = module(at: address), symbols(of: module) == nil else { return nil }
        return module.path
    }

    private func symbols(of module: PoolEvent.Module) -> ModuleSymbols? {
        let key = File(path: module.path, buildID: module.buildID)
        return Self.files.withLock { files in
            if let known = files[key] { return known }
            let symbols = ModuleSymbols(path: module.path, buildID: Self.bytes(module.buildID))
            files[key] = .some(symbols)
            return symbols
        }
    }

    /// Whether an address lies in the program, or in one of its libraries.
    func hasModule(at address: UInt64) -> Bool { module(at: address) != nil }

    private func module(at address: UInt64) -> PoolEvent.Module? {
        modules.first { address &- $0.address < $0.size }
    }

    private static func bytes(_ digits: String) -> [UInt8] {
        let digits = Array(digits.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).map { place in
            UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16) ?? 0
        }
    }
}
