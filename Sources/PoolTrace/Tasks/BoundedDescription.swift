/// What `String(describing:)` says of a value, as much of it as will be kept.
///
/// The whole text of a collection of millions, or of a struct with one in it, would take seconds to make. What
/// describes itself is asked, all else is taken apart as far as there is room.
struct BoundedDescription {
    private(set) var text = ""
    private let limit: Int
    private var isFull: Bool { text.utf8.count > limit }

    /// - Parameter limit: Bytes of UTF-8; the text may be longer, by what one part of the value says of itself.
    init(_ value: Any, limit: Int) {
        self.limit = limit
        write(value, isPart: false)
    }

    private mutating func write(_ value: Any, isPart: Bool) {
        guard !isFull else { return }
        // A collection of the standard library describes itself, in full.
        let isCollection = value is any LongCollection
        if !isCollection, Self.describesItself(value, isPart) {
            text += isPart ? String(reflecting: value) : String(describing: value)
            return
        }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .collection?, .set?: write(mirror.children, from: "[", to: "]", labels: false)
        case .dictionary?: writePairs(mirror.children)
        case .tuple?: write(mirror.children, from: "(", to: ")", labels: true)
        case .optional?:
            guard let some = mirror.children.first else { return text += "nil" }
            write([("", some.value)], from: "Optional(", to: ")", labels: false)
        case .struct?:
            write(mirror.children, from: "\(Self.name(of: mirror.subjectType, isPart))(", to: ")", labels: true)
        default: text += isPart ? String(reflecting: value) : String(describing: value)
        }
    }

    private static func describesItself(_ value: Any, _ isPart: Bool) -> Bool {
        if value is any CustomStringConvertible || value is any TextOutputStreamable { return true }
        return value is any CustomDebugStringConvertible && !isOptional(value)
    }

    // An optional describes itself for debugging: by what it holds.
    private static func isOptional(_ value: Any) -> Bool { Mirror(reflecting: value).displayStyle == .optional }

    private static func name(of type: Any.Type, _ isPart: Bool) -> String {
        isPart ? String(reflecting: type) : String(describing: type)
    }

    private mutating func write(
        _ parts: some Sequence<Mirror.Child>, from begin: String, to end: String, labels: Bool
    ) {
        text += begin
        var isFirst = true
        for part in parts {
            if isFull { return }
            if !isFirst { text += ", " }
            isFirst = false
            // An element of a tuple without a label is called by its place.
            if labels, let label = part.label, !label.hasPrefix(".") { text += "\(label): " }
            write(part.value, isPart: true)
        }
        text += end
    }

    private mutating func writePairs(_ pairs: some Sequence<Mirror.Child>) {
        text += "["
        var isFirst = true
        for pair in pairs {
            if isFull { return }
            if !isFirst { text += ", " }
            isFirst = false
            let parts = Mirror(reflecting: pair.value).children.map(\.value)
            for (place, part) in parts.enumerated() {
                if place > 0 { text += ": " }
                write(part, isPart: true)
            }
        }
        text += isFirst ? ":]" : "]"
    }
}

/// A collection whose whole text may take seconds to make.
private protocol LongCollection {}

extension Array: LongCollection {}
extension ArraySlice: LongCollection {}
extension ContiguousArray: LongCollection {}
extension Dictionary: LongCollection {}
extension Set: LongCollection {}
