import PoolRecorder

/// The first request of each worker process: who it is, how it records, and what it does before its first task.
struct WorkerStart {
    let pool: String
    let number: UInt32
    let settings: Settings
    let initializer: String?

    static func write(
        pool: String, number: UInt32, initializer: ProcessPoolConfiguration.Initializer?, to sink: ByteSink
    ) throws {
        let settings = Settings.current
        try sink.append(RequestKind.start.rawValue)
        try sink.append(pool)
        try sink.append(number)
        try sink.append(Recorder.traceDirectory ?? "")
        try sink.append(settings.onFailure ?? "")
        try sink.append(settings.input.rawValue)
        try sink.append(settings.clock.rawValue)
        try sink.append(settings.lttng.rawValue)
        try sink.append(settings.lttngHome ?? "")
        try sink.append(UInt8(settings.ring ? 1 : 0))
        try sink.append(settings.limit ?? 0)
        try sink.append(settings.packet ?? 0)
        try sink.append(settings.keep.map { UInt64(clamping: $0.nanoseconds) } ?? 0)
        try sink.append(UInt8(initializer == nil ? 0 : 1))
        guard let initializer else { return }
        guard let name = initializer.typeName else {
            throw ProcessPoolError.typeNotFound(type: initializer.displayName)
        }
        try sink.append(name)
        try initializer.encode(sink)
    }

    /// Reads it, behind its kind; the initializer's input is next.
    init(_ reader: inout ByteReader) throws {
        pool = try reader.readText()
        number = try reader.read()
        func text() throws -> String? {
            let text = try reader.readText()
            return text.isEmpty ? nil : text
        }
        var settings = Settings()
        settings.trace = try text()
        settings.onFailure = try text()
        settings.input = Settings.Input(rawValue: try reader.readText()) ?? settings.input
        settings.clock = Settings.Clock(rawValue: try reader.readText()) ?? settings.clock
        settings.lttng = Settings.LTTng(rawValue: try reader.readText()) ?? settings.lttng
        settings.lttngHome = try text()
        settings.ring = try reader.read(UInt8.self) != 0
        let limit: UInt64 = try reader.read()
        let packet: UInt64 = try reader.read()
        settings.limit = limit == 0 ? nil : limit
        settings.packet = packet == 0 ? nil : packet
        let keep: UInt64 = try reader.read()
        settings.keep = keep == 0 ? nil : .nanoseconds(Int64(clamping: keep))
        self.settings = settings
        initializer = try reader.read(UInt8.self) == 0 ? nil : try reader.readText()
    }
}
