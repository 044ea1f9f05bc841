/// The frames of a failure, with recursion folded: a parser that fails at depth 30 takes a few lines, not 90.
///
/// A recursion is a stretch of neighbouring frames whose functions all occur more than once on the stack. Of each
/// stretch the innermost frames are kept, up to the first function that occurs a second time; the others are counted
/// and their functions named.
struct FoldedFrames {
    /// What takes a line.
    enum Part: Equatable {
        /// A frame.
        case frame(Failure.Frame)
        /// Frames that are left out, and their functions, each once, without their types and arguments.
        case folded(count: Int, functions: [String])
    }

    /// Fewer frames than this are not folded: that would save nothing.
    private static let minimumFolded = 3
    /// Functions that a fold names at most.
    private static let maximumNamed = 6

    private(set) var parts: [Part] = []

    init(_ frames: [Failure.Frame], _ detail: FrameDetail) {
        var counts: [String: Int] = [:]
        for frame in frames { counts[frame.function, default: 0] += 1 }
        var rest = frames[...]
        while let first = rest.first {
            let stretch = rest.prefix { counts[$0.function, default: 0] > 1 }
            var seen: Set<String> = []
            let kept = stretch.prefix { seen.insert($0.function).inserted }
            let others = stretch.dropFirst(kept.count)
            guard detail == .folded, others.count >= Self.minimumFolded else {
                let shown = stretch.isEmpty ? [first] : stretch
                parts += shown.map(Part.frame)
                rest = rest.dropFirst(shown.count)
                continue
            }
            parts += kept.map(Part.frame)
            parts.append(.folded(count: others.count, functions: Self.names(of: others)))
            rest = rest.dropFirst(stretch.count)
        }
    }

    private static func names(of frames: ArraySlice<Failure.Frame>) -> [String] {
        var seen: Set<String> = []
        let names = frames.map { shortName($0.function) }.filter { seen.insert($0).inserted }
        return names.count > maximumNamed ? names.prefix(maximumNamed) + ["..."] : names
    }

    /// `object` for `JSONValidator.object()`, `closure #1 in run` for `closure #1 in JSONCheck<Int>.run()`.
    private static func shortName(_ function: String) -> String {
        var head = ""
        var depth = 0
        for character in function {
            if character == "(", depth == 0 { break }
            if character == "<" { depth += 1 }
            if depth == 0 { head.append(character) }
            if character == ">" { depth -= 1 }
        }
        let start = head.lastIndex(of: " ").map(head.index(after:)) ?? head.startIndex
        // Of an operator all is clearer than a part.
        guard depth == 0, let base = head[start...].split(separator: ".").last else { return function }
        return (head.hasPrefix("closure ") ? String(head[..<start]) : "") + base
    }
}
