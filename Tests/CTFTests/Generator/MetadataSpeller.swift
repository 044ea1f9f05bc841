import PoolSchedule

@testable import CTF

/// Spells types in one of the many ways that the metadata language has for each.
struct MetadataSpeller {
    private var random: SplitMix64
    private let nativeOrder: ByteOrder
    /// Declarations that stand before what is being spelled: of the whole text, of a block, of structures.
    private var levels: [[String]] = [[]]
    /// Names that were given to whole types at the outermost level.
    private var names: [ObjectIdentifier: String] = [:]
    /// Keeps the types that have names: another one could get the address of one that is gone.
    private var named: [GeneratedType] = []
    /// Names of several words, made of C's own; each is declared at most once.
    private var wordy = [
        "unsigned long", "long long", "unsigned int", "signed char", "unsigned short", "long unsigned int",
    ]
    private var count = 0

    init(random: SplitMix64, nativeOrder: ByteOrder) {
        self.random = random
        self.nativeOrder = nativeOrder
    }

    private mutating func once(in count: UInt64) -> Bool { random.next() % count == 0 }

    private mutating func pick(_ texts: [String]) -> String { texts[Int(random.next() % UInt64(texts.count))] }

    // MARK: Blocks

    /// A block of the outermost level, with the declarations that it needs before it.
    mutating func block(_ kind: String, attributes: [String], types: [(path: String, type: GeneratedType)]) -> String {
        levels.append([])
        var entries: [String] = []
        for (path, type) in types {
            let spelled = spell(type)
            entries += levels[levels.count - 1]
            levels[levels.count - 1] = []
            entries.append("\(path)\(blank())\(":=")\(blank())\(spelled);")
        }
        levels.removeLast()
        // Attributes stand in any order, but types need what is declared before.
        for attribute in attributes { entries.insert(attribute + ";", at: Int(random.next() % 2) * entries.count) }
        let before = levels[0].joined(separator: "\n")
        levels[0] = []
        return before + "\n" + kind + blank() + "{" + blank() + entries.joined(separator: blank()) + blank() + "};\n"
    }

    /// White space, with a comment now and then.
    mutating func blank() -> String {
        pick([" ", " ", " ", "\n", "\t", "\n    ", " /* a * comment; */ ", " // } to the line's end\n", "\r\n"])
    }

    /// A number in one of its forms.
    mutating func literal(_ value: UInt64) -> String {
        switch random.next() % 6 {
        case 0: "0x" + String(value, radix: 16)
        case 1: "0X" + String(value, radix: 16, uppercase: true)
        case 2: "0" + (value == 0 ? "" : String(value, radix: 8))
        // babeltrace2 2.0.4 does not know L and LL alone.
        case 3: "\(value)" + pick(["U", "u", "UL", "ull", "LU", "ULL"])
        default: "\(value)"
        }
    }

    mutating func literal(signed value: Int64) -> String {
        value < 0 ? "-" + literal(value.magnitude) : (once(in: 6) ? "+" : "") + literal(UInt64(value))
    }

    // MARK: Types

    /// Spells a type with no declarator, declaring it under a name before now and then.
    private mutating func spell(_ type: GeneratedType) -> String {
        if let name = names[ObjectIdentifier(type)], !once(in: 4) { return name }
        guard once(in: 3) else { return body(type) }
        var level = Int(random.next() % UInt64(levels.count))
        if case .variant = type.kind {
            // babeltrace2 has no aliases of variants.
            guard once(in: 2) else { return body(type) }
            level = 0
        }
        // Names of deeper levels are not seen where the declaration stands.
        let deeper = Array(levels[(level + 1)...])
        levels.removeLast(deeper.count)
        let name = declare(type)
        levels += deeper
        if level == 0, type.isClosed {
            names[ObjectIdentifier(type)] = name
            named.append(type)
        }
        return name
    }

    private mutating func declare(_ type: GeneratedType) -> String {
        count += 1
        let level = levels.count - 1
        // Inside braces babeltrace2 wants each declaration to be a field's, a typedef or a typealias.
        switch type.kind {
        case .structure(let members, let minimum) where level == 0 && once(in: 2):
            let text = "struct s\(count)"
            levels[level].append(text.declared(structure(members, minimum)))
            return text
        case .variant(let reference, let options):
            let name = "v\(count)"
            levels[level].append("variant \(name)".declared(self.options(options)))
            return "variant \(name) <\(path(reference))>"
        case .enumeration(let number, let mappings) where level == 0 && once(in: 2):
            let name = "e\(count)"
            levels[level].append("enum \(name)".declared(enumerators(number, mappings)))
            return "enum \(name)"
        case .array(let element, let length) where once(in: 2):
            let name = "t\(count)"
            let (text, dimensions) = self.dimensions(element)
            levels[level].append("typedef \(text) \(name)[\(literal(UInt64(length)))]\(dimensions);")
            return name
        case .sequence(let element, let reference) where once(in: 2):
            let name = "t\(count)"
            let (text, dimensions) = self.dimensions(element)
            levels[level].append("typedef \(text) \(name)[\(path(reference))]\(dimensions);")
            return name
        default:
            let name = once(in: 5) ? wordy.popLast() ?? "t\(count)" : pick(["t\(count)", "u\(count)_t"])
            let text = body(type)
            levels[level].append(
                name.hasSuffix("_t")
                    ? "typedef \(text)\(blank())\(name);" : "typealias \(text)\(blank()):= \(name);")
            return name
        }
    }

    /// The type and the brackets behind the declarator.
    private mutating func dimensions(_ type: GeneratedType) -> (text: String, dimensions: String) {
        switch type.kind {
        case .array(let element, let length) where names[ObjectIdentifier(type)] == nil:
            let (text, inner) = dimensions(element)
            return (text, "[\(literal(UInt64(length)))]" + inner)
        case .sequence(let element, let reference):
            let (text, inner) = dimensions(element)
            return (text, "[\(once(in: 4) ? " " : "")\(path(reference))]" + inner)
        default: return (spell(type), "")
        }
    }

    /// An array has no spelling without a declarator: it is declared.
    private mutating func body(_ type: GeneratedType) -> String {
        switch type.kind {
        case .integer(let number): return integer(number)
        case .enumeration(let number, let mappings):
            count += 1
            return (once(in: 3) ? "enum e\(count)" : "enum") + blank() + enumerators(number, mappings)
        case .float(let bits, let alignment, let order):
            var attributes = [
                "exp_dig = \(literal(bits == 32 ? 8 : 11))", "mant_dig = \(literal(bits == 32 ? 24 : 53))",
            ]
            if alignment != 8 || once(in: 2) { attributes.append("align = \(literal(UInt64(alignment)))") }
            if order != nativeOrder || once(in: 2) { attributes.append("byte_order = \(self.order(order))") }
            return "floating_point" + self.attributes(attributes)
        case .string:
            return pick([
                "string", "string", "string { encoding = UTF8; }", "string { encoding = ASCII; }",
                "string { encoding = utf8; }", "string { encoding = \"UTF8\"; }",
            ])
        case .structure(let members, let minimum):
            count += 1
            return (once(in: 4) ? "struct s\(count)" : "struct") + blank() + structure(members, minimum)
        case .variant(let reference, let options):
            count += 1
            return (once(in: 4) ? "variant v\(count) " : "variant ") + "<\(path(reference))>" + blank()
                + self.options(options)
        case .array, .sequence:
            count += 1
            let name = "t\(count)"
            let (text, dimensions) = dimensions(type)
            levels[levels.count - 1].append("typedef \(text) \(name)\(dimensions);")
            return name
        // CTF 1.8 has none of these, and its traces neither.
        case .boolean, .flags, .bits, .encodedString, .encodedText, .encodedSequence, .blob, .blobSequence, .optional:
            return ""
        }
    }

    private func path(_ reference: GeneratedType.Reference) -> String { reference.path.joined(separator: ".") }

    // MARK: Numbers

    private mutating func attributes(_ attributes: [String]) -> String {
        blank() + "{" + blank() + attributes.shuffled(using: &random).map { $0 + ";" }.joined(separator: blank())
            + blank() + "}"
    }

    private mutating func order(_ order: ByteOrder) -> String {
        if order == nativeOrder, once(in: 2) { return "native" }
        return order == .little ? "le" : pick(["be", "network"])
    }

    private mutating func integer(_ number: GeneratedType.Number) -> String {
        var attributes = ["size = \(literal(UInt64(number.bits)))"]
        if number.alignment != (number.bits % 8 == 0 ? 8 : 1) || once(in: 2) {
            attributes.append("align = \(literal(UInt64(number.alignment)))")
        }
        if number.isSigned {
            attributes.append("signed = " + pick(["true", "TRUE", "1"]))
        } else if once(in: 3) {
            attributes.append("signed = " + pick(["false", "FALSE", "0"]))
        }
        if number.order != nativeOrder || once(in: 2) { attributes.append("byte_order = " + order(number.order)) }
        if number.base != 10 || once(in: 4) { attributes.append("base = " + base(number.base)) }
        if number.isText {
            attributes.append("encoding = " + pick(["UTF8", "utf8", "ASCII", "ascii", "\"UTF8\""]))
        } else if once(in: 6) {
            attributes.append("encoding = none")
        }
        if let clock = number.clock { attributes.append("map = clock.\(clock).value") }
        return "integer" + self.attributes(attributes)
    }

    private mutating func base(_ base: Int) -> String {
        switch base {
        case 2: pick(["2", "binary", "b"])
        case 8: pick(["8", "octal", "oct", "o"])
        case 16: pick(["16", "0x10", "hexadecimal", "hex", "x", "X", "p"])
        default: pick(["10", "decimal", "dec", "d", "i", "u"])
        }
    }

    private mutating func enumerators(_ number: GeneratedType.Number, _ mappings: [GeneratedType.Mapping]) -> String {
        var texts: [String] = []
        for mapping in mappings {
            let isWord =
                mapping.label.utf8.allSatisfy { $0 == 95 || (48...122).contains($0) && $0 != 92 }
                && !mapping.label.contains(" ") && mapping.label != "struct" && !mapping.label.contains("-")
            var text = isWord && !once(in: 3) ? mapping.label : "\"\(mapping.label.replacing("\"", with: "\\\""))\""
            if let range = mapping.range {
                text += " =\(blank())" + literal(signed: range.lowerBound)
                if range.count > 1 || once(in: 6) { text += " ...\(blank())" + literal(signed: range.upperBound) }
            }
            texts.append(text)
        }
        let container = GeneratedType(.integer(number), isClosed: true)
        let isKnown = once(in: 3) && !number.isMapped
        return ":\(blank())\(isKnown ? spell(container) : integer(number)) {"
            + texts.joined(separator: "," + blank()) + (once(in: 4) ? "," : "") + blank() + "}"
    }

    // MARK: Compounds

    private mutating func structure(_ members: [GeneratedType.Member], _ minimum: Int) -> String {
        let body = braces(members)
        return body + (minimum > 1 || once(in: 6) ? blank() + "align(\(literal(UInt64(minimum))))" : "")
    }

    private mutating func options(_ members: [GeneratedType.Member]) -> String { braces(members) }

    private mutating func braces(_ members: [GeneratedType.Member]) -> String {
        levels.append([])
        var lines: [String] = []
        for member in members {
            let (text, dimensions) = dimensions(member.type)
            lines += levels[levels.count - 1]
            levels[levels.count - 1] = []
            lines.append("\(text)\(blank())\(member.name)\(dimensions);")
        }
        levels.removeLast()
        return "{" + blank() + lines.joined(separator: blank()) + blank() + "}"
    }
}

extension String {
    /// A declaration of a name with its body.
    fileprivate func declared(_ body: String) -> String { "\(self) \(body);" }
}

extension GeneratedType.Number {
    fileprivate var isMapped: Bool { clock != nil }
}
