// A name that is a `String` does not compile: the compiler's message leads to `TaskName`.

extension ThreadPool {
    /// Not available: a name that is made at run time is `TaskName(name)`.
    @available(*, unavailable, message: "a name made at run time is a TaskName: submit(name: TaskName(name)) { ... }")
    @discardableResult
    public func submit<Value: Sendable>(
        name: String, _ body: @escaping @Sendable () throws -> Value
    ) -> Future<Value> {
        submit(name: TaskName(name), body)
    }

    /// Not available: a name that is made at run time is `TaskName(name)`.
    @available(
        *, unavailable, message: "a name made at run time is a TaskName: submit(name: TaskName(name), input: ...)"
    )
    @discardableResult
    public func submit<Input: Sendable, Value: Sendable>(
        name: String, input: Input, _ body: @escaping @Sendable (Input) throws -> Value
    ) -> Future<Value> {
        submit(name: TaskName(name), input: input, body)
    }

    /// Not available: a name that is made at run time is `TaskName(name)`.
    @available(*, unavailable, message: "a name made at run time is a TaskName: execute(name: TaskName(name)) { ... }")
    public func execute(name: String, _ body: @escaping @Sendable () throws -> Void) {
        execute(name: TaskName(name), body)
    }

    /// Not available: a name that is made at run time is `TaskName(name)`.
    @available(
        *, unavailable, message: "a name made at run time is a TaskName: map(inputs, name: TaskName(name)) { ... }"
    )
    public func map<Inputs: Sequence, Output: Sendable>(
        _ inputs: Inputs, name: String, _ body: @Sendable (Inputs.Element) throws -> Output
    ) throws -> [Output] where Inputs.Element: Sendable {
        try inputs.map(body)
    }
}
