// MARK: Opening packets

extension StreamReader {
    enum Step {
        case ready, stepOver
        /// Nothing more can be read of this file.
        case nextFile
    }

    /// Opens the next packet that may hold events to hand out.
    ///
    /// - Returns: false where there is none.
    func openNextPacket() -> Bool {
        if window.isCut { reportCut() }
        state.pointee.isPending = false
        while file < source.files.count {
            let resume = packetStart + (state.pointee.eventStart + 7) >> 3
            let after = packetStart + 1
            let size = nextStart &- packetStart
            packet += 1
            isBackTold = false
            state.pointee.position = 0
            state.pointee.end = 0
            contentBits = 0
            isReported = false
            let step: Step
            do throws(FileAccess.Failure) {
                step = try openPacket(resume: packet == 0 ? 1 : resume, search: packet == 0 ? 1 : after)
            } catch {
                report("a readable file", error.reason)
                step = .nextFile
            }
            if packet > 0 { lastSize = size }
            switch step {
            case .ready: return true
            case .stepOver: continue
            case .nextFile:
                file += 1
                packet = -1
                nextStart = 0
                lastSize = 0
            }
        }
        return false
    }

    /// - Parameters:
    ///   - resume: A packet that the last one's size hides may begin from here on.
    ///   - start: One that is not where it should be may begin from here on: where bytes are missing, what was read as
    ///     the last packet's header or events may have been its beginning.
    private func openPacket(resume: Int, search start: Int) throws(FileAccess.Failure) -> Step {
        let previous = packetStart
        if packet > 0, nextStart >= fileEnd {
            // What hides behind the last packet's end as it says is not seen from the next one.
            return .nextFile
        }
        packetStart = nextStart
        state.pointee.eventStart = 0
        if packet == 0 {
            try load(0, wanted: PacketCheck.probe)
            fileEnd = window.fileSize
            check.otherUUID = source.files[file].otherUUID
            // Tracers create files that they then have nothing to write to.
            if fileEnd == 0 { return .nextFile }
        }
        var mismatch = try readHeader()
        if mismatch == nil, !isOthers, resume < packetStart, suspectsHidden(size: packetStart - previous),
            let place = try search(resume..<packetStart)
        {
            let (found, expected) = (packetStart - previous, place - previous)
            packet -= 1
            packetStart = previous
            report("a packet of \(expected) bytes, where the next one begins", "a size of \(found)")
            isReported = false
            packet += 1
            packetStart = place
            mismatch = try readHeader()
        }
        if let mismatch {
            if window.isCut {
                reportCut()
                return .nextFile
            }
            // What is still being appended is not damage.
            if live, mismatch.isCutShort { return .nextFile }
            let place = try search(min(start, fileEnd)..<fileEnd)
            report(mismatch.expected, mismatch.found, skipped: (place ?? fileEnd) - packetStart)
            isReported = false
            guard let place else { return .nextFile }
            packetStart = place
            if try readHeader() != nil { return .nextFile }
        }
        if isOthers, let bits = info.found.packetSize, bits >= 8, bits / 8 <= UInt64(fileEnd - packetStart) {
            nextStart = packetStart + Int(bits / 8)
            state.pointee.eventStart = Int(bits)
            return .stepOver
        }
        if live, packet == 0, let known = source.files[file].sequenceNumber, info.found.sequenceNumber != known {
            return overwritten(known)
        }
        guard let extent = try extent() else { return .nextFile }
        return try begin(extent)
    }

    /// Reads and checks header and context at the packet's start.
    private func readHeader() throws(FileAccess.Failure) -> PacketCheck.Mismatch? {
        if windowFile != file { try load(packetStart, wanted: PacketCheck.probe) }
        var layout: StreamLayout?
        let mismatch = try check.read(
            source.files[file].source, at: packetStart, limit: fileEnd, in: window, copying: live, saved: saved,
            into: &info, &layout)
        isOthers = false
        if mismatch == nil, let layout, !source.files[file].sharedWith.isEmpty {
            isOthers = layout !== source.layout || info.found.streamID != source.instance
        }
        guard mismatch == nil, let layout, let other = check.otherTrace(info) else { return mismatch }
        guard check.isPlausible(info, layout) else { return other }
        if info.uuid != lastOtherUUID {
            lastOtherUUID = info.uuid
            note("expected \(other.expected), found \(other.found): read all the same")
        }
        return nil
    }

    private func overwritten(_ sequence: UInt64?) -> Step {
        account.packetsOverwritten += 1
        // Its place in the order is accounted for.
        lastSequence = sequence ?? lastSequence
        info.integers = []
        return .nextFile
    }

    private struct Extent {
        var bytes: Int
        var contentBits: Int
        /// Whether the end of the content is unknown: then `contentBits` is its upper bound.
        var isGuess = false
    }

    /// How much of the file the packet has, and how much of that is content.
    ///
    /// Sizes that contradict each other, or the file, are reported; the packet then ends where the next one is found.
    /// - Returns: nil where the packet is still being appended.
    private func extent() throws(FileAccess.Failure) -> Extent? {
        let header = UInt64(info.headerBits)
        let left = UInt64(fileEnd - packetStart)
        let packetBits = info.found.packetSize ?? info.found.contentSize ?? left * 8
        let content = info.found.contentSize ?? min(packetBits, left * 8)
        if live {
            // The packet is being filled: what it says of its content is there.
            if packetBits / 8 > left { return nil }
            if content < header { return Extent(bytes: Int(packetBits / 8), contentBits: info.headerBits) }
        }
        let isWholeBytes = packetBits % 8 == 0
        if isWholeBytes, packetBits >= header, packetBits / 8 <= left, content <= packetBits, content >= header {
            return Extent(bytes: Int(packetBits / 8), contentBits: Int(content))
        }
        // Bytes may be missing of the header itself.
        let found = try search(min(packetStart + 1, fileEnd)..<fileEnd)
        let isPossible = isWholeBytes && packetBits >= header && packetBits / 8 <= left
        let bytes =
            found.map { $0 - packetStart }
            ?? (isPossible && source.layout.packet.roles.contains(.packetSize) ? Int(packetBits / 8) : Int(left))
        if !isWholeBytes || packetBits < header {
            report("a packet size of whole bytes, at least \(header) bits", "\(packetBits)")
        } else if packetBits / 8 > left {
            report("a packet of \(packetBits / 8) bytes", "a file that ends after \(left)")
        } else if content > packetBits {
            report("a content of at most \(packetBits) bits", "\(content)")
        } else {
            report("a content of at least \(header) bits", "\(content)")
        }
        if content >= header, content <= UInt64(bytes) * 8 { return Extent(bytes: bytes, contentBits: Int(content)) }
        // All that is left of a packet that was cut is content; of any other, some may be padding.
        let isCut = content >= header && content <= packetBits && isWholeBytes && packetBits / 8 > left && found == nil
        return Extent(bytes: bytes, contentBits: max(bytes * 8, info.headerBits), isGuess: !isCut)
    }

    /// Accounts for a packet and makes it the decoder's, unless it lies outside the range of time.
    private func begin(_ extent: Extent) throws(FileAccess.Failure) -> Step {
        nextStart = packetStart + extent.bytes
        state.pointee.eventStart = info.headerBits
        let (begin, end) = source.layout.packet.times(info, after: max(state.pointee.ticks, lastEnd))
        guard isFirstTime(extent.bytes, begin, end) else { return .stepOver }
        countDiscarded(begin, end)
        account.packetsRead += 1
        if account.packetsRead == 1 { account.firstPacket = integers() }
        lastEnd = end ?? begin ?? 0
        if let begin, let end, begin <= end, isOutside(begin, end) { return .stepOver }
        if let begin { state.pointee.ticks = begin }
        setTimes(begin, end)

        contentBits = extent.contentBits
        let content = min((contentBits + 7) / 8, fileEnd - packetStart)
        if window.available(from: packetStart) < (extent.isGuess ? content : min(content, PacketWindow.usual)) {
            try load(packetStart, wanted: extent.isGuess ? content : min(content, PacketWindow.usual))
        }
        if live {
            guard try isStillThere() else { return overwritten(info.found.sequenceNumber) }
        }
        state.pointee.position = info.headerBits
        showWindow()
        if window.available(from: packetStart) < min(content, PacketWindow.usual) { reportCut() }
        if extent.isGuess {
            contentBits = wholeEvents()
            state.pointee.position = info.headerBits
            showWindow()
        }
        return .ready
    }

    /// Whether no event of a packet can be in the range of time that is asked for: threads stamp an event before they
    /// store it, so a packet may hold some of a second before its beginning, and after its end.
    private func isOutside(_ begin: UInt64, _ end: UInt64) -> Bool {
        let conversion = source.layout.conversion
        let (first, isEarly) = conversion.nanoseconds(begin).subtractingReportingOverflow(1_000_000_000)
        let (last, isLate) = conversion.nanoseconds(end).addingReportingOverflow(1_000_000_000)
        return !isLate && last < from || !isEarly && first > to
    }

    /// Whether the packet that was just copied had not been re-used before.
    func isStillThere() throws(FileAccess.Failure) -> Bool {
        let (start, bytes) = (packetStart, source.files[file].source)
        var again = PacketInfo()
        let other = PacketWindow()
        let integers = check.makeSaved()
        defer { integers.deallocate() }
        var layout: StreamLayout?
        let mismatch = try check.read(
            bytes, at: start, limit: fileEnd, in: other, copying: true, saved: integers, into: &again, &layout)
        return mismatch == nil && again.found.sequenceNumber == info.found.sequenceNumber
            && again.found.contentSize ?? 0 >= info.found.contentSize ?? 0
    }
}
