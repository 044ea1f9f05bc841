/// THE place where what came from a trace becomes part of an HTML document: always as base64, in an element that is no
/// markup.
///
/// Base64 has no character that HTML gives a meaning to. The page's script decodes it and puts it into elements as
/// text.
struct HTMLText {
    private let sink: ByteSink

    init(to sink: @escaping ByteSink) { self.sink = sink }

    /// PoolTrace's markup: no text of a trace may be part of it.
    func markup(_ markup: StaticString) {
        sink(UnsafeRawBufferPointer(start: markup.utf8Start, count: markup.utf8CodeUnitCount))
    }

    /// PoolTrace's markup, style or script, from a resource.
    func markup(_ markup: [UInt8]) { markup.withUnsafeBytes(sink) }

    /// An element that holds bytes.
    func data(_ id: DataID, _ write: (inout Base64Writer) -> Void) {
        begin(id)
        var output = Base64Writer(to: sink)
        write(&output)
        output.finish()
        markup("</script>\n")
    }

    /// An element that holds a JSON document.
    func json(_ id: DataID, _ write: (inout JSONWriter) -> Void) {
        begin(id)
        var output = Base64Writer(to: sink)
        var writer = JSONWriter(to: { bytes in for byte in bytes { output.append(byte) } })
        write(&writer)
        writer.finish()
        output.finish()
        markup("</script>\n")
    }

    private func begin(_ id: DataID) {
        markup("<script type=\"application/octet-stream\" id=\"")
        markup(Array(id.text.utf8))
        markup("\">")
    }

    /// The name of an element: made of PoolTrace's words and a number.
    struct DataID {
        fileprivate let text: String

        init(_ name: StaticString) { text = name.description }
        init(run: Int, _ name: StaticString) { text = "run\(run)-\(name)" }
    }
}
