/// Finds out which stream a file, or a piece of memory, belongs to: by its first packet that can be read.
///
/// A file may hold packets of several streams.
final class StreamOpener {
    private(set) var check: PacketCheck
    /// Files that are no stream's.
    private(set) var problems: [Problem] = []
    private let window = PacketWindow()
    private let saved: UnsafeMutablePointer<UInt64>

    init(check: PacketCheck) {
        self.check = check
        saved = check.makeSaved()
    }

    deinit { saved.deallocate() }

    private struct Found {
        var layout: StreamLayout
        var info: PacketInfo
        var place: Int
        /// Where the next packet should begin; nil where the packet's sizes cannot be right.
        var next: Int?
    }

    typealias Stream = (file: StreamSource.File, layout: StreamLayout, instance: UInt64?)

    /// What a file holds; nothing if it is empty or, with a problem, if no packet of the trace is in it.
    func open(_ source: ByteSource) -> [Stream] {
        do throws(FileAccess.Failure) {
            try window.load(source, from: 0, wanted: PacketCheck.probe, copying: true)
            let size = window.fileSize
            if size == 0 { return [] }
            var info = PacketInfo()
            var layout: StreamLayout?
            let mismatch = try check.read(
                source, at: 0, limit: size, in: window, copying: true, saved: saved, into: &info, &layout)
            var first = layout.map { found($0, info, at: 0) }
            // A packet with another UUID is read where it seems to be one; the reader tells it.
            check.otherUUID = first.flatMap { check.isPlausible(info, $0.layout) ? info.uuid : nil }
            if check.otherTrace(info) != nil, check.otherUUID == nil { first = nil }
            if first == nil { first = try search(source, 1..<size) }
            guard var found = first else {
                let mismatch = mismatch ?? check.otherTrace(info)
                if let mismatch {
                    problems.append(
                        Problem(
                            file: source.name, packet: 0, expected: mismatch.expected, found: mismatch.found,
                            skipped: size))
                }
                return []
            }
            if check.layouts.count > 1, let streams = try streams(source, size, found) { return streams }
            if check.layouts.count > 1, let other = try otherClass(source, size, found) { found = other }
            return [(file(source, found), found.layout, found.info.found.streamID)]
        } catch {
            problems.append(Problem(file: source.name, expected: "a stream file", found: error.reason))
            return []
        }
    }

    private func file(_ source: ByteSource, _ first: Found, sharedWith others: [StreamLayout] = []) -> StreamSource.File
    {
        StreamSource.File(
            source: source, sequenceNumber: first.info.found.sequenceNumber,
            timestampBegin: first.info.found.time?.value,
            otherUUID: check.otherTrace(first.info).flatMap { _ in first.info.uuid }, sharedWith: others)
    }

    /// How many packets are looked at: a file whose first ones are of one stream is that stream's.
    private static let firstPackets = 8

    /// The streams that share a file; nil where it is of one, or where that may be damage.
    ///
    /// They share it if all of it is packets, one after the other, and the first packet of each stream has nothing but
    /// whole events of its class: a wrong number of a class is damage, and hardly ever decodes.
    private func streams(_ source: ByteSource, _ size: Int, _ first: Found) throws(FileAccess.Failure) -> [Stream]? {
        guard first.place == 0 else { return nil }
        var firsts = [first]
        var place = first.next
        var count = 1
        while let here = place, here < size, count < Self.firstPackets || firsts.count > 1 {
            var info = PacketInfo()
            var layout: StreamLayout?
            let mismatch = try check.read(
                source, at: here, limit: size, in: window, copying: true, saved: saved, into: &info, &layout)
            guard mismatch == nil, let layout else { return nil }
            let found = found(layout, info, at: here)
            if !firsts.contains(where: { $0.layout === layout && $0.info.found.streamID == info.found.streamID }) {
                firsts.append(found)
            }
            (place, count) = (found.next, count + 1)
        }
        guard firsts.count > 1, Set(firsts.map { ObjectIdentifier($0.layout) }).count > 1, let end = place, end == size
        else { return nil }
        let others = check.layouts.filter { layout in firsts.contains { $0.layout === layout } }
        let streams = firsts.map { first in
            (
                file: file(source, first, sharedWith: others.filter { $0 !== first.layout }), layout: first.layout,
                instance: first.info.found.streamID
            )
        }
        return streams.allSatisfy(isWhole) ? streams : nil
    }

    /// Whether the first packet of a stream has whole events only.
    private func isWhole(_ stream: Stream) -> Bool {
        let source = StreamSource(
            layout: stream.layout, instance: stream.instance, traceIndex: 0, firstClassIndex: 0, traceUUID: check.uuid,
            files: [stream.file])
        let cursor = StreamCursor(source, index: 0, live: false, from: .min, to: .max)
        while cursor.next(), cursor.account.packetsRead == 1 {}
        return cursor.problemCount == 0
    }

    private func found(_ layout: StreamLayout, _ info: PacketInfo, at place: Int) -> Found {
        var next: Int?
        if check.isPlausible(info, layout), let bits = info.found.packetSize, bits < 1 << 60 {
            next = place + Int(bits / 8)
        }
        return Found(layout: layout, info: info, place: place, next: next)
    }

    /// The second packet's class, where it is another than the first's and is to be believed.
    ///
    /// A file is of one class. Which of the two packets is damaged is the third's to say, or the sizes of the first.
    private func otherClass(_ source: ByteSource, _ size: Int, _ first: Found) throws(FileAccess.Failure) -> Found? {
        // A packet of another class than it says may seem to be of any size.
        let next = first.next.flatMap { $0 > size ? nil : $0 }
        guard let second = try search(source, (next ?? first.place + 1)..<size, onlyThere: next != nil),
            second.layout !== first.layout
        else { return nil }
        guard next != nil else { return second }
        guard let place = second.next, place < size, let third = try search(source, place..<size, onlyThere: true),
            third.layout === second.layout
        else { return nil }
        return second
    }

    private func search(
        _ source: ByteSource, _ range: Range<Int>, onlyThere: Bool = false
    ) throws(FileAccess.Failure) -> Found? {
        guard !range.isEmpty else { return nil }
        let range = onlyThere ? range.lowerBound..<(range.lowerBound + 1) : range
        let limit = window.fileSize
        guard let place = try check.search(source, range, limit: limit, in: window) else { return nil }
        var info = PacketInfo()
        var layout: StreamLayout?
        let mismatch = try check.read(
            source, at: place, limit: limit, in: window, saved: saved, into: &info, &layout)
        guard mismatch == nil, let layout else { return nil }
        return found(layout, info, at: place)
    }
}
