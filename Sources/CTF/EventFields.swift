import Glibc

/// The fields of an event's payload or context, read by position, without allocation; valid until the cursor moves.
///
/// `EventClass.fields` says which type each position has. An accessor that does not match the field's type returns an
/// empty value (0, an empty text, an empty sequence), and so does a position beyond the fields.
public struct EventFields {
    @usableFromInline let state: UnsafeMutablePointer<DecodeState>
    @usableFromInline let first: Int
    /// How many there are.
    public let count: Int
    /// Of the first of them.
    @usableFromInline let slots: UnsafeMutablePointer<EventLayout.Slot>

    @inlinable
    init(state: UnsafeMutablePointer<DecodeState>, first: Int, count: Int) {
        self.state = state
        self.first = first
        self.count = count
        slots = state.pointee.event.pointee.slots + first
    }

    @inline(__always)
    private func slot(_ field: Int) -> UnsafeMutablePointer<EventLayout.Slot>? {
        field >= 0 && field < count ? slots + field : nil
    }

    /// Where a field begins, in bits from the packet's start.
    @inline(__always)
    private func position(_ slot: UnsafeMutablePointer<EventLayout.Slot>) -> Int {
        state.pointee.bases[slot.pointee.segment] &+ slot.pointee.bitOffset
    }

    /// An integer, enumeration or boolean; a signed one as the bits of its `Int64`.
    @inlinable
    @inline(__always)
    public func unsigned(_ field: Int) -> UInt64 {
        guard field >= 0, field < count else { return 0 }
        let slot = slots + field
        let bit = state.pointee.bases[slot.pointee.segment] &+ slot.pointee.bitOffset
        guard bit &+ slot.pointee.reach <= state.pointee.end else { return narrow(slot) }
        let address = state.pointee.packet + bit >> 3
        let word = UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
        let value = word &>> UInt64(truncatingIfNeeded: bit & 7) & slot.pointee.mask
        return (value ^ slot.pointee.sign) &- slot.pointee.sign
    }

    /// An integer that one load of eight bytes does not get: of another byte order or of variable length, or near the
    /// packet's end.
    @usableFromInline
    @inline(never)
    func narrow(_ slot: UnsafeMutablePointer<EventLayout.Slot>) -> UInt64 {
        switch slot.pointee.access {
        case .integer:
            slot.pointee.load.extended(state.pointee.packet, base: state.pointee.bases[slot.pointee.segment])
        case .unsignedLEB128, .signedLEB128:
            LEB128.integer(
                state.pointee.packet, at: roundUp(position(slot), 8), end: state.pointee.end,
                isSigned: slot.pointee.access == .signedLEB128
            ).value
        default: 0
        }
    }

    /// An integer or enumeration; an unsigned one above `Int64.max` as the `Int64` of the same bits.
    @inlinable public func signed(_ field: Int) -> Int64 { Int64(bitPattern: unsigned(field)) }

    /// A floating-point number.
    public func float(_ field: Int) -> Double {
        guard let slot = slot(field) else { return 0 }
        switch slot.pointee.access {
        case .float64: return Double(bitPattern: pattern(slot))
        case .float32: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern(slot))))
        case .float16: return Double(Float16(bitPattern: UInt16(truncatingIfNeeded: pattern(slot))))
        default: return 0
        }
    }

    @inline(__always)
    private func pattern(_ slot: UnsafeMutablePointer<EventLayout.Slot>) -> UInt64 {
        slot.pointee.load.unsigned(state.pointee.packet, base: state.pointee.bases[slot.pointee.segment])
    }

    /// A text's bytes up to its NUL, in the trace itself; they should be UTF-8.
    ///
    /// Empty for a text in another encoding.
    public func bytes(_ field: Int) -> UnsafeRawBufferPointer {
        guard let slot = slot(field) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let start = position(slot)
        let limit: Int
        switch slot.pointee.access {
        case .string: limit = (state.pointee.end &- start) >> 3
        case .characters: limit = slot.pointee.length
        case .characterSequence: limit = Int(truncatingIfNeeded: state.pointee.saved[slot.pointee.length])
        default: return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let text = state.pointee.packet + start >> 3
        let length = memchr(text, 0, limit).map { UnsafeRawPointer($0) - text } ?? limit
        return UnsafeRawBufferPointer(start: text, count: length)
    }

    /// A text of any encoding; what is no character becomes U+FFFD.
    public func string(_ field: Int) -> String {
        guard let slot = slot(field), [.other, .otherArray, .otherSequence].contains(slot.pointee.access),
            case .string(let bytes) = value(field)
        else {
            return String(decoding: bytes(field), as: UTF8.self)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A sequence or array of integers of fixed length, or the bytes of a blob; empty for other elements.
    public func sequence(_ field: Int) -> Integers {
        guard let slot = slot(field) else {
            return Integers(packet: state.pointee.packet, start: 0, stride: 0, load: .none, count: 0)
        }
        let isOffered: Bool
        switch slot.pointee.access {
        case .integerSequence, .characterSequence, .integerArray, .characters: isOffered = true
        default: isOffered = false
        }
        return Integers(
            packet: state.pointee.packet, start: position(slot), stride: slot.pointee.stride, load: slot.pointee.load,
            count: isOffered ? elementCount(field) : 0)
    }

    /// How many elements a sequence or array of any type has.
    public func elementCount(_ field: Int) -> Int {
        guard let slot = slot(field) else { return 0 }
        switch slot.pointee.access {
        case .integerSequence, .characterSequence, .otherSequence:
            return Int(truncatingIfNeeded: state.pointee.saved[slot.pointee.length])
        case .integerArray, .characters, .otherArray: return slot.pointee.length
        default: return 0
        }
    }

    /// Any field, as a tree.
    public func value(_ field: Int) -> Value {
        guard let slot = slot(field) else { return .missing }
        var walker = NodeWalker(packet: state.pointee.packet, end: state.pointee.end, saved: state.pointee.saved)
        var position = position(slot)
        return state.pointee.event.pointee.owner._withUnsafeGuaranteedRef {
            walker.value($0.fields[first &+ field], at: &position) ?? .missing
        }
    }
}

extension EventFields {
    /// The integers of a sequence or an array, in the trace itself; signed ones as the bits of their `Int64`.
    public struct Integers: RandomAccessCollection {
        let packet: UnsafeRawPointer
        let start: Int
        let stride: Int
        let load: BitLoad
        /// How many there are.
        public let count: Int

        /// The first position.
        public var startIndex: Int { 0 }
        /// The position after the last.
        public var endIndex: Int { count }

        /// The integer at a position, which must be one of the collection's.
        public subscript(position: Int) -> UInt64 {
            precondition(position >= 0 && position < count, "position \(position) is not below \(count)")
            return load.extended(packet, base: start &+ position &* stride)
        }
    }
}
