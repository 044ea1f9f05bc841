import Testing

/// The text after `--filter`.
enum TestFilter {
    /// A pattern that matches this text alone.
    static func escape(_ text: some StringProtocol) -> String {
        text.reduce(into: "") { pattern, character in
            if #".\+*?()[]{}|^$"#.contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
    }

    /// The filter that a person types for a test, quoted for a shell; lines of the source may change meanwhile.
    static func typed(for test: Test) -> String {
        let name =
            ([test.id.moduleName + "." + (test.id.nameComponents.first ?? "")] + test.id.nameComponents.dropFirst())
            .joined(separator: "/")
        return "'\(escape(name).replacing("'", with: #"'\''"#))/'"
    }
}
