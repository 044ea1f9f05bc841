internal import Glibc

/// A place in memory to which text is appended without formatting machinery, and without looking whether there is room.
///
/// Copied into a variable of its own it stays in a register while a line is made. What is appended may be followed by
/// `slack` bytes of rubbish, which the next overwrites: whole words are stored where a few bytes count.
struct TextCursor {
    static let slack = 16

    /// Where the next byte goes.
    var place: UnsafeMutablePointer<UInt8>

    @inline(__always)
    init(_ place: UnsafeMutablePointer<UInt8>) { self.place = place }
}

// MARK: - Bytes and numbers

extension TextCursor {
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        place.pointee = byte
        place += 1
    }

    /// Appends bytes that lie in memory of which `slack` bytes more can be read.
    @inline(__always)
    mutating func append(padded bytes: UnsafePointer<UInt8>, count: Int) {
        var done = 0
        repeat {
            let part = UnsafeRawPointer(bytes + done).loadUnaligned(as: SIMD16<UInt8>.self)
            UnsafeMutableRawPointer(place + done).storeBytes(of: part, as: SIMD16<UInt8>.self)
            done &+= 16
        } while done < count
        place += count
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        memcpy(place, source, bytes.count)
        place += bytes.count
    }

    /// Appends up to 20 decimal digits, eight at a time.
    @inline(__always)
    mutating func append(decimal value: UInt64) {
        if value < 100_000_000 {
            append(leading: UInt32(truncatingIfNeeded: value))
        } else {
            self = Self.long(value, self)
        }
    }

    /// - Returns: The cursor after the digits, so that the caller's need not be in memory.
    @inline(never)
    private static func long(_ value: UInt64, _ cursor: TextCursor) -> TextCursor {
        var cursor = cursor
        let (upper, lower) = value.quotientAndRemainder(dividingBy: 100_000_000)
        if upper < 100_000_000 {
            cursor.append(leading: UInt32(truncatingIfNeeded: upper))
        } else {
            cursor.append(leading: UInt32(truncatingIfNeeded: upper / 100_000_000))
            cursor.append(eightDigits: UInt32(truncatingIfNeeded: upper % 100_000_000))
        }
        cursor.append(eightDigits: UInt32(truncatingIfNeeded: lower))
        return cursor
    }

    @inline(__always)
    mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    @inline(__always)
    mutating func append(hexadecimal value: UInt64) {
        append(UInt8(ascii: "0"))
        append(UInt8(ascii: "x"))
        var shift = max(0, 60 &- value.leadingZeroBitCount & ~3)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: value &>> UInt64(shift)) & 15
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
            shift &-= 4
        }
    }

    /// Appends exactly eight digits of a number below 100,000,000.
    @inline(__always)
    mutating func append(eightDigits value: UInt32) {
        store(Self.digits(value) | Self.zeros)
        place += 8
    }

    /// Appends a number below 100,000,000 without the zeros before it.
    @inline(__always)
    private mutating func append(leading value: UInt32) {
        if value < 10 {
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value))
            return
        }
        let digits = Self.digits(value)
        let zeros = digits.trailingZeroBitCount & ~7
        store((digits | Self.zeros) &>> UInt64(zeros))
        place += 8 &- zeros &>> 3
    }

    @inline(__always)
    private func store(_ word: UInt64) {
        UnsafeMutableRawPointer(place).storeBytes(of: word.littleEndian, as: UInt64.self)
    }

    private static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// The eight digits of a number, a byte each, the first digit in the lowest byte: halved into lanes of four, two
    /// and one digits, with quotients by multiplication that are exact for the lanes' sizes.
    @inline(__always)
    private static func digits(_ value: UInt32) -> UInt64 {
        let upper = UInt64(value / 10_000)
        let fours = upper | (UInt64(value) &- upper &* 10_000) &<< 32
        let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = (twos &* 103) &>> 10 & 0x000F_000F_000F_000F
        return tens | (twos &- tens &* 10) &<< 8
    }
}

// MARK: - Texts

extension TextCursor {
    /// Appends the first bytes that are printable ASCII, except for quotes and backslashes, and returns how many they
    /// are.
    @inline(__always)
    mutating func append(plainOf bytes: UnsafeRawBufferPointer) -> Int {
        guard let source = bytes.baseAddress else { return 0 }
        var done = 0
        while done &+ 8 <= bytes.count {
            let word = source.loadUnaligned(fromByteOffset: done, as: UInt64.self)
            guard Self.isPlain(word) else { break }
            UnsafeMutableRawPointer(place + done).storeBytes(of: word, as: UInt64.self)
            done &+= 8
        }
        while done < bytes.count {
            let byte = source.load(fromByteOffset: done, as: UInt8.self)
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
            place[done] = byte
            done &+= 1
        }
        place += done
        return done
    }

    /// Whether each of eight bytes is printable ASCII and neither a quote nor a backslash.
    ///
    /// A byte is 0 or below a limit where subtracting borrows into its highest bit (Mycroft); a byte with the highest
    /// bit set is no ASCII anyway.
    @inline(__always)
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        func hasZero(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
        let below = (word &- ones &* 0x20) & ~word
        let found =
            word | below | hasZero(word ^ ones &* 0x7F) | hasZero(word ^ ones &* 0x22) | hasZero(word ^ ones &* 0x5C)
        return found & (ones &* 0x80) == 0
    }
}
