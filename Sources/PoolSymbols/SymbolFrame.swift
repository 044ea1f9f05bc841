/// One function at an address: the physical one, or one that the compiler inlined there.
public struct SymbolFrame: Sendable, Hashable {
    /// The function as a person would name it, `JSONParser.object(depth:)`, `closure #1 in run()`; `module+0x1234`
    /// where nothing is known.
    public let function: String
    /// The source file, as the compiler was given it; empty where there is no debug information.
    public let file: String
    /// The line, from 1; 0 where it is unknown.
    public let line: UInt32
    /// The file name of the executable or library that the address lies in.
    public let module: String
    /// The Swift module that declares the function; empty where that is unknown, and for what is not Swift's.
    public let swiftModule: String

    /// Creates a frame.
    public init(function: String, file: String, line: UInt32, module: String, swiftModule: String = "") {
        self.function = function
        self.file = file
        self.line = line
        self.module = module
        self.swiftModule = swiftModule
    }
}
