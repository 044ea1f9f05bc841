import TestSupport
import Testing

@testable import CTF

/// The field classes of CTF 2, in traces of single events without headers.
@Suite("Fields of CTF 2")
struct CTF2FieldTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var name: String
        /// Names and types.
        var fields: KeyValuePairs<String, String>
        var context: KeyValuePairs<String, String> = [:]
        var bytes: [UInt8]
        /// What part of the bytes lies between two events.
        var padding = 0
        /// The payload as it is shown.
        var expected: String

        var testDescription: String { name }
    }

    private static let u8 = FragmentWriter.unsigned(8)
    private static func bits(_ type: String, _ count: Int, _ order: String, _ more: String = "") -> String {
        FragmentWriter.type(type, #""length":\#(count),"byte-order":"\#(order)-endian""# + more)
    }
    private static func location(_ path: String, _ origin: String? = nil, key: String = "length") -> String {
        #""\#(key)-field-location":{\#(origin.map { #""origin":"\#($0)","# } ?? "")"path":[\#(path)]}"#
    }
    private static func sequence(_ path: String, _ origin: String? = nil) -> String {
        FragmentWriter.type("dynamic-length-array", location(path, origin) + #","element-field-class":\#(u8)"#)
    }
    private static func structure(_ fields: KeyValuePairs<String, String>) -> String {
        FragmentWriter.structure(fields.map { FragmentWriter.member($0.key, $0.value) }.joined(separator: ","))
    }
    private static func option(_ type: String, _ ranges: String) -> String {
        #"{"selector-field-ranges":\#(ranges),"field-class":\#(type)}"#
    }
    private static func variant(_ path: String, _ origin: String? = nil, _ options: String...) -> String {
        FragmentWriter.type(
            "variant", location(path, origin, key: "selector") + #","options":[\#(options.joined(separator: ","))]"#)
    }

    static let samples = [
        Sample(
            name: "bits in both orders of a byte",
            fields: [
                "a": bits("fixed-length-unsigned-integer", 4, "little"),
                "b": bits("fixed-length-unsigned-integer", 4, "little", #","bit-order":"last-to-first""#),
                "c": bits("fixed-length-unsigned-integer", 4, "big", #","bit-order":"first-to-last""#),
                "d": bits("fixed-length-signed-integer", 12, "big", #","bit-order":"last-to-first""#),
            ], bytes: [0b0001_0011, 0b0011_1111, 0b0000_0001], expected: "a=3 b=8 c=12 d=-255"),
        Sample(
            name: "maps, booleans and arrays of bits",
            fields: [
                "m": bits(
                    "fixed-length-bit-map", 8, "little", #","flags":{"A":[[0,0]],"B":[[1,2],[7,7]],"C":[[4,6]]}"#),
                "n": bits("fixed-length-boolean", 7, "little"), "y": bits("fixed-length-boolean", 1, "little"),
                "a": bits("fixed-length-bit-array", 16, "big"), "w": bits("fixed-length-bit-array", 72, "big"),
                "l": bits("fixed-length-unsigned-integer", 72, "little"),
            ],
            bytes: [0x83, 0x80, 0x12, 0x34] + [1, 2, 3, 4, 5, 6, 7, 8, 9] + [1, 2, 3, 4, 5, 6, 7, 8, 9],
            expected: "m=131[A B] n=false y=true a=4660 w=<09 08 07 06 05 04 03 02 01> l=<01 02 03 04 05 06 07 08 09>"),
        Sample(
            name: "integers of variable length",
            fields: [
                "u": FragmentWriter.type("variable-length-unsigned-integer"),
                "s": FragmentWriter.type("variable-length-signed-integer", #""mappings":{"low":[[-300000,-1]]}"#),
                "z": FragmentWriter.type("variable-length-unsigned-integer"),
                "m": FragmentWriter.type("variable-length-unsigned-integer"),
                "n": FragmentWriter.type("variable-length-signed-integer"),
                "p": FragmentWriter.type("variable-length-unsigned-integer"),
            ],
            bytes: [0xB4, 0xC7, 0x72, 0xB4, 0xC7, 0x72, 0] + [UInt8](repeating: 0xFF, count: 9) + [1]
                + [UInt8](repeating: 0x80, count: 9) + [0x7F] + [0x85, 0x80, 0x80, 0],
            expected: "u=1876916 s=-220236[low] z=0 m=18446744073709551615 n=-9223372036854775808 p=5"),
        Sample(
            name: "texts in all encodings",
            fields: [
                "a": FragmentWriter.type("null-terminated-string", #""encoding":"utf-16le""#),
                "b": FragmentWriter.type("null-terminated-string", #""encoding":"utf-32be""#),
                "c": FragmentWriter.type("static-length-string", #""length":6,"encoding":"utf-16be""#),
                "d": FragmentWriter.type("static-length-string", #""length":3"#), "n": u8,
                "e": FragmentWriter.type("dynamic-length-string", location(#""n""#) + #","encoding":"utf-32le""#),
            ],
            bytes: [0x61, 0, 0xAC, 0x20, 0x3D, 0xD8, 0x00, 0xDE, 0, 0] + [0, 0, 0, 0xE9, 0, 0, 0, 0]
                + [0, 0x5A, 0, 0, 1, 1] + [0x68, 0xC3, 0xA9] + [5, 0x61, 0, 0, 0, 0x62],
            expected: "a='a€😀' b='é' c='Z' d='hé' n=5 e='a\u{FFFD}'"),
        Sample(
            name: "floating-point numbers of 16 bits, and of more than 64, which are shown by their bits",
            fields: [
                "h": bits("fixed-length-floating-point-number", 16, "big"),
                "q": bits("fixed-length-floating-point-number", 128, "little"),
            ], bytes: [0xC1, 0x00] + (1...16),
            expected: "h=-2.5 q=<\((1...16).map { Self.hex($0) }.joined(separator: " "))>"),
        Sample(
            name: "blobs",
            fields: [
                "a": FragmentWriter.type("static-length-blob", #""length":2,"media-type":"image/tiff""#), "n": u8,
                "b": FragmentWriter.type("dynamic-length-blob", location(#""n""#, "event-record-payload")),
            ], bytes: [1, 0xFF, 3, 7, 8, 9], expected: "a=(01 ff) n=3 b=(07 08 09)"),
        Sample(
            name: "optional fields chosen by booleans, by ranges of signed integers, and both absent",
            fields: [
                "t": bits("fixed-length-boolean", 8, "little"), "s": bits("fixed-length-signed-integer", 8, "little"),
                "a": FragmentWriter.type("optional", location(#""t""#, key: "selector") + #","field-class":\#(u8)"#),
                "b": FragmentWriter.type(
                    "optional",
                    location(#""s""#, key: "selector")
                        + #","field-class":\#(u8),"selector-field-ranges":[[-9,-2],[5,5]]"#),
                "c": FragmentWriter.type(
                    "optional",
                    location(#""s""#, key: "selector") + #","field-class":\#(u8),"selector-field-ranges":[[-1,4]]"#),
                "z": u8,
            ], bytes: [2, 0xFE, 7, 8, 9], expected: "t=true s=-2 a=7 b=8 c=none z=9"),
        Sample(
            name: "a variant inside an optional field, with one selector",
            fields: [
                "s": u8,
                "o": FragmentWriter.type(
                    "optional",
                    location(#""s""#, "event-record-payload", key: "selector") + #","selector-field-ranges":[[1,255]],"#
                        + #""field-class":\#(variant(#""s""#, nil, option(u8, "[[1,1]]"), option(FragmentWriter.type("null-terminated-string"), "[[2,9]]")))"#
                ),
            ], bytes: [2, 0x68, 0x69, 0], expected: "s=2 o=:'hi'"),
        Sample(
            name: "a length in the same element of an array",
            fields: [
                "n": u8,
                "a": FragmentWriter.type(
                    "static-length-array",
                    #""length":2,"element-field-class":\#(structure(["n": FragmentWriter.type("variable-length-unsigned-integer"), "b": sequence(#""n""#)]))"#
                ),
                "c": sequence(#""n""#),
            ], bytes: [1, 2, 5, 6, 0, 7], expected: "n=1 a=[{n=2 b=[5 6]} {n=0 b=[]}] c=[7]"),
        Sample(
            name: "a length in the same option of a variant, by its path from the scope",
            fields: [
                "t": u8,
                "v": variant(
                    #""t""#, "event-record-payload", option(u8, "[[0,0]]"),
                    option(structure(["n": u8, "a": sequence(#""v","n""#, "event-record-payload")]), "[[1,4]]")),
            ], bytes: [3, 2, 5, 6], expected: "t=3 v=:{n=2 a=[5 6]}"),
        Sample(
            name: "a length that is a variant of integers, in the event's own context",
            fields: ["a": sequence(#""n""#, "event-record-specific-context")],
            context: [
                "t": u8,
                "n": variant(
                    #""t""#, nil, option(u8, "[[0,0]]"), option(FragmentWriter.unsigned(16), "[[1,1]]"),
                    option(FragmentWriter.type("variable-length-unsigned-integer"), "[[2,2]]")),
            ], bytes: [1, 2, 0, 5, 6], expected: "a=[5 6]"),
        Sample(
            name: "a length inside the options of a variant, which two fields refer to",
            fields: [
                "t": u8,
                "v": variant(
                    #""t""#, nil, option(structure(["n": u8, "x": u8]), "[[0,0]]"),
                    option(
                        structure(["n": FragmentWriter.unsigned(16), "b": sequence(#""n""#)]), "[[1,1]]"),
                    option(
                        structure(["n": u8, "b": sequence(#""v","n""#, "event-record-payload")]), "[[2,2]]")),
                "a": sequence(#""v","n""#, "event-record-payload"),
            ], bytes: [1, 2, 0, 5, 6, 7, 8], expected: "t=1 v=:{n=2 b=[5 6]} a=[7 8]"),
        Sample(
            name: "a path that steps back to structures around it",
            fields: [
                "n": u8, "s": structure(["n": u8, "t": structure(["x": u8, "a": sequence(#"null,"n""#)])]),
                "u": structure(["v": structure(["a": sequence(#"null,null,"s","t","x""#)])]),
            ], bytes: [1, 2, 3, 5, 6, 7, 8, 9], expected: "n=1 s={n=2 t={x=3 a=[5 6]}} u={v={a=[7 8 9]}}"),
        Sample(
            name: "names with underscores, which stay as they are",
            fields: ["n": u8, "_n": u8, "a": sequence(#""_n""#)], bytes: [1, 2, 5, 6], expected: "n=1 _n=2 a=[5 6]"),
        Sample(
            name: "an array that is aligned more than its elements",
            fields: [
                "n": u8,
                "a": FragmentWriter.type(
                    "static-length-array",
                    #""length":8,"minimum-alignment":32,"element-field-class":\#(bits("fixed-length-boolean", 1, "little"))"#
                ),
            ], bytes: [1, 0, 0, 0, 0b1000_0001, 0, 0, 0], padding: 3,
            expected: "n=1 a=[true false false false false false false true]"),
    ]

    @Test("Each field class is read as the specification says", arguments: samples)
    func field(_ sample: Sample) async throws {
        func members(_ fields: KeyValuePairs<String, String>) -> String {
            fields.map { FragmentWriter.member($0.key, $0.value) }.joined(separator: ",")
        }
        try await withTemporaryDirectory { folder in
            try folder.write(
                FragmentWriter.payload(
                    members(sample.fields), context: sample.context.isEmpty ? nil : members(sample.context)),
                to: "trace/metadata")
            // Twice: what one event leaves behind must not show in the next.
            try folder.write(sample.bytes + sample.bytes.dropLast(sample.padding), to: "trace/stream")
            var seen: [String] = []
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { event in
                seen.append(
                    event.eventClass.fields.enumerated().map { position, field in
                        "\(field.name)=\(Self.text(event.payload.value(position)))"
                    }.joined(separator: " "))
            }
            #expect(cursor.problems.isEmpty, "\(cursor.problems)")
            #expect(seen == [sample.expected, sample.expected])
        }
    }

    @Test("An integer of variable length that 64 bits do not hold is a damage; what stands before it is kept")
    func tooLarge() async throws {
        try await withTemporaryDirectory { folder in
            try folder.write(
                FragmentWriter.payload(
                    FragmentWriter.member("u", FragmentWriter.type("variable-length-unsigned-integer"))),
                to: "trace/metadata")
            try folder.write([5] + [UInt8](repeating: 0xFF, count: 9) + [3, 5], to: "trace/stream")
            var seen: [UInt64] = []
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { seen.append($0.unsigned(0)) }
            #expect(seen == [5])
            #expect(cursor.problems.map(\.message) == ["expected an integer of at most 64 bits, found a larger one"])
        }
    }

    @Test("A length that is not in the event is a damage, whatever it was in the event before")
    func absentLength() async throws {
        let optional = FragmentWriter.type(
            "optional", Self.location(#""t""#, key: "selector") + #","field-class":\#(Self.u8)"#)
        let members = [
            FragmentWriter.member("t", Self.bits("fixed-length-boolean", 8, "little")),
            FragmentWriter.member("n", optional), FragmentWriter.member("a", Self.sequence(#""n""#)),
        ]
        try await withTemporaryDirectory { folder in
            try folder.write(FragmentWriter.payload(members.joined(separator: ",")), to: "trace/metadata")
            try folder.write([1, 2, 5, 6] + [0, 5, 6], to: "trace/stream")
            var seen: [[UInt64]] = []
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { seen.append(Array($0.sequence(2))) }
            #expect(seen == [[5, 6]])
            #expect(
                cursor.problems.map(\.message) == [
                    "expected a sequence that fits the content, found one that is longer"
                ])
        }
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    private static func text(_ value: Value) -> String {
        switch value {
        case .unsigned(let number, _): "\(number)"
        case .signed(let number, _): "\(number)"
        case .boolean(let isTrue): "\(isTrue)"
        case .bits(let bytes, _, let labels):
            "<\(bytes.map(hex).joined(separator: " "))>" + (labels.isEmpty ? "" : "\(labels)")
        case .blob(let bytes): "(\(bytes.map(hex).joined(separator: " ")))"
        case .enumeration(let number, let isSigned, let labels):
            (isSigned ? "\(Int64(bitPattern: number))" : "\(number)") + "[\(labels.joined(separator: " "))]"
        case .float(let number): "\(number)"
        case .string(let bytes): "'\(String(decoding: bytes, as: UTF8.self))'"
        case .structure(let members): "{\(members.map { "\($0.name)=\(text($0.value))" }.joined(separator: " "))}"
        case .array(let values): "[\(values.map(text).joined(separator: " "))]"
        case .variant(let option, let chosen): "\(option):\(text(chosen))"
        case .missing: "none"
        }
    }
}
