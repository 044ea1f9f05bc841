import PoolModel
import PoolRecorder

/// What a task works on, to be described when a report is made: a description is the program's code.
struct TaskInput: @unchecked Sendable {
    /// Sendable, as every input is.
    private let value: Any

    init(_ value: some Any) { self.value = value }

    /// What reports and traces show of it, as the policy allows it, cut; `nil` if that keeps inputs out.
    func text(_ policy: Settings.Input) -> String? {
        switch policy {
        case .full: TextLimit.cut(BoundedDescription(value, limit: TextLimit.text).text)
        case .type: TextLimit.cut(TypeName.of(type(of: value)))
        case .none: nil
        }
    }
}
