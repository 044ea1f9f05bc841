@testable import CTF

extension GeneratedType {
    /// The type as a reader has it.
    var fieldClass: FieldClass {
        switch kind {
        case .integer(let number): return .integer(number.integer)
        case .enumeration(let number, let mappings): return .enumeration(Self.enumeration(number, mappings))
        case .flags(let number, let mappings):
            return .enumeration(Self.enumeration(number, mappings, isFlags: true))
        case .boolean(let number): return .boolean(number.integer)
        case .float(let bits, let alignment, let order):
            return .floatingPoint(FloatingPointClass(bits: bits, alignment: alignment, byteOrder: order))
        case .string: return .string(.utf8)
        case .bits(let count, let alignment, let order, let isReversed):
            return .bits(
                BitArrayClass(
                    bits: count, alignment: alignment, byteOrder: order, isReversed: isReversed, content: .bits))
        case .encodedString(let encoding): return .string(encoding)
        case .encodedText(let encoding, let size): return Self.array(Self.byte(.text(encoding)), size)
        case .encodedSequence(let encoding, let reference): return Self.sequence(Self.byte(.text(encoding)), reference)
        case .blob(let size): return Self.array(Self.byte(.blob), size)
        case .blobSequence(let reference): return Self.sequence(Self.byte(.blob), reference)
        case .optional(let reference, let ranges, let inner):
            return .optional(
                OptionalClass(
                    selector: reference.fieldReference, ranges: ranges?.map(\.integerRange),
                    fieldClass: inner.fieldClass, depth: 1))
        case .structure: return .structure(structureClass)
        case .variant(let reference, let options):
            return .variant(
                VariantClass(
                    selector: reference.fieldReference,
                    options: options.map {
                        VariantClass.Option(
                            rawName: $0.name, name: $0.name, fieldClass: $0.type.fieldClass, ranges: nil)
                    }, chosen: nil, depth: 1))
        case .array(let element, let count): return Self.array(element.fieldClass, count)
        case .sequence(let element, let reference): return Self.sequence(element.fieldClass, reference)
        }
    }

    /// The type of a scope.
    var structureClass: StructureClass {
        guard case .structure(let members, let minimum) = kind else {
            return StructureClass(members: [], minimumAlignment: 1, depth: 1)
        }
        return StructureClass(
            members: members.map {
                let name = $0.name.hasPrefix("_") ? String($0.name.dropFirst()) : $0.name
                return StructureClass.Member(rawName: $0.name, name: name, fieldClass: $0.type.fieldClass)
            }, minimumAlignment: minimum, depth: 1)
    }

    private static func enumeration(
        _ number: Number, _ mappings: [Mapping], isFlags: Bool = false
    ) -> EnumerationClass {
        EnumerationClass(
            container: number.integer,
            mappings: mappings.map {
                EnumerationClass.Mapping(label: $0.label, lower: $0.lower, upper: $0.upper)
            }, isFlags: isFlags)
    }

    private static func byte(_ content: IntegerClass.Content) -> FieldClass {
        .integer(IntegerClass(bits: 8, alignment: 8, content: content))
    }

    private static func array(_ element: FieldClass, _ count: Int) -> FieldClass {
        .array(ArrayClass(element: element, length: count, minimumAlignment: 1, depth: 1))
    }

    private static func sequence(_ element: FieldClass, _ reference: Reference) -> FieldClass {
        .sequence(
            SequenceClass(element: element, length: reference.fieldReference, minimumAlignment: 1, depth: 1))
    }
}

extension GeneratedType.Number {
    fileprivate var integer: IntegerClass {
        IntegerClass(
            bits: bits, alignment: alignment, isSigned: isSigned, byteOrder: order, base: base,
            isVariableLength: isVariable, isReversed: isReversed, content: isText ? .text(.utf8) : .numbers,
            clock: clock)
    }
}

extension GeneratedType.Reference {
    fileprivate var fieldReference: FieldReference {
        FieldReference(target: .name(path), location: SourceLocation(line: 1, column: 1))
    }
}

extension ClosedRange<Int64> {
    fileprivate var integerRange: IntegerRange {
        func integer(_ value: Int64) -> IntegerSyntax {
            IntegerSyntax(magnitude: value.magnitude, isNegative: value < 0)
        }
        return IntegerRange(lower: integer(lowerBound), upper: integer(upperBound))
    }
}
