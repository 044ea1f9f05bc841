import PoolModel

/// The functions and lines of one executable or library, by addresses in its file.
///
/// Names and lines come from its debug information (DWARF 4 or 5), names alone from its symbols where it has none.
public final class ModuleSymbols: Sendable {
    /// The file's name, which frames carry.
    public let name: String
    /// The identity that the linker gave it, empty if it gave none.
    public let buildID: [UInt8]

    private struct State {
        let image: ELFImage
        let sections: DWARFSections?
        var units: [DWARFUnit]?
    }

    // What is read from the file is kept, so look-ups change it.
    private let state: Guarded<State>

    /// Opens a module's file.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - name: What frames call it; the last part of the path if not given.
    ///   - buildID: The identity that the file must have, unless it is empty: another program may have taken the path
    ///     since.
    /// - Returns: `nil` if the file cannot be read, is no ELF file, or has another identity.
    public init?(path: String, name: String? = nil, buildID: [UInt8] = []) {
        guard let file = MappedFile(path: path), let image = ELFImage(file), buildID.isEmpty || buildID == image.buildID
        else { return nil }
        self.name = name ?? path.split(separator: "/").last.map(String.init) ?? path
        self.buildID = image.buildID
        state = Guarded(State(image: image, sections: DWARFSections(image), units: nil))
    }

    /// The functions at a return address, innermost first.
    ///
    /// - Parameter address: The return address, less the address that the module was loaded at.
    /// - Returns: At least one frame, unless the address lies in a function that only the compiler knows of.
    public func frames(at address: UInt64) -> [SymbolFrame] {
        guard address > 0 else { return [Self.unknown(address, module: name)] }
        return state.withLock { state in
            // The call is the instruction before the one that it returns to, which may be another line's or another
            // function's.
            let call = address &- 1
            if let frames = debugFrames(at: call, &state) { return frames }
            guard let symbol = state.image.function(at: call) else { return [Self.unknown(address, module: name)] }
            let function = FunctionName(symbol.name)
            if function.isNoise { return [] }
            return [
                SymbolFrame(
                    function: function.text, file: "", line: 0, module: name, swiftModule: function.swiftModule)
            ]
        }
    }

    /// A return address that has a line: the next one of the same function if the compiler has given none to this one.
    ///
    /// Swift announces an access that it makes by several instructions before them, by a call without a line.
    ///
    /// - Parameter address: The return address, less the address that the module was loaded at.
    public func addressWithLine(from address: UInt64) -> UInt64 {
        guard address > 0 else { return address }
        return state.withLock { state in
            guard let sections = state.sections else { return address }
            if state.units == nil { state.units = Self.readUnits(sections) }
            let call = address &- 1
            guard let unit = state.units?.first(where: { $0.contains(call) }),
                let lined = unit.lines.addressWithLine(from: call),
                let function = unit.functions(at: call).last,
                let other = unit.functions(at: lined).last, function.low == other.low
            else { return address }
            return lined &+ 1
        }
    }

    private func debugFrames(at address: UInt64, _ state: inout State) -> [SymbolFrame]? {
        guard let sections = state.sections else { return nil }
        if state.units == nil { state.units = Self.readUnits(sections) }
        guard let unit = state.units?.first(where: { $0.contains(address) }) else { return nil }
        let functions = unit.functions(at: address)
        guard let physical = functions.last else { return nil }
        var place = unit.lines.place(at: address, from: physical.low) ?? ("", 0)
        var frames: [SymbolFrame] = []
        for (depth, function) in functions.enumerated() {
            let name = FunctionName(function.linkageName, plain: function.name)
            // Code that stands for several lines, such as the common end of two throws, has none: then the function's
            // own is shown.
            if place.line == 0 || place.file.isEmpty {
                place = (
                    unit.lines.file(function.declarationFile), UInt32(truncatingIfNeeded: function.declarationLine)
                )
            }
            if !name.isNoise, depth > 0 || !onlyCallsItsCopy(name, at: address, state) {
                let line = place.file.isEmpty ? 0 : place.line
                frames.append(
                    SymbolFrame(
                        function: name.text, file: line == 0 ? "" : place.file, line: line, module: self.name,
                        swiftModule: name.swiftModule))
            }
            place = (unit.lines.file(function.callFile), UInt32(truncatingIfNeeded: function.callLine))
        }
        return frames
    }

    /// Whether a function does nothing at this address but call the copy of itself that the optimizer made: the frame
    /// of the copy comes before this one, and shown both they would look like a function that calls itself.
    private func onlyCallsItsCopy(
        _ name: FunctionName, at address: UInt64, _ state: State
    ) -> Bool {
        guard let target = state.image.callTarget(endingAt: address &+ 1),
            let symbol = state.image.function(at: target), symbol.start == target
        else { return false }
        return FunctionName(symbol.name).isCopy(of: name)
    }

    private static func readUnits(_ sections: DWARFSections) -> [DWARFUnit] {
        var units: [DWARFUnit] = []
        var cursor = sections.info
        while !cursor.isAtEnd {
            if let unit = DWARFUnit(sections, at: &cursor), !unit.ranges.isEmpty { units.append(unit) }
        }
        return units
    }

    /// The frame of an address of which only the module is known.
    static func unknown(_ address: UInt64, module: String) -> SymbolFrame {
        SymbolFrame(function: "\(module)+0x\(String(address, radix: 16))", file: "", line: 0, module: module)
    }
}
