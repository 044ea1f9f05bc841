/// Reads one stream packet by packet, and keeps its account.
///
/// A packet that is larger than the window is read piece by piece: the decoder's end is then the window's, and the
/// window moves to the event that did not fit.
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
    /// No event is larger.
    private static let largestEvent = 64 << 20

    let source: StreamSource
    let state: UnsafeMutablePointer<DecodeState>
    let live: Bool
    /// In nanoseconds since the epoch, both inclusive.
    let from: Int64
    let to: Int64
    /// What the state's pointers point to: the state itself may be gone before the reader.
    private let bases: UnsafeMutablePointer<Int>
    let saved: UnsafeMutablePointer<UInt64>
    let window = PacketWindow()
    var check: PacketCheck
    /// The packet at hand is of another stream, which shares the file.
    var isOthers = false
    /// The last UUID of another trace that was told.
    var lastOtherUUID: [UInt8]?
    var info = PacketInfo()
    var file = 0
    /// Where the current file ends: what is appended while it is read is not looked at.
    var fileEnd = 0
    var windowFile = -1
    /// In the current file: the current packet, where it begins, and where the next should.
    var packet = -1
    var packetStart = 0
    var nextStart = 0
    /// In bits from the packet's start; beyond `DecodeState.end` while the window does not hold all of it.
    var contentBits = 0
    /// The packet's damage has been told.
    var isReported = false
    /// It has been told that time goes back in the packet.
    var isBackTold = false
    var lastSequence: UInt64?
    var lastBegin: UInt64?
    /// Of the last packet that was opened.
    var lastEnd: UInt64 = 0
    var lastSize = 0
    var seen = SeenPackets()
    var account: StreamAccount
    private(set) var problems: [Problem] = []
    /// What is no damage, as nothing is left out because of it: the first thousand.
    private(set) var notes: [Problem] = []
    /// Where an event is earlier than the one before: the first of each packet, of the first thousand.
    private(set) var disorder: [Problem] = []
    /// Of these, `problems` holds the first.
    private(set) var problemCount = 0

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
        check = PacketCheck(uuid: source.traceUUID, layouts: [layout] + source.files.flatMap(\.sharedWith))
        bases = .allocate(capacity: layout.baseCount + 1)
        bases.initialize(repeating: 0, count: layout.baseCount + 1)
        saved = check.makeSaved()
        state.initialize(
            to: DecodeState(
                packet: window.address(0), stream: layout.table,
                // Never looked at: an event is read only after one was decoded.
                event: layout.layouts.first?.table ?? Self.noEvent.table, bases: bases, saved: saved,
                streamIndex: index,
                firstClassIndex: source.firstClassIndex, traceIndex: source.traceIndex))
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
            index: 0, name: "", id: 0, streamClassID: 0, logLevel: nil, fields: [], contextFields: []),
        contexts: [], payload: nil, headerAlignment: 1)

    /// Goes on after `decode` came to something other than an event, or to one out of the range of time or earlier
    /// than the one before: to the next event that is to be handed out, or to the stream's end.
    ///
    /// An event after the range is not the end: where time goes back, others follow that are in it. Packets that begin
    /// after the range are stepped over.
    ///
    /// - Parameter previous: The time of the event before.
    func advance(_ outcome: DecodeState.Outcome, after previous: Int64) {
        var outcome = outcome
        var previous = account.packetsRead == 0 ? Int64.min : previous
        while true {
            switch outcome {
            case .event:
                let time = state.pointee.timestamp
                if time < previous { tellBack(from: previous, to: time) }
                previous = time
                if time >= from, time <= to { return }
            case .end, .cutShort, .tooLong, .tooLarge:
                if state.pointee.end < contentBits {
                    if slide() { break }
                } else if outcome != .end {
                    reportEvent(outcome)
                }
                if !openNextPacket() { return finish() }
            case .outOfTime where isWholeWithoutTimes():
                report("events between the packet's beginning and end", "others", at: state.pointee.eventStart >> 3)
                (state.pointee.earliest, state.pointee.span) = (0, .max)
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
        contentBits = 0
        account.lastPacket = integers()
    }

    /// Tells that an event is earlier than the one before: once a packet.
    private func tellBack(from previous: Int64, to time: Int64) {
        guard !isBackTold, disorder.count < Self.mostProblems else { return }
        isBackTold = true
        disorder.append(
            problem(
                "expected an event \(previous) nanoseconds after the clock's origin or later, found one at \(time): "
                    + "time goes back",
                at: state.pointee.eventStart >> 3))
    }

    /// The context's integers of the packet read last.
    func integers() -> [String: UInt64] {
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

// MARK: - The window

extension StreamReader {
    /// Brings in the current file from a place on; in a file that changes exactly what is wanted.
    func load(_ place: Int, wanted: Int) throws(FileAccess.Failure) {
        try window.load(source.files[file].source, from: place, wanted: wanted, copying: live)
        windowFile = file
    }

    /// Makes what the window holds of the packet the decoder's.
    func showWindow() {
        state.pointee.packet = window.address(packetStart)
        state.pointee.end = min(contentBits, (min(window.end, fileEnd) - packetStart) * 8)
    }

    /// Moves the window to the event that it does not hold all of.
    ///
    /// - Returns: false, and a problem, where the file does not go on.
    private func slide() -> Bool {
        let place = packetStart + state.pointee.position >> 3
        let before = window.end
        let wanted = max(PacketWindow.usual, 2 * (before - place))
        if wanted > Self.largestEvent {
            report(
                "an event of at most \(Self.largestEvent) bytes", "a larger one", at: state.pointee.position >> 3)
            return false
        }
        do throws(FileAccess.Failure) {
            try load(place, wanted: min(wanted, packetStart + (contentBits + 7) / 8 - place))
            guard window.end > before else {
                reportCut()
                return false
            }
            if live, try !isStillThere() {
                account.packetsOverwritten += 1
                return false
            }
            showWindow()
            return true
        } catch {
            report("a readable file", error.reason)
            return false
        }
    }

    /// Tells that the file became shorter while it was read, and reads no more of it.
    func reportCut() {
        fileEnd = min(fileEnd, window.fileSize)
        nextStart = .max
        report("a file that stays as long as it is", "one that became shorter", at: state.pointee.position >> 3)
    }
}

// MARK: - Problems

extension StreamReader {
    /// - Parameters:
    ///   - byte: Where in the packet.
    ///   - skipped: Less than none where the next packet begins before.
    func report(_ expected: String, _ found: String, at byte: Int = 0, skipped: Int? = nil) {
        // What follows from a damage is not another one.
        guard !isReported else { return }
        isReported = true
        var (found, skipped) = (found, skipped)
        if let before = skipped, before < 0 {
            found += "; the next packet begins \(-before) bytes before"
            skipped = nil
        }
        add(
            Problem(
                file: source.files[file].source.name, packet: packet, offset: packetStart + byte, expected: expected,
                found: found, skipped: skipped))
    }

    /// Reports something unusual that causes no loss: everything was read.
    func note(_ message: String) {
        if notes.count < Self.mostProblems { notes.append(problem(message)) }
    }

    private func problem(_ message: String, at byte: Int = 0) -> Problem {
        Problem(file: source.files[file].source.name, packet: packet, offset: packetStart + byte, message: message)
    }

    func add(_ problem: Problem) {
        problemCount += 1
        if problems.count < Self.mostProblems { problems.append(problem) }
    }

    private func reportEvent(_ outcome: DecodeState.Outcome) {
        if window.isCut { return reportCut() }
        let byte = state.pointee.eventStart >> 3
        let left = (contentBits - state.pointee.eventStart) / 8
        let (expected, found) =
            switch outcome {
            case .cutShort: ("a whole event", "a content that ends after \(left) bytes")
            case .unknownClass: ("an event class of stream class \(source.layout.id)", "id \(state.pointee.eventID)")
            case .unknownTag: ("a tag that chooses an option", "one that chooses none")
            case .tooLarge: ("an integer of at most 64 bits", "a larger one")
            case .tooLong: ("a sequence that fits the content", "one that is longer")
            case .outOfTime: ("an event between the packet's beginning and end", "one that is not")
            case .event, .end: ("", "")
            }
        // If sizes are wrong, too, or bytes are missing, another packet begins before this one ends.
        let skipped = findHiddenPacket().map { $0 - packetStart - byte } ?? left
        report(expected, found, at: byte, skipped: skipped)
    }
}
