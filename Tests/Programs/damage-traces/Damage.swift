import PoolSchedule

/// What is done to one trace: one or two files changed, at random.
struct Damage {
    enum Kind: CaseIterable {
        case cut, bit, zeroes, swap, missing, inserted, removed, noise, metadata
    }

    let kind: Kind
    /// The file that is changed.
    let file: Int
    /// Its bytes; nil where it is gone.
    let bytes: [UInt8]?
    /// What is not as it was, in places of the file as it was; where bytes were put in, nothing.
    let ranges: [Range<Int>]

    init(_ files: [TraceFile], _ random: inout SplitMix64) {
        let streams = files.indices.filter { !files[$0].isMetadata && !files[$0].bytes.isEmpty }
        var kind = Kind.allCases.randomElement(using: &random) ?? .bit
        if streams.isEmpty { kind = .metadata }
        if kind == .metadata {
            let file = files.indices.filter { files[$0].isMetadata }.randomElement(using: &random) ?? 0
            self.init(kind: kind, file: file, bytes: Self.spoiled(files[file].bytes, &random), ranges: [])
            return
        }
        let file = streams.randomElement(using: &random) ?? 0
        var bytes = files[file].bytes
        let size = bytes.count
        // Packets are mostly empty at their ends: half of the places are near the beginning.
        let end = Bool.random(using: &random) ? min(size, 4096) : size
        let place = Int.random(in: 0..<end, using: &random)
        let length = [1, 3, 64, 512, 4096].randomElement(using: &random) ?? 1
        let range = place..<min(place + length, size)
        var ranges = [range]
        switch kind {
        case .cut:
            bytes.removeLast(size - place)
            ranges = [place..<size]
        case .bit:
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            ranges = [place..<(place + 1)]
        case .zeroes: for index in range { bytes[index] = 0 }
        case .swap:
            let other = Int.random(in: 0..<size, using: &random)
            let count = min(length, size - max(place, other), max(1, abs(place - other)))
            for index in 0..<count { bytes.swapAt(place + index, other + index) }
            ranges = [place..<(place + count), other..<(other + count)]
        case .missing: ranges = [0..<size]
        case .inserted:
            let noise = (0..<min(length, 64)).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes.insert(contentsOf: noise, at: place)
            ranges = [place..<place]
        case .removed: bytes.removeSubrange(range)
        case .noise, .metadata:
            bytes += (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            ranges = []
        }
        self.init(kind: kind, file: file, bytes: kind == .missing ? nil : bytes, ranges: ranges)
    }

    private init(kind: Kind, file: Int, bytes: [UInt8]?, ranges: [Range<Int>]) {
        (self.kind, self.file, self.bytes, self.ranges) = (kind, file, bytes, ranges)
    }

    private static func spoiled(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8]? {
        var bytes = bytes
        let place = Int.random(in: 0..<max(bytes.count, 1), using: &random)
        let piece = place..<min(place + Int.random(in: 1...64, using: &random), bytes.count)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: bytes = Array(bytes[..<min(place, bytes.count)])
        case 1: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        case 2: for index in place..<min(place + 64, bytes.count) { bytes[index] = 0 }
        case 3: bytes = (0..<bytes.count).map { _ in UInt8.random(in: 0...255, using: &random) }
        case 4: bytes.removeSubrange(piece)
        case 5: bytes.insert(contentsOf: bytes[piece], at: Int.random(in: 0...bytes.count, using: &random))
        case 6...8:
            // Other numbers: sizes, alignments, ranges, references to other classes.
            let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                if let digit = digits.randomElement(using: &random) {
                    bytes[digit] = UInt8.random(in: 48...57, using: &random)
                }
            }
        default: return nil
        }
        return bytes
    }

    /// Whether an event must be read in spite of the damage.
    ///
    /// It must if its packet is whole up to the event's end, header and context included, and the packet can be found:
    /// the packets before it are whole, or packets have a magic number.
    func spares(_ event: TraceEvent, isFindable: Bool) -> Bool {
        guard event.file == file else { return true }
        if kind == .metadata { return false }
        for range in ranges {
            let isIn =
                range.isEmpty ? range.lowerBound > event.packet.lowerBound : range.upperBound > event.packet.lowerBound
            if isIn, range.lowerBound < event.packet.upperBound {
                let first = max(range.lowerBound, event.packet.lowerBound)
                if first < event.headerEnd || first < event.end { return false }
            } else if range.lowerBound <= event.packet.lowerBound, !isFindable {
                return false
            }
        }
        return true
    }
}
