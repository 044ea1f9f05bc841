/// What turns return addresses into functions, files and lines: the process's own tables, or a tool run as a child.
public protocol Symbolicator: Sendable {
    /// The functions at a return address, innermost first; the ones that the compiler inlined there come before the one
    /// they are in.
    ///
    /// - Parameter address: A return address, as a walk of the stack finds it: the instruction looked up is the one
    ///   before it.
    /// - Returns: At least one frame, unless the address lies in a function that only the compiler knows of (a thunk).
    func frames(at address: UInt64) -> [SymbolFrame]
}
