internal import CTF

/// Values of any shape as `pooltrace events` prints them in JSON.
extension JSONWriter {
    /// A value of a trace.
    mutating func value(_ key: String? = nil, _ value: Value) {
        switch value {
        case .unsigned(let number, _): self.value(key, number)
        case .signed(let number, _): self.value(key, number)
        case .boolean(let isTrue): self.value(key, isTrue)
        case .bits(let bytes, _, let labels):
            object(key) { writer in
                writer.value("value", TextValue.hexadecimal(bits: bytes))
                writer.array("labels") { writer in
                    for label in labels { writer.value(nil, label) }
                }
            }
        case .blob(let bytes): self.value(key, TextValue.digits(bytes))
        case .float(let number): self.value(key, number)
        case .enumeration(let number, let isSigned, let labels):
            object(key) { writer in
                if isSigned {
                    writer.value("value", Int64(bitPattern: number))
                } else {
                    writer.value("value", number)
                }
                writer.array("labels") { writer in
                    for label in labels { writer.value(nil, label) }
                }
            }
        case .string(let bytes): self.value(key, utf8: bytes)
        case .structure(let members):
            object(key) { writer in
                for member in members { writer.value(member.name, member.value) }
            }
        case .array(let values):
            array(key) { writer in
                for element in values { writer.value(nil, element) }
            }
        case .variant(let option, let chosen): object(key) { $0.value(option, chosen) }
        case .missing: self.value(key, String?.none)
        }
    }
}
