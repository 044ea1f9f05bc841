/// Picks a demangled declaration apart, with an eye on brackets.
struct DeclarationScanner {
    private let characters: [UInt8]
    private var position = 0

    init(_ text: Substring) { characters = Array(text.utf8) }

    /// What follows the next occurrence of a text that is outside all brackets.
    mutating func after(_ text: String) -> Substring? {
        let wanted = Array(text.utf8)
        while position < characters.count {
            if characters[position...].starts(with: wanted) {
                return Substring(String(decoding: characters[(position + wanted.count)...], as: UTF8.self))
            }
            if isOpening(characters[position]) { skipBrackets() } else { position += 1 }
        }
        return nil
    }

    /// The declaration's name from here on, without its module: `Type.function(label:)`, `Type.property.getter`,
    /// `closure #1`.
    mutating func name() -> String {
        var parts: [String] = []
        while position < characters.count {
            if take("(extension in ") {
                position -= 1
                while position > 0, characters[position] != UInt8(ascii: "(") { position -= 1 }
                skipBrackets()
                _ = take(":")
            }
            if peek == UInt8(ascii: "("), let inner = discriminated() {
                parts.append(inner)
            } else {
                parts.append(identifier())
            }
            // A word that the demangler sets apart, such as the number of a closure.
            if take(" #") { parts[parts.count - 1] += " #" + digits() }
            for kind in [" infix", " prefix", " postfix"] where take(kind) {}
            if peek == UInt8(ascii: "<") { skipBrackets() }
            if !take(".") { break }
        }
        let isClosure =
            parts.count == 1 && parts[0].contains(" #")
            && (parts[0].contains("closure") || parts[0].hasPrefix("$defer"))
        var name = shown(parts)
        if isClosure { return name }
        // The number of a local function tells it from others of its name.
        if parts.count == 1, let number = name.firstIndex(of: "#") { name = String(name[..<number]).trimmingSpace() }
        if peek == UInt8(ascii: " "), position + 1 < characters.count, characters[position + 1] == UInt8(ascii: "(") {
            position += 1
        }
        if peek == UInt8(ascii: "(") { name += labels() }
        return name
    }

    /// The module of the declaration at the position, or of the extension that it is in.
    mutating func module() -> String {
        _ = take("(extension in ")
        let from = position
        while let character = peek, isLetter(character) || isDigit(character) || character >= 0x80 { position += 1 }
        return String(decoding: characters[from..<position], as: UTF8.self)
    }

    private func shown(_ parts: [String]) -> String {
        var parts = parts.count > 1 ? Array(parts.dropFirst()) : parts
        if let last = parts.indices.last {
            if parts[last] == "__allocating_init" { parts[last] = "init" }
            if parts[last] == "__deallocating_deinit" || parts[last] == "__isolated_deallocating_deinit" {
                parts[last] = "deinit"
            }
        }
        return parts.joined(separator: ".")
    }

    /// The name in `(name in _4F2A)`, as the demangler shows what is private to a file.
    private mutating func discriminated() -> String? {
        let from = position
        skipBrackets()
        let inner = characters[(from + 1)..<max(from + 1, position - 1)]
        let text = String(decoding: inner, as: UTF8.self)
        let parts = text.split(separator: " ")
        if parts.count == 3, parts[1] == "in", parts[2].hasPrefix("_") { return String(parts[0]) }
        position = from
        return nil
    }

    private mutating func identifier() -> String {
        let from = position
        // A raw identifier: any text.
        if take("`") {
            while position < characters.count, characters[position] != UInt8(ascii: "`") { position += 1 }
            _ = take("`")
            return String(decoding: characters[from..<position], as: UTF8.self)
        }
        // An operator may be made of characters that are brackets or dots elsewhere.
        while position < characters.count, isOperator(characters[position]) { position += 1 }
        if position > from, position < characters.count, characters[position] == UInt8(ascii: " ") {
            return String(decoding: characters[from..<position], as: UTF8.self)
        }
        position = from
        let ends = Array("(<.: #".utf8)
        while position < characters.count, !ends.contains(characters[position]) { position += 1 }
        // "implicit closure #1": words up to the number belong together.
        var ahead = position
        while ahead < characters.count, characters[ahead] == UInt8(ascii: " ") || isLetter(characters[ahead]) {
            ahead += 1
        }
        if ahead < characters.count, ahead > position, characters[ahead] == UInt8(ascii: "#") { position = ahead - 1 }
        if position == from, position < characters.count { position += 1 }
        return String(decoding: characters[from..<position], as: UTF8.self)
    }

    /// The labels of the arguments at the position: `(depth:_:)`.
    private mutating func labels() -> String {
        let from = position + 1
        skipBrackets()
        let end = max(from, position - 1)
        var labels = ""
        var start = from
        var scanner = self
        scanner.position = from
        while scanner.position <= end {
            if scanner.position == end || scanner.characters[scanner.position] == UInt8(ascii: ",") {
                let argument = characters[start..<scanner.position].drop { $0 == UInt8(ascii: " ") }
                if !argument.isEmpty { labels += label(of: argument) + ":" }
                scanner.position += 1
                start = scanner.position
            } else if isOpening(scanner.characters[scanner.position]) {
                scanner.skipBrackets()
            } else {
                scanner.position += 1
            }
        }
        return "(\(labels))"
    }

    private func label(of argument: ArraySlice<UInt8>) -> String {
        let word = argument.prefix {
            isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "`") || $0 >= 0x80
        }
        guard !word.isEmpty, word.endIndex < argument.endIndex, argument[word.endIndex] == UInt8(ascii: ":") else {
            return "_"
        }
        return String(decoding: word, as: UTF8.self)
    }

    // MARK: - Characters

    private var peek: UInt8? { position < characters.count ? characters[position] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard characters[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func digits() -> String {
        let from = position
        while let character = peek, isDigit(character) { position += 1 }
        return String(decoding: characters[from..<position], as: UTF8.self)
    }

    /// Moves past the bracket at the position and what it encloses.
    ///
    /// The `>` of an arrow closes nothing.
    private mutating func skipBrackets() {
        var depth = 0
        while position < characters.count {
            let character = characters[position]
            if isOpening(character) { depth += 1 }
            if isClosing(character),
                !(character == UInt8(ascii: ">") && position > 0 && characters[position - 1] == UInt8(ascii: "-"))
            {
                depth -= 1
            }
            position += 1
            if depth <= 0 { return }
        }
    }

    private func isOpening(_ character: UInt8) -> Bool { Array("(<[{".utf8).contains(character) }
    private func isClosing(_ character: UInt8) -> Bool { Array(")>]}".utf8).contains(character) }
    private func isOperator(_ character: UInt8) -> Bool { Array("/=-+!*%<>&|^~?.".utf8).contains(character) }
    private func isDigit(_ character: UInt8) -> Bool {
        character >= UInt8(ascii: "0") && character <= UInt8(ascii: "9")
    }
    private func isLetter(_ character: UInt8) -> Bool {
        (character | 0x20) >= UInt8(ascii: "a") && (character | 0x20) <= UInt8(ascii: "z")
            || character == UInt8(ascii: "_")
            || character == UInt8(ascii: "$")
    }
}

extension String {
    fileprivate func trimmingSpace() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
