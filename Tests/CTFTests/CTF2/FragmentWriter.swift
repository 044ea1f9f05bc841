/// Writes metadata of CTF 2 for tests, the fragments around what a test is about.
enum FragmentWriter {
    static let preamble = #"{"type":"preamble","version":2}"#

    /// A sequence of fragments, each after a record separator.
    static func sequence(_ fragments: [String]) -> String {
        fragments.map { "\u{1E}\($0)\n" }.joined()
    }

    /// A trace of events of one class without a header, whose payload has the given members.
    static func payload(_ members: String, before: [String] = [], context: String? = nil) -> String {
        let context = context.map { #","specific-context-field-class":\#(structure($0))"# } ?? ""
        let event =
            #"{"type":"event-record-class","name":"e"\#(context),"payload-field-class":\#(structure(members))}"#
        return sequence(
            [preamble] + before + [#"{"type":"trace-class"}"#, #"{"type":"data-stream-class"}"#, event])
    }

    static func structure(_ members: String) -> String { #"{"type":"structure","member-classes":[\#(members)]}"# }

    /// A member of a structure.
    static func member(_ name: String, _ type: String) -> String { #"{"name":"\#(name)","field-class":\#(type)}"# }

    /// A field class of a type with some properties.
    static func type(_ type: String, _ properties: String = "") -> String {
        #"{"type":"\#(type)"\#(properties.isEmpty ? "" : ",")\#(properties)}"#
    }

    /// An unsigned integer of some bits, little-endian, at a byte.
    static func unsigned(_ bits: Int, _ properties: String = "") -> String {
        let bits = #""length":\#(bits),"byte-order":"little-endian","alignment":8"#
        return type("fixed-length-unsigned-integer", bits + (properties.isEmpty ? "" : ",") + properties)
    }
}
