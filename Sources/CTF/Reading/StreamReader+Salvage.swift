// MARK: What damage leaves

extension StreamReader {
    /// Finds where a packet begins; moves the window.
    func search(_ range: Range<Int>) throws(FileAccess.Failure) -> Int? {
        guard !live, !range.isEmpty else { return nil }
        windowFile = file
        return try check.search(source.files[file].source, range, limit: fileEnd, in: window)
    }

    /// Whether a packet may lie before the one at hand, within the one before as it says: some are missing, or, in
    /// traces that do not number them, sizes differ.
    func suspectsHidden(size: Int) -> Bool {
        if let sequence = info.found.sequenceNumber {
            return lastSequence.map { sequence > $0 && sequence - $0 > 1 } ?? false
        }
        return size != lastSize
    }

    /// Looks for a packet within the current one, which is damaged, and goes on there if there is one.
    ///
    /// It may begin in what was read already: where bytes are missing, the last whole event may have been made of its
    /// beginning.
    /// - Returns: Where it begins.
    func findHiddenPacket() -> Int? {
        let first = packetStart + 1
        let end = min(nextStart, fileEnd)
        guard first < end, let hidden = try? search(first..<end) else { return nil }
        nextStart = hidden
        return hidden
    }

    /// Whether the packet is read for the first time; reports packets that are repeated or out of order.
    ///
    /// A repeated packet, in another file or another place of this one, has a known number and beginning, and does not
    /// begin later than what was read before it. By its number alone it may be of a stream whose own was damaged.
    func isFirstTime(_ bytes: Int, _ begin: UInt64?, _ end: UInt64?) -> Bool {
        let sequence = info.found.sequenceNumber
        let isNew: Bool
        if let sequence {
            isNew = seen.insert(sequence, begin: begin)
        } else {
            // Two packets of no duration may say the same.
            isNew = begin == nil || begin == end || seen.insert(header: info.integers)
        }
        let wasReported = isReported
        defer {
            lastBegin = begin ?? lastBegin
            // What is wrong inside the packet is another damage.
            isReported = wasReported
        }
        if let begin, let lastBegin, begin < lastBegin || begin == lastBegin && !isNew {
            if !isNew {
                let found = sequence.map { "sequence number \($0) again" } ?? "one that begins at \(begin) again"
                report("a packet that was not read before", found, skipped: bytes)
                return false
            }
            report("a packet that begins at \(lastBegin) or later", "one that begins at \(begin)")
        } else if !isNew, let sequence {
            report("a sequence number that was not there before", "\(sequence)")
        }
        if let sequence {
            if let lastSequence {
                if sequence > lastSequence, sequence - lastSequence > 1 {
                    countMissing(lastSequence + 1...sequence - 1, begin)
                } else if sequence < lastSequence, isNew {
                    countFound(sequence)
                }
            }
            lastSequence = max(sequence, lastSequence ?? 0)
        }
        return true
    }

    /// Sets the times that the packet's events can have, with a second to spare: threads stamp an event before they
    /// store it.
    func setTimes(_ begin: UInt64?, _ end: UInt64?) {
        (state.pointee.earliest, state.pointee.span) = (0, .max)
        guard !live, info.hasFullTimes, let begin, let end else { return }
        guard begin <= end else {
            return report("a packet that ends at \(begin) or later", "an end at \(end)")
        }
        let layout = source.layout
        let early = min(layout.clock.frequency, begin)
        // What reads as an earlier time than the last one's lowest bits is taken for a later one.
        let wrap = layout.table.pointee.header.first.time.mask / 4
        let late = min(layout.clock.frequency, wrap == 0 ? .max : wrap, .max - end)
        (state.pointee.earliest, state.pointee.span) = (begin - early, end + late - (begin - early))
    }

    /// Where the whole events of a packet end of which nothing says it: before one that is cut short or not of the
    /// packet's time, and before nothing but zeroes.
    func wholeEvents() -> Int {
        var trial = state.pointee
        var end = trial.position
        while trial.decode() == .event {
            let (first, next) = (trial.eventStart >> 3, (trial.position + 7) >> 3)
            let bytes = UnsafeRawBufferPointer(start: trial.packet + first, count: next - first)
            if bytes.contains(where: { $0 != 0 }) { end = trial.position }
        }
        return end
    }

    /// Whether the rest of the packet has whole events if their times do not count: then its beginning or end is wrong.
    func isWholeWithoutTimes() -> Bool {
        guard state.pointee.end == contentBits, !window.isCut else { return false }
        var trial = state.pointee
        (trial.earliest, trial.span) = (0, .max)
        while true {
            let outcome = trial.decode()
            if outcome != .event { return outcome == .end }
        }
    }
}
