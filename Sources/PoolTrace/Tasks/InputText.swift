import PoolModel
import PoolRecorder

/// What reports and traces show of a task's input.
enum InputText {
    /// The input as the policy allows it, cut; `nil` if it keeps inputs out.
    static func describe(_ input: some Any, _ policy: Settings.Input) -> String? {
        switch policy {
        case .full: TextLimit.cut((input as? any LongText)?.beginning ?? String(describing: input))
        case .type: TextLimit.cut(TypeName.of(type(of: input)))
        case .none: nil
        }
    }
}

/// What may be so long that its whole text, of which little is kept, would take seconds to make.
private protocol LongText {
    /// The text's beginning; `nil` if it is not long.
    var beginning: String? { get }
}

extension Array: LongText {
    /// Each element takes two bytes at least, so the text of these is cut where the whole one's would be.
    var beginning: String? { count > TextLimit.text ? String(describing: self[..<TextLimit.text]) : nil }
}
