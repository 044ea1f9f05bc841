import TestSupport
import Testing

@testable import CTF

@Suite("Metadata of CTF 2")
struct CTF2MetadataTests {
    private static let trace = #"{"type":"trace-class"}"#
    private static let stream = #"{"type":"data-stream-class"}"#

    private static func read(_ text: String) throws -> MetadataFile.Contents {
        try MetadataFile.read("m", Array(text.utf8))
    }

    @Test("A clock has an identity, an origin, an offset and errors; a stream names the one that is its own")
    func clocks() throws {
        let text = FragmentWriter.sequence([
            FragmentWriter.preamble, Self.trace,
            #"{"type":"clock-class","id":"a","frequency":1000,"origin":"unix-epoch","precision":3,"accuracy":7,"#
                + #""offset-from-origin":{"seconds":-5,"cycles":999},"name":"mono","namespace":"x","uid":"u"}"#,
            #"{"type":"clock-class","id":"b","frequency":3,"origin":{"name":"o","uid":"42"},"description":"d"}"#,
            #"{"type":"clock-class","id":"c","frequency":3}"#,
            #"{"type":"data-stream-class","default-clock-class-id":"b"}"#,
        ])
        let metadata = try Self.read(text).metadata
        #expect(
            metadata.clocks == [
                Clock(
                    id: "a", name: "mono", namespace: "x", uid: "u", frequency: 1000, precision: 3, accuracy: 7,
                    origin: .unixEpoch, offsetSeconds: -5, offset: 999),
                Clock(
                    id: "b", description: "d", frequency: 3, origin: .named(namespace: nil, name: "o", uid: "42")),
                Clock(id: "c", frequency: 3),
            ])
        #expect(metadata.streams.map(\.clock) == ["b"])
    }

    @Test("Preamble, trace class and event classes say who they are")
    func identities() throws {
        let text = FragmentWriter.sequence([
            #"{"type":"preamble","version":2,"uuid":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,255],"extensions":{}}"#,
            #"{"type":"trace-class","name":"n","namespace":"ns","uid":"\u00e9\ud83d\ude00","environment":{"a":-3,"b":"t"}}"#,
            Self.stream,
            #"{"type":"event-record-class","name":"p:e","id":4,"attributes":{"lttng.org,2009":{"log-level":"debug:line"}}}"#,
            #"{"type":"event-record-class","uid":"just this","id":5}"#, #"{"type":"event-record-class","id":6}"#,
        ])
        let contents = try Self.read(text)
        #expect(contents.problems.isEmpty && contents.notes.isEmpty, "\(contents.problems) \(contents.notes)")
        let metadata = contents.metadata
        #expect(metadata.uuid == Array(0...14) + [255] && metadata.identity.uid == "é😀")
        #expect(metadata.identity.name == "n" && metadata.identity.namespace == "ns")
        #expect(metadata.environment.map(\.value) == [.integer(-3), .string("t")])
        #expect(metadata.events.map(\.name) == ["p:e", "just this", "<unnamed 6>"])
        #expect(metadata.events.map(\.logLevel) == [13, nil, nil])
    }

    @Test("Fragments are read with record separators, without, and in packets")
    func sequences() throws {
        let fragments = [
            FragmentWriter.preamble, Self.trace, Self.stream, #"{"type":"event-record-class","name":"e"}"#,
        ]
        let texts = [
            FragmentWriter.sequence(fragments), fragments.joined(separator: "\n"), fragments.joined(),
            " \r\n\u{1E}\u{1E}" + fragments.joined(separator: "\u{1E}"),
        ]
        for text in texts { #expect(try Self.read(text).metadata.events.map(\.name) == ["e"], "\(text)") }
        func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let part = Array(texts[0].utf8)
        let size = word((37 + part.count) * 8)
        let packet =
            word(0x75D1_1D57) + [UInt8](repeating: 9, count: 16) + word(0) + size + size + [0, 0, 0, 2, 0] + part
        #expect(try MetadataFile.read("m", packet).metadata.events.map(\.name) == ["e"])
    }

    @Test("An extension that the preamble declares is refused by its name; nothing is read")
    func extensions() throws {
        let text = FragmentWriter.sequence([
            #"{"type":"preamble","version":2,"extensions":{"my.tracer":{"piano":{"keys":88},"ramen":null}}}"#,
            Self.trace, Self.stream,
        ])
        let error = #expect(throws: TraceError.self) { try Self.read(text) }
        #expect(
            error?.description
                == "m:1:60: byte 59: extensions.my.tracer.piano: expected no extension, as this reader knows none, found "
                + #""piano" of "my.tracer""#)
        #expect(throws: TraceError.self) { try Self.read(text.replacing(#""version":2"#, with: #""version":3"#)) }
    }

    @Test("Attributes are passed over; what the format does not know is noted, and read all the same")
    func notes() throws {
        let text = FragmentWriter.sequence([
            #"{"type":"preamble","version":2,"attributes":{"x":{"y":[1.5e3,null,true]}}}"#,
            #"{"type":"trace-class","colour":"red"}"#,
            #"{"type":"data-stream-class","extensions":{"my":{"own":1}}}"#,
            #"{"type":"event-record-class","name":"e","payload-field-class":{"type":"structure","member-classes":["#
                + #"{"name":"a","attributes":{},"field-class":\#(FragmentWriter.unsigned(8, #""roles":["chief"]"#))}]}}"#,
        ])
        let contents = try Self.read(text)
        #expect(contents.problems.isEmpty && contents.metadata.events.map(\.name) == ["e"])
        #expect(
            contents.notes.map(\.message) == [
                #""colour" is not a property of trace-class, and is ignored"#,
                "extensions that the preamble does not declare are ignored",
                #"the role "chief" is unknown, and is ignored"#,
            ])
        #expect(contents.notes.map(\.line) == [2, 3, 4])
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        var fragment: String
        /// The column and the message.
        var column: Int
        var message: String

        var testDescription: String { message }
    }

    private static func field(_ type: String) -> String {
        #"{"type":"event-record-class","name":"x","payload-field-class":{"type":"structure","member-classes":["#
            + #"{"name":"a","field-class":"# + type + "}]}}"
    }
    private static let start = field("").utf8.count - 4 + 2
    private static let path = "payload-field-class.member-classes[0].field-class"

    static let faults = [
        Fault(fragment: #"{"type":"event-record-class"]"#, column: 30, message: "expected ',' or '}', found ']'"),
        Fault(
            fragment: #"{"type":"event-record-class","type":1}"#, column: 31,
            message: #"expected one property "type", found a second"#),
        Fault(fragment: #"[1]"#, column: 2, message: "expected a fragment, found an array"),
        Fault(fragment: #"{"name":"x"}"#, column: 2, message: #"expected a property "type", found none"#),
        Fault(
            fragment: #"{"type":"events"}"#, column: 10, message: #"type: expected a type of fragments, found "events""#
        ),
        Fault(
            fragment: #"{"type":"event-record-class","id":-1}"#, column: 36,
            message: "id: expected an integer from 0, found -1"),
        Fault(
            fragment: #"{"type":"event-record-class","id":01}"#, column: 36,
            message: "id: expected a number without a leading zero, found one with"),
        Fault(
            fragment: #"{"type":"event-record-class","id":18446744073709551616}"#, column: 36,
            message: "id: expected an integer from 0, found a number that is no integer of 64 bits"),
        Fault(
            fragment: #"{"type":"event-record-class","name":"a\x"}"#, column: 41,
            message: "name: expected an escape, found 'x'"),
        Fault(
            fragment: field(#"{"type":"fixed-length-unsigned-integer","length":0,"byte-order":"little-endian"}"#),
            column: start + 49,
            message: "\(path).length: expected an integer from 1 to 8388608, found 0"),
        Fault(
            fragment: field(#"{"type":"fixed-length-boolean","length":1,"byte-order":"le"}"#), column: start + 55,
            message: #"\#(path).byte-order: expected "little-endian" or "big-endian", found "le""#),
        Fault(
            fragment: field(#""nothing""#), column: start,
            message: #"\#(path): expected the name of a field class, found "nothing""#),
        Fault(
            fragment: field(#"{"type":"variant","options":[]}"#), column: start + 28,
            message: "\(path).options: expected at least one option, found an empty array"),
        Fault(
            fragment: field(
                #"{"type":"optional","field-class":{"type":"structure"},"selector-field-location":{"path":["b",null]}}"#
            ),
            column: start + 88,
            message: "\(path).selector-field-location.path: expected a path that ends with a name, found an array"),
        Fault(
            fragment: field(#"{"type":"variable-length-unsigned-integer","mappings":{"m":[[2,1]]}}"#),
            column: start + 63,
            message: "\(path).mappings.m[0][1]: expected an integer that is not below 2, found 1"),
        Fault(
            fragment: field(FragmentWriter.type("dynamic-length-blob", #""length-field-location":{"path":["a"]}"#)),
            column: start + 54,
            message: "expected the location of a field that stands before, found 'a'"),
    ]

    @Test(
        "A wrong fragment is told with its place, its path, and what was expected; the others are read",
        arguments: faults)
    func wrongFragment(_ fault: Fault) async throws {
        let text = FragmentWriter.sequence([
            FragmentWriter.preamble, Self.trace, Self.stream, fault.fragment,
            #"{"type":"event-record-class","name":"whole","id":7}"#,
        ])
        try await withTemporaryDirectory { folder in
            let path = try folder.write(text, to: "metadata")
            let metadata = try TraceMetadata(ByteSource(file: path))
            #expect(metadata.metadata.events.contains { $0.name == "whole" })
            #expect(metadata.problems.map(\.message) == [fault.message])
            #expect(metadata.problems.map(\.line) == [4] && metadata.problems.map(\.column) == [fault.column])
            let byte =
                text.utf8.count - text.split(separator: "\n")[3...].reduce(0) { $0 + $1.utf8.count + 1 }
                + fault.column - 1
            #expect(metadata.problems.map(\.offset) == [byte])
        }
    }

    @Test("Where fragments stand without separators the next one is found, too")
    func withoutSeparators() throws {
        let text = [
            FragmentWriter.preamble, Self.trace, Self.stream, #"{"type":"event-record-class","name":"a","id":}"#,
            #"{"type":"event-record-class","name":"b"}"#,
        ].joined(separator: "\n")
        let contents = try Self.read(text)
        #expect(contents.metadata.events.map(\.name) == ["b"])
        #expect(contents.problems.map(\.description) == ["m:4:46: byte 129: id: expected a value, found '}'"])
    }

    @Test("Without the trace class nothing can be read")
    func noTraceClass() throws {
        let text = FragmentWriter.sequence([FragmentWriter.preamble, #"{"type":"trace-class","uid":5}"#, Self.stream])
        let error = #expect(throws: TraceError.self) { try Self.read(text) }
        #expect(error?.description == "m:2:30: byte 62: uid: expected a text, found 5")
    }

    @Test("Readings of a clock that no stream has, and classes that no packet names, are faults")
    func missingParts() async throws {
        let time = FragmentWriter.member("t", FragmentWriter.unsigned(64, #""roles":["default-clock-timestamp"]"#))
        let text = FragmentWriter.sequence([
            FragmentWriter.preamble, Self.trace,
            #"{"type":"data-stream-class","event-record-header-field-class":\#(FragmentWriter.structure(time))}"#,
            #"{"type":"data-stream-class","id":1}"#, #"{"type":"event-record-class","name":"e"}"#,
        ])
        try await withTemporaryDirectory { folder in
            let metadata = try TraceMetadata(ByteSource(file: folder.write(text, to: "metadata")))
            #expect(
                metadata.problems.map(\.message) == [
                    "expected a field of the packet header with the role data-stream-class-id, as there are several data "
                        + "stream classes",
                    "expected a default clock, as fields of stream 0 are readings of it",
                ])
            #expect(metadata.problems.map(\.line) == [4, 3])
            #expect(metadata.layouts.map(\.hasTimes) == [false, false])
        }
    }

    @Test("Values nested without bound are refused")
    func depth() throws {
        let text = FragmentWriter.sequence([FragmentWriter.preamble, String(repeating: "[", count: 100_000)])
        let error = #expect(throws: TraceError.self) { try Self.read(text) }
        #expect(error?.message.contains("nested at most") == true, "\(String(describing: error))")
    }
}
