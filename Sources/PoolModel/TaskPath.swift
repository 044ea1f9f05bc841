/// Who a task is: its root, then its ordinal among its parent's children at every level, as `main.3.1`.
///
/// A map is one child and its elements are `main.2[17]`, whatever the chunk size. Roots are `main`, `r<N>` for a
/// detached task and `x<name>.<n>` for a foreign thread.
public struct TaskPath: Hashable, Sendable {
    /// One step down from a task.
    public enum Step: Hashable, Sendable {
        /// The child submitted as this ordinal, from 1.
        case child(UInt32)
        /// The element of a map at this index, from 0.
        case element(UInt64)
    }

    /// The root's own text: `main`, `r2`, `xnetwork.1`.
    public let root: String
    /// The steps below the root, outermost first.
    public let steps: [Step]

    /// The path of the main thread.
    public static let main = TaskPath(root: "main")

    /// Creates a path.
    public init(root: String, steps: [Step] = []) {
        self.root = root
        self.steps = steps
    }

    /// The path's hash, which is the task's number in every trace.
    public var id: UInt64 {
        steps.reduce(TaskID.root(root)) { parent, step in
            switch step {
            case .child(let ordinal): TaskID.child(of: parent, ordinal: ordinal)
            case .element(let index): TaskID.element(of: parent, index: index)
            }
        }
    }

    /// The path of the task that submitted this one: for an element of a map, the one that called `map`.
    ///
    /// `nil` for a root.
    public var submitter: TaskPath? {
        guard let last = steps.last else { return nil }
        let dropped = if case .element = last { 2 } else { 1 }
        return TaskPath(root: root, steps: steps.dropLast(dropped))
    }

    /// The numbers of the root, of every task on the way, and of this task, outermost first.
    public var ids: [UInt64] {
        (0...steps.count).map { TaskPath(root: root, steps: Array(steps.prefix($0))).id }
    }
}

// MARK: - CustomStringConvertible

extension TaskPath: CustomStringConvertible {
    /// The path as text, `main.2[17].1`.
    public var description: String {
        steps.reduce(into: root) { text, step in
            switch step {
            case .child(let ordinal): text += ".\(ordinal)"
            case .element(let index): text += "[\(index)]"
            }
        }
    }
}

// MARK: - LosslessStringConvertible

extension TaskPath: LosslessStringConvertible {
    /// Reads a path's text; `nil` if it is not one.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard var root = parts.first.map(String.init), Self.isRootText(root) else { return nil }
        var rest = parts.dropFirst()
        if root.first == "x" {
            guard let number = rest.popFirst(), UInt32(number) != nil else { return nil }
            root += ".\(number)"
        }
        var steps: [Step] = []
        for part in rest {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard let ordinal = UInt32(pieces[0]), pieces.count <= 2 else { return nil }
            steps.append(.child(ordinal))
            if pieces.count == 2 {
                guard pieces[1].last == "]", let index = UInt64(pieces[1].dropLast()) else { return nil }
                steps.append(.element(index))
            }
        }
        self.init(root: root, steps: steps)
        // A number may be written in several ways, "+1" or "01"; a path only in one.
        guard description == text else { return nil }
    }

    /// A thread's name as a root may carry it: other characters than letters, digits, `-` and `_` become `_`.
    public static func foreignRoot(thread name: String, number: UInt32) -> String {
        let safe = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
        return "x\(safe).\(number)"
    }

    private static func isRootText(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    }
}
