import CTF

extension Event {
    /// The payload's integer at a position: see `EventFields.unsigned(_:)`.
    func unsigned(_ field: Int) -> UInt64 { payload.unsigned(field) }

    /// The payload's integer at a position: see `EventFields.signed(_:)`.
    func signed(_ field: Int) -> Int64 { payload.signed(field) }

    /// The payload's number at a position: see `EventFields.float(_:)`.
    func float(_ field: Int) -> Double { payload.float(field) }

    /// The payload's text at a position: see `EventFields.bytes(_:)`.
    func bytes(_ field: Int) -> UnsafeRawBufferPointer { payload.bytes(field) }

    /// The payload's text at a position: see `EventFields.string(_:)`.
    func string(_ field: Int) -> String { payload.string(field) }

    /// The payload's sequence or array at a position: see `EventFields.sequence(_:)`.
    func sequence(_ field: Int) -> EventFields.Integers { payload.sequence(field) }

    /// The payload's field at a position, whatever it is.
    func value(_ field: Int) -> Value { payload.value(field) }
}
