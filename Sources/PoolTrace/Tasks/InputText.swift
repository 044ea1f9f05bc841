import PoolModel
import PoolRecorder

/// What reports and traces show of a task's input.
enum InputText {
    /// The input as the policy allows it, cut; `nil` if it keeps inputs out.
    static func describe(_ input: some Any, _ policy: Settings.Input) -> String? {
        switch policy {
        case .full: TextLimit.cut(BoundedDescription(input, limit: TextLimit.text).text)
        case .type: TextLimit.cut(TypeName.of(type(of: input)))
        case .none: nil
        }
    }
}
