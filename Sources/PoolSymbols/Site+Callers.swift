public import PoolModel

extension Site {
    /// The place from which something was called: the nearest of the callers whose file is known,
    /// `bugs/LostUpdate.swift:41`.
    ///
    /// - Parameter callers: The functions at the return addresses of the calls, innermost first.
    public init?(callers: [SymbolFrame]) {
        // Swift's own functions, which the compiler may have put into the program, are not where a person would look.
        let known = callers.first {
            $0.line > 0 && !$0.file.isEmpty && !$0.file.hasPrefix("<") && !$0.file.contains("/stdlib/public/")
        }
        guard let known else { return nil }
        let file = known.file.split(separator: "/").suffix(2).joined(separator: "/")
        self.init(file: file, line: known.line, function: known.function)
    }
}
