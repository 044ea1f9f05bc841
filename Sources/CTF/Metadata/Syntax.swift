/// A type as it is written, before names are looked up.
indirect enum TypeSyntax {
    /// "uint32_t", "unsigned long": words that an alias has given a meaning.
    case name([String], SourceLocation)
    case integer([AttributeSyntax], SourceLocation)
    case floatingPoint([AttributeSyntax], SourceLocation)
    case string([AttributeSyntax], SourceLocation)
    case structure(name: String?, members: [MemberSyntax]?, alignment: UInt64?, SourceLocation)
    case variant(name: String?, tag: [String]?, members: [MemberSyntax]?, SourceLocation)
    case enumeration(name: String?, container: TypeSyntax?, enumerators: [EnumeratorSyntax]?, SourceLocation)
}

/// "size = 8".
struct AttributeSyntax {
    var path: [String]
    var value: ValueSyntax
    var location: SourceLocation

    var name: String { path.joined(separator: ".") }
}

/// What stands right of an "=".
enum ValueSyntax {
    case integer(IntegerSyntax)
    case string(String)
    /// "le", "clock.monotonic.value".
    case path([String])
}

/// An integer with its sign: from -2^63 to 2^64 - 1.
struct IntegerSyntax: Sendable, Hashable, Comparable {
    var magnitude: UInt64
    var isNegative: Bool

    /// The bits of its 64-bit two's complement.
    var bitPattern: UInt64 { isNegative ? 0 &- magnitude : magnitude }

    static func < (first: IntegerSyntax, second: IntegerSyntax) -> Bool {
        switch (first.isNegative, second.isNegative) {
        case (true, true): first.magnitude > second.magnitude
        case (true, false): first.magnitude > 0 || second.magnitude > 0
        case (false, true): false
        case (false, false): first.magnitude < second.magnitude
        }
    }
}

/// What a structure's or a variant's braces hold.
enum MemberSyntax {
    case field(FieldSyntax)
    case alias(AliasSyntax)
    /// "struct name { ... };": a type that is only named.
    case declaration(TypeSyntax)
}

/// "uint8_t uuid[16]".
struct FieldSyntax {
    var type: TypeSyntax
    var name: String
    var dimensions: [LengthSyntax]
    var location: SourceLocation
}

/// What stands between brackets.
enum LengthSyntax {
    case constant(UInt64)
    case reference([String])
}

/// A typedef or a typealias.
struct AliasSyntax {
    var type: TypeSyntax
    var dimensions: [LengthSyntax]
    var name: [String]
    var location: SourceLocation
}

/// A label and its values.
struct EnumeratorSyntax {
    var label: String
    var range: (lower: IntegerSyntax, upper: IntegerSyntax)?
    var location: SourceLocation
}

/// A block of the outermost level: trace, env, clock, stream, event.
struct BlockSyntax {
    enum Entry {
        case attribute(AttributeSyntax)
        /// "fields := struct { ... }".
        case type(path: String, TypeSyntax, SourceLocation)
        case alias(AliasSyntax)
        case declaration(TypeSyntax)
    }

    var kind: String
    var entries: [Entry]
    var location: SourceLocation
}

/// What stands at the outermost level.
enum StatementSyntax {
    case block(BlockSyntax)
    case alias(AliasSyntax)
    case declaration(TypeSyntax)
}
