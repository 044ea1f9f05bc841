import PoolModel

/// The types of tasks and their names, which a worker finds them by.
enum TaskTypes {
    private static let names = Guarded<[ObjectIdentifier: String?]>([:])
    private static let taskNames = Guarded<[ObjectIdentifier: TaskName]>([:])
    private static let types = Guarded<[String: (any ProcessTask.Type)?]>([:])

    /// The name that a worker finds a type by; `nil` if it would not.
    static func name<Task: ProcessTask>(of type: Task.Type) -> String? {
        let key = ObjectIdentifier(type)
        if let known = names.withLock({ $0[key] }) { return known }
        let name = _mangledTypeName(type).flatMap { find($0) == nil ? nil : $0 }
        // A name that finds another type is useless.
        let own = name.flatMap { name in find(name).flatMap { ObjectIdentifier($0) == key ? name : nil } }
        names.withLock { $0[key] = .some(own) }
        return own
    }

    /// The same, or an error that says what to do.
    static func knownName<Task: ProcessTask>(of type: Task.Type) throws -> String {
        guard let name = name(of: type) else {
            throw ProcessPoolError.typeNotFound(type: _typeName(type, qualified: true))
        }
        return name
    }

    /// What a task of a type is called where nobody names it: as it says itself, or by the type.
    static func taskName<Task: ProcessTask>(of type: Task.Type) -> TaskName {
        if let own = type.taskName { return own }
        let key = ObjectIdentifier(type)
        if let known = taskNames.withLock({ $0[key] }) { return known }
        let name = TaskName(String(describing: type))
        taskNames.withLock { $0[key] = name }
        return name
    }

    /// The type with a name.
    static func find(_ name: String) -> (any ProcessTask.Type)? {
        if let known = types.withLock({ $0[name] }) { return known }
        let type = _typeByName(name) as? any ProcessTask.Type
        types.withLock { $0[name] = .some(type) }
        return type
    }
}

/// A task in this process, still through its coders: what serial mode runs.
enum InProcess {
    static func run<Task: ProcessTask>(_ type: Task.Type, _ input: Task.Input) throws -> Task.Output {
        let sink = MemorySink()
        try ValueEncoder.encode(input, to: sink)
        var reader = ByteReader(sink.bytes)
        do {
            let output = try type.run(ValueDecoder.decode(Task.Input.self, from: &reader))
            sink.count = 0
            try ValueEncoder.encode(output, to: sink)
        } catch {
            let addresses = ThrowSite.addresses(unsafeBitCast(error as any Error, to: UnsafeRawPointer.self))
            let crossed = try Answer.crossed(error, thrownAt: addresses)
            throw crossed.error is CancellationError ? crossed.error : crossed
        }
        reader = ByteReader(sink.bytes)
        return try withExtendedLifetime(sink) { try ValueDecoder.decode(Task.Output.self, from: &reader) }
    }
}
