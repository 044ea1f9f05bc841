// MARK: What was lost

extension StreamReader {
    /// More losses of one stream are not kept.
    private static let mostLosses = 1000

    /// Keeps what a packet's counter says of events that were discarded.
    ///
    /// - Parameters:
    ///   - begin: The packet's, in ticks.
    ///   - end: The packet's, in ticks.
    func countDiscarded(_ begin: UInt64?, _ end: UInt64?) {
        guard let discarded = info.found.eventsDiscarded else { return }
        let before = account.eventsDiscarded
        account.eventsDiscarded = discarded
        // A counter that is less than before has begun anew.
        guard discarded > before else { return }
        add(.discardedEvents, discarded - before, to: end ?? begin)
    }

    /// Keeps that packets are missing.
    ///
    /// - Parameter begin: Of the packet after them, in ticks.
    func countMissing(_ numbers: ClosedRange<UInt64>, _ begin: UInt64?) {
        let count = numbers.upperBound - numbers.lowerBound
        account.packetsLost &+= count &+ 1
        add(.missingPackets, count &+ 1, to: begin, missing: numbers)
    }

    /// Takes back that a packet is missing, which comes later than its number says.
    func countFound(_ number: UInt64) {
        guard account.packetsLost > 0 else { return }
        account.packetsLost -= 1
        guard let place = account.losses.firstIndex(where: { $0.missing?.contains(number) == true }) else { return }
        account.losses[place].count -= 1
        if account.losses[place].count == 0 { account.losses.remove(at: place) }
    }

    private func add(
        _ kind: StreamAccount.Loss.Kind, _ count: UInt64, to ticks: UInt64?, missing: ClosedRange<UInt64>? = nil
    ) {
        guard account.losses.count < Self.mostLosses else { return }
        let conversion = source.layout.conversion
        // The end of the packet before, where there is one.
        let from = account.packetsRead > 0 && lastEnd > 0 ? conversion.nanoseconds(lastEnd) : nil
        account.losses.append(
            StreamAccount.Loss(
                kind: kind, count: count, from: from, to: ticks.map(conversion.nanoseconds),
                file: source.files[file].source.name, packet: packet, offset: packetStart, missing: missing))
    }
}
