import Glibc

/// Tells what a packet is by its first bytes, and whether it is one.
struct PacketCheck {
    /// Why bytes are not a packet's.
    struct Mismatch {
        var expected: String
        var found: String
        /// The bytes end too soon.
        var isCutShort = false
        /// How many were looked at.
        var bytes = 0
    }

    /// More than most packet headers and contexts have.
    static let probe = 4096
    /// More are not looked at.
    private static let mostBytes = 1 << 20
    static let magic: UInt64 = 0xC1FC_1FC1
    /// Bytes that look like a beginning are looked at so often in one search, and less often where each look is long.
    private static let mostTries = 100_000

    let uuid: [UInt8]?
    /// Another UUID that packets of the file at hand have.
    var otherUUID: [UInt8]?
    /// The classes that a packet may be of.
    let layouts: [StreamLayout]

    /// Reads a packet's header and context at a place in a file: a probe, and more of the file if that is too little.
    ///
    /// - Parameters:
    ///   - limit: The file is not looked at from there on.
    ///   - window: Is moved where it does not hold them.
    ///   - layout: The class of the packet, where there is no mismatch.
    func read(
        _ source: ByteSource, at place: Int, limit: Int, in window: PacketWindow, copying: Bool = false,
        saved: UnsafeMutablePointer<UInt64>, into info: inout PacketInfo, _ layout: inout StreamLayout?
    ) throws(FileAccess.Failure) -> Mismatch? {
        var wanted = Self.probe
        while true {
            if window.available(from: place) < min(wanted, limit - place) {
                try window.load(source, from: place, wanted: wanted, copying: copying)
            }
            let count = max(0, min(window.available(from: place), limit - place, wanted))
            let mismatch = read(window.address(place), count, saved: saved, into: &info, &layout)
            guard var mismatch, mismatch.isCutShort, count == wanted else { return mismatch }
            guard wanted < Self.mostBytes else {
                (mismatch.found, mismatch.isCutShort) = ("none that the metadata's type fits", false)
                return mismatch
            }
            wanted *= 16
        }
    }

    private func read(
        _ packet: UnsafeRawPointer, _ count: Int, saved: UnsafeMutablePointer<UInt64>, into info: inout PacketInfo,
        _ layout: inout StreamLayout?
    ) -> Mismatch? {
        layout = nil
        // The header is the trace's: any stream's layout reads the number of the stream.
        var candidate = layouts.first
        for _ in 0..<2 {
            guard let class_ = candidate else { break }
            let roles = class_.packet.roles
            let isRead = class_.packet.read(packet, end: count * 8, saved: saved, into: &info)
            // With a header cut short or a context of another class the first integers may still be there.
            if let magic = info.found.magic, magic != Self.magic {
                return Mismatch(expected: "the magic number 0xc1fc1fc1", found: "0x" + String(magic, radix: 16))
            }
            guard isRead || !roles.contains(.magic) || info.found.magic != nil,
                isRead || !roles.contains(.streamClassID) || info.found.streamClassID != nil
            else { break }
            let id = info.found.streamClassID ?? class_.id
            if id == class_.id {
                guard isRead else { break }
                if let found = class_.packet.scheme(of: info) {
                    return Mismatch(expected: "a packet without compression or encryption", found: found)
                }
                layout = class_
                return nil
            }
            candidate = layouts.first { $0.id == id }
            if candidate == nil {
                let known = layouts.map { String($0.id) }.joined(separator: " or ")
                return Mismatch(expected: "a packet of stream class \(known)", found: "one of class \(id)")
            }
        }
        return Mismatch(
            expected: "a packet header and context", found: "\(count) bytes", isCutShort: true, bytes: count)
    }

    /// Why a packet is of another trace; nil if it has the trace's UUID, or none.
    func otherTrace(_ info: PacketInfo) -> Mismatch? {
        guard let found = info.uuid, let uuid, found != uuid else { return nil }
        return Mismatch(expected: "the trace's UUID \(Self.text(uuid))", found: Self.text(found))
    }

    /// Whether what a packet says of its sizes and times can be.
    func isPlausible(_ info: PacketInfo, _ layout: StreamLayout) -> Bool {
        let packet = info.found.packetSize ?? .max
        let content = info.found.contentSize ?? packet
        let header = UInt64(info.headerBits)
        // Of times that are not full the lowest bits alone are known.
        let isOrdered =
            !info.hasFullTimes || info.found.time?.value ?? 0 <= info.found.packetEnd?.value ?? .max
        return packet >= header && content <= packet && content >= header && (packet == .max || packet % 8 == 0)
            && isOrdered
    }

    /// Memory for the integers of a packet that events refer to, which the caller frees.
    func makeSaved() -> UnsafeMutablePointer<UInt64> {
        let count = (layouts.map(\.savedCount).max() ?? 0) + 1
        let saved = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        saved.initialize(repeating: 0, count: count)
        return saved
    }

    private static func text(_ uuid: [UInt8]) -> String {
        uuid.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}

// MARK: - Searching

extension PacketCheck {
    /// Finds the first place in a range of a file where a packet begins, by the magic number, and by UUID and sizes.
    ///
    /// Packets begin at any byte: the tracer's alignment is lost where bytes are missing or too many.
    ///
    /// - Parameters:
    ///   - window: Is moved.
    ///   - limit: The file is not looked at from there on.
    func search(
        _ source: ByteSource, _ range: Range<Int>, limit: Int, in window: PacketWindow
    ) throws(FileAccess.Failure) -> Int? {
        guard let magic = layouts.first?.packet.magicBytes else { return nil }
        // What merely looks like a packet must leave no trace in the packet at hand.
        var info = PacketInfo()
        let saved = makeSaved()
        defer { saved.deallocate() }
        var place = range.lowerBound
        var tries = 0
        while place < range.upperBound {
            if window.available(from: place) < min(Self.probe, limit - place) {
                try window.load(source, from: place, wanted: Self.probe)
            }
            let end = min(window.end, limit)
            guard let distance = Self.find(magic, window.address(place), end - place) else {
                if end >= limit || end - place < Self.probe { return nil }
                place = end - (magic.count - 1)
                continue
            }
            place += distance
            guard place < range.upperBound, tries < Self.mostTries else { return nil }
            var layout: StreamLayout?
            let mismatch = try read(
                source, at: place, limit: limit, in: window, saved: saved, into: &info, &layout)
            if mismatch == nil, let layout, isBeginning(info, layout) { return place }
            tries += 1 + (mismatch?.bytes ?? 0) / (2 * Self.probe)
            place += 1
        }
        return nil
    }

    /// Whether what has the magic number is to be believed to be a packet.
    private func isBeginning(_ info: PacketInfo, _ layout: StreamLayout) -> Bool {
        guard info.uuid != nil, uuid != nil else { return info.uuid != nil || isPlausible(info, layout) }
        return otherTrace(info) == nil || info.uuid == otherUUID && isPlausible(info, layout)
    }

    private static func find(_ pattern: [UInt8], _ bytes: UnsafeRawPointer, _ count: Int) -> Int? {
        var place = 0
        let last = count - pattern.count
        while place <= last {
            guard let hit = memchr(bytes + place, Int32(pattern[0]), last - place + 1) else { return nil }
            place = UnsafeRawPointer(hit) - bytes
            if memcmp(bytes + place, pattern, pattern.count) == 0 { return place }
            place += 1
        }
        return nil
    }
}
