import PoolModel

/// Functions, files and lines of the running process, read from the files that it is made of.
///
/// The first look into a module maps its file and takes milliseconds; an address that was looked up before takes a lock
/// and a dictionary's look-up. Nothing here traps or throws: a module without debug information gives names alone, one
/// that is gone from the disk gives `module+0x1234`.
///
/// Functions that only the compiler knows of (thunks, partial applications, outlined copies, the hooks of `throw`) are
/// left out.
public final class SymbolTable: Symbolicator {
    /// The table of this process.
    public static let shared = SymbolTable()

    private struct State {
        var modules: [LoadedModule] = []
        /// By the path that a module was loaded from; `nil` for a file that cannot be read.
        var files: [String: ModuleSymbols?] = [:]
        var cache: [UInt64: [SymbolFrame]] = [:]
    }

    // Looking up is a cold path, so one lock guards it all, reading of files included.
    private let state = Guarded(State())

    /// Makes a table of its own, with nothing in its cache.
    public init() {}

    /// The functions at a return address, innermost first.
    public func frames(at address: UInt64) -> [SymbolFrame] {
        state.withLock { state in
            if let known = state.cache[address] { return known }
            let frames = Self.find(address, &state)
            state.cache[address] = frames
            return frames
        }
    }

    /// A return address that has a line: the next one of the same function if the compiler has given none to this one.
    public func addressWithLine(from address: UInt64) -> UInt64 {
        state.withLock { state in
            guard address > 0, let module = Self.module(of: address &- 1, &state),
                let symbols = Self.symbols(of: module, &state)
            else { return address }
            return symbols.addressWithLine(from: address &- module.base) &+ module.base
        }
    }

    private static func find(_ address: UInt64, _ state: inout State) -> [SymbolFrame] {
        guard address > 0, let module = module(of: address &- 1, &state) else {
            return [SymbolFrame(function: "0x" + String(address, radix: 16), file: "", line: 0, module: "")]
        }
        let fileAddress = address &- module.base
        return symbols(of: module, &state)?.frames(at: fileAddress)
            ?? [ModuleSymbols.unknown(fileAddress, module: module.name)]
    }

    private static func symbols(of module: LoadedModule, _ state: inout State) -> ModuleSymbols? {
        if let known = state.files[module.path] { return known }
        let symbols = ModuleSymbols(path: module.path, name: module.name, buildID: module.buildID)
        state.files[module.path] = .some(symbols)
        return symbols
    }

    private static func module(of address: UInt64, _ state: inout State) -> LoadedModule? {
        if let module = state.modules.first(where: { $0.code.contains(address) }) { return module }
        guard let module = LoadedModule.containing(address) else { return nil }
        // What was there before, if anything was, has been unloaded.
        state.modules.removeAll { $0.code.overlaps(module.code) }
        state.modules.append(module)
        return module
    }
}
