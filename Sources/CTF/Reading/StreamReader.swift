/// Reads one stream packet by packet, and keeps its account.
///
/// ### A ring that is being written
///
/// Its files hold one packet each, which the writer re-uses under a new sequence number. So a packet is copied, and the
/// copy is good if afterwards the sequence number is still the one seen when the trace was opened and the content has
/// not become smaller (a writer that re-uses a packet first resets the content's size). Else the packet is gone: it
/// counts as overwritten. What was written after the trace was opened is not looked for.
final class StreamReader {
    /// More problems of one stream are not kept.
    private static let mostProblems = 1000

    let source: StreamSource
    let state: UnsafeMutablePointer<DecodeState>
    private let live: Bool
    /// In nanoseconds since the epoch, both inclusive.
    private let from: Int64
    private let to: Int64
    /// What the state's pointers point to: the state itself may be gone before the reader.
    private let bases: UnsafeMutablePointer<Int>
    private let saved: UnsafeMutablePointer<UInt64>
    private let window = PacketWindow()
    private var info = PacketInfo()
    private var file = 0
    /// In the current file: the current packet and the next.
    private var packet = -1
    private var packetOffset = 0
    private var nextOffset = 0
    private var windowFile = -1
    private var lastSequence: UInt64?
    private(set) var account: StreamAccount
    private(set) var problems: [Problem] = []

    init(
        _ source: StreamSource, index: Int, live: Bool, from: Int64, to: Int64, state: UnsafeMutablePointer<DecodeState>
    ) {
        self.source = source
        self.live = live
        self.from = from
        self.to = to
        self.state = state
        account = StreamAccount(streamIndex: index)
        let layout = source.layout
        bases = .allocate(capacity: layout.baseCount + 1)
        bases.initialize(repeating: 0, count: layout.baseCount + 1)
        saved = .allocate(capacity: layout.savedCount + 1)
        saved.initialize(repeating: 0, count: layout.savedCount + 1)
        state.initialize(
            to: DecodeState(
                packet: window.start, stream: layout.table,
                // Never looked at: an event is read only after one was decoded.
                event: layout.layouts.first?.table ?? Self.noEvent.table, bases: bases, saved: saved, streamIndex: index
            ))
        if let begin = source.files.first?.timestampBegin {
            state.pointee.timestamp = layout.conversion.nanoseconds(begin)
        }
    }

    deinit {
        bases.deallocate()
        saved.deallocate()
    }

    private nonisolated(unsafe) static let noEvent = EventLayoutBuilder.build(
        eventClass: EventClass(
            index: 0, name: "", id: 0, streamClassID: 0, traceIndex: 0, logLevel: nil, fields: [], contextFields: []),
        contexts: [], payload: nil, headerAlignment: 1)

    /// Goes on after `decode` came to something other than an event, or to one out of the range of time: to the next
    /// event that is to be handed out, or to the stream's end.
    func advance(_ outcome: DecodeState.Outcome) {
        var outcome = outcome
        while true {
            switch outcome {
            case .event:
                let time = state.pointee.timestamp
                if time > to { return finish() }
                if time >= from { return }
            case .end: if !openNextPacket() { return finish() }
            default:
                reportEvent(outcome)
                if !openNextPacket() { return finish() }
            }
            outcome = state.pointee.decode()
        }
    }

    private func finish() {
        window.release()
        state.pointee.isExhausted = true
        state.pointee.position = 0
        state.pointee.end = 0
        account.lastPacket = integers()
    }

    /// The context's integers of the packet read last.
    private func integers() -> [String: UInt64] {
        let layout = source.layout.packet
        guard account.packetsRead > 0, info.integers.count == layout.names.count else { return account.lastPacket }
        let pairs = zip(layout.names, info.integers).dropFirst(layout.headerCount)
        return Dictionary(pairs.map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
    }

    /// The account as it stands.
    func currentAccount() -> StreamAccount {
        var account = account
        account.eventsRead = state.pointee.eventsRead
        if !state.pointee.isExhausted { account.lastPacket = integers() }
        return account
    }
}

// MARK: - Packets

extension StreamReader {
    private enum Step {
        case ready, stepOver
        /// Nothing more can be read of this file.
        case nextFile
    }

    /// Opens the next packet that may hold events to hand out.
    private func openNextPacket() -> Bool {
        state.pointee.isPending = false
        state.pointee.position = 0
        state.pointee.end = 0
        while file < source.files.count {
            packet += 1
            packetOffset = nextOffset
            let step = live ? copyPacket() : mapPacket()
            switch step {
            case .ready: return true
            case .stepOver: continue
            case .nextFile:
                file += 1
                packet = -1
                nextOffset = 0
            }
        }
        return false
    }

    private func mapPacket() -> Step {
        let path = source.files[file].path
        do throws(FileAccess.Failure) {
            if windowFile != file || window.available(from: packetOffset) < OpenTrace.headerProbe {
                let isEnd = windowFile == file && packetOffset >= window.fileSize
                if isEnd { return .nextFile }
                try window.map(path, from: packetOffset, wanted: OpenTrace.headerProbe)
                windowFile = file
            }
            let left = window.fileSize - packetOffset
            guard left > 0 else { return .nextFile }
            let available = window.available(from: packetOffset)
            guard readHeader(window.address(packetOffset), available) else { return .nextFile }
            guard let sizes = sizes(left: left) else { return .nextFile }
            if available < sizes.bytes {
                try window.map(path, from: packetOffset, wanted: sizes.bytes)
                guard window.available(from: packetOffset) >= sizes.bytes else {
                    report("a packet of \(sizes.bytes) bytes", "a file that became shorter")
                    return .nextFile
                }
            }
            return begin(window.address(packetOffset), sizes)
        } catch {
            report("a readable file", error.reason)
            return .nextFile
        }
    }

    private func copyPacket() -> Step {
        let entry = source.files[file]
        do throws(FileAccess.Failure) {
            return try FileAccess.withFile(entry.path) { descriptor, size throws(FileAccess.Failure) in
                let left = size - packetOffset
                guard left > 0 else { return .nextFile }
                try window.copy(descriptor, size: size, from: packetOffset, wanted: OpenTrace.headerProbe)
                guard readHeader(window.start, window.count) else { return .nextFile }
                let places = source.layout.packet.places
                let sequence = info[places.sequenceNumber]
                if packet == 0, let known = entry.sequenceNumber, sequence != known { return overwritten(known) }
                // What is still being appended is not damage.
                if let bits = info[places.packetSize], bits / 8 > UInt64(left) { return .nextFile }
                guard let sizes = sizes(left: left) else { return .nextFile }
                try window.copy(descriptor, size: size, from: packetOffset, wanted: (sizes.contentBits + 7) / 8)
                guard window.count * 8 >= sizes.contentBits else { return .nextFile }

                let content = info[places.contentSize]
                let integers = info.integers
                let again = UnsafeMutableRawBufferPointer.allocate(byteCount: OpenTrace.headerProbe, alignment: 16)
                defer { again.deallocate() }
                let count = try FileAccess.read(descriptor, at: packetOffset, into: again)
                guard let start = again.baseAddress, readHeader(start, count) else { return .nextFile }
                let isWhole = info[places.sequenceNumber] == sequence && info[places.contentSize] ?? 0 >= content ?? 0
                info.integers = integers
                guard isWhole else { return overwritten(sequence) }
                return begin(window.start, sizes)
            }
        } catch {
            report("a readable file", error.reason)
            return .nextFile
        }
    }

    private func overwritten(_ sequence: UInt64?) -> Step {
        account.packetsOverwritten += 1
        // Its place in the order is accounted for.
        lastSequence = sequence ?? lastSequence
        info.integers = []
        return .nextFile
    }

    /// Reads and checks header and context; false, and a problem, where they cannot be believed.
    private func readHeader(_ address: UnsafeRawPointer, _ available: Int) -> Bool {
        let layout = source.layout.packet
        guard layout.read(address, end: available * 8, saved: state.pointee.saved, into: &info) else {
            report("a packet header and context", "\(available) bytes, or a shape that the metadata does not have")
            return false
        }
        if let magic = info[layout.places.magic], magic != OpenTrace.magic {
            report("the magic number 0xc1fc1fc1", "0x" + String(magic, radix: 16))
            return false
        }
        if let id = info[layout.places.streamID], id != source.layout.id {
            report("a packet of stream class \(source.layout.id)", "class \(id)")
            return false
        }
        if let uuid = info.uuid, let expected = source.traceUUID, uuid != expected {
            report("the trace's UUID", "another one")
            return false
        }
        return true
    }

    private struct Sizes {
        var bytes: Int
        var contentBits: Int
        var areDamaged = false
    }

    /// The sizes of packet and content, each bounded by what is there; nil, and a problem, where the next packet cannot
    /// be found.
    private func sizes(left: Int) -> Sizes? {
        let places = source.layout.packet.places
        let packetBits = info[places.packetSize] ?? UInt64(left) * 8
        guard packetBits % 8 == 0, packetBits >= UInt64(info.headerBits), packetBits > 0 else {
            report("a packet size of whole bytes, at least \(info.headerBits) bits", "\(packetBits)")
            return nil
        }
        var sizes = Sizes(bytes: Int(min(packetBits / 8, UInt64(left))), contentBits: 0)
        if packetBits / 8 > UInt64(left) {
            report("a packet of \(packetBits / 8) bytes", "a file that ends after \(left)")
        }
        let content = info[places.contentSize] ?? packetBits
        if content > packetBits {
            report("a content of at most \(packetBits) bits", "\(content)")
            sizes.areDamaged = true
        } else if content < UInt64(info.headerBits) {
            report("a content of at least \(info.headerBits) bits", "\(content)")
        }
        sizes.contentBits = Int(min(content, UInt64(sizes.bytes) * 8))
        return sizes
    }

    /// Accounts for a packet and makes it the decoder's, unless it lies outside the range of time.
    private func begin(_ address: UnsafeRawPointer, _ sizes: Sizes) -> Step {
        nextOffset = packetOffset + sizes.bytes
        let places = source.layout.packet.places
        account.packetsRead += 1
        if account.packetsRead == 1 { account.firstPacket = integers() }
        if let discarded = info[places.eventsDiscarded] { account.eventsDiscarded = discarded }
        if let sequence = info[places.sequenceNumber] {
            if let lastSequence, sequence > lastSequence { account.packetsLost &+= sequence - lastSequence - 1 }
            lastSequence = sequence
        }
        let conversion = source.layout.conversion
        let begin = info[places.timestampBegin]
        let end = info[places.timestampEnd]
        if let begin, let end, begin <= end, conversion.nanoseconds(end) < from { return .stepOver }
        if let begin { state.pointee.ticks = begin }
        // Past the content there is padding, which reads as events at time 0 that a short timestamp wraps past the
        // packet's end.
        state.pointee.latestTicks = sizes.areDamaged ? end ?? .max : .max
        state.pointee.packet = address
        state.pointee.position = info.headerBits
        state.pointee.end = sizes.contentBits
        return .ready
    }
}

// MARK: - Problems

extension StreamReader {
    private func report(_ expected: String, _ found: String, at byte: Int = 0) {
        guard problems.count < Self.mostProblems else { return }
        problems.append(
            Problem(
                file: source.files[file].path, packet: packet, offset: packetOffset + byte, expected: expected,
                found: found))
    }

    private func reportEvent(_ outcome: DecodeState.Outcome) {
        let byte = state.pointee.eventStart >> 3
        let left = (state.pointee.end - state.pointee.eventStart) / 8
        switch outcome {
        case .cutShort: report("a whole event", "a content that ends after \(left) bytes", at: byte)
        case .unknownClass:
            report("an event class of stream class \(source.layout.id)", "id \(state.pointee.eventID)", at: byte)
        case .unknownTag: report("a tag that chooses an option", "one that chooses none", at: byte)
        case .tooLong: report("a sequence that fits the content", "one that is longer", at: byte)
        case .late: report("an event before the packet's end", "one after it", at: byte)
        case .event, .end: break
        }
    }
}
