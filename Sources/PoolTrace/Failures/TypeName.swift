/// The names of types, as reports and traces show them.
enum TypeName {
    /// A type's name with its module and the types around it.
    ///
    /// Of what is private Swift tells an address between them, another one in each run: failures of two runs would not
    /// be the same.
    static func of(_ type: any Any.Type) -> String {
        String(reflecting: type).split(separator: ".").filter { !$0.hasPrefix("(unknown context at $") }
            .joined(separator: ".")
    }
}
