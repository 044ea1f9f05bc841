/// Everything the decoder needs to know of one stream class of one trace.
final class StreamLayout: @unchecked Sendable {
    // Sendable: written by init alone.

    /// As the decoder sees it: plain memory.
    struct Table {
        var header: HeaderLayout
        /// The header's.
        var quick: UnsafeMutablePointer<HeaderLayout.Quick>
        var conversion: ClockConversion
        /// By id; those beyond are looked up in `StreamLayout.sparse`.
        var events: UnsafeMutablePointer<UnsafeMutablePointer<EventLayout.Table>?>
        var eventCount: UInt64
        var owner: Unmanaged<StreamLayout>
    }

    /// Ids from here on are not in the table by id, which they would make large.
    private static let denseIDs: UInt64 = 1 << 16

    let table: UnsafeMutablePointer<Table>
    let id: UInt64
    let packet: PacketLayout
    let header: LayoutNode?
    let clock: Clock
    /// Whether events have times: without, a clock is only assumed.
    let hasTimes: Bool
    let conversion: ClockConversion
    let layouts: [EventLayout]
    let sparse: [UInt64: EventLayout]
    let savedCount: Int
    /// The most segments that an event has.
    let baseCount: Int

    /// - Parameters:
    ///   - firstClassIndex: The place that the stream's first event class gets among the trace's.
    ///   - faults: Gets why event classes are left out.
    init(
        _ stream: Metadata.StreamClass, of metadata: Metadata, firstClassIndex: Int, faults: inout [MetadataError]
    ) throws(MetadataError) {
        let start = stream.location
        var compiler = LayoutCompiler(location: start)
        func check(_ node: LayoutNode?, _ place: inout BitPlace, _ location: SourceLocation) throws(MetadataError) {
            guard let node, !place.pass(node) else { return }
            let message = "expected one order of bytes for all bits of a byte, found two: a field begins inside a byte"
            throw MetadataError(location: location, message: message)
        }
        let packetHeader = try compiler.compile(metadata.packetHeader, as: .packetHeader, location: start)
        let packetContext = try compiler.compile(stream.packetContext, as: .packetContext, location: start)
        let eventHeader = try compiler.compile(stream.eventHeader, as: .eventHeader, location: start)
        let streamContext = try compiler.compile(stream.eventContext, as: .streamEventContext, location: start)
        var packetPlace = BitPlace.atByte
        try check(packetHeader, &packetPlace, start)
        try check(packetContext, &packetPlace, start)
        var headerPlace = BitPlace.atByte
        try check(eventHeader, &headerPlace, start)
        try check(streamContext, &headerPlace, start)

        var pending: [(class: EventClass, contexts: [LayoutNode], payload: LayoutNode?)] = []
        for event in metadata.events where event.streamID == stream.id {
            let context: LayoutNode?
            let payload: LayoutNode?
            do throws(MetadataError) {
                context = try compiler.compile(event.context, as: .eventContext, location: event.location)
                payload = try compiler.compile(event.fields, as: .eventFields, location: event.location)
                var place = headerPlace
                try check(context, &place, event.location)
                try check(payload, &place, event.location)
            } catch {
                faults.append(error)
                continue
            }
            pending.append(
                (
                    EventClass(
                        index: firstClassIndex + pending.count, name: event.name, id: event.id,
                        streamClassID: stream.id, logLevel: event.logLevel, fields: EventClass.fields(of: [payload]),
                        contextFields: EventClass.fields(of: [streamContext, context])),
                    [streamContext, context].compactMap { $0 }, payload
                ))
        }

        // Only now is it known which integers of the shared scopes are referred to.
        for root in [packetHeader, packetContext, eventHeader, streamContext] { root?.noteInner() }
        for class_ in pending { for root in class_.contexts + [class_.payload] { root?.noteInner() } }
        let onlyClock = metadata.clocks.count <= 1
        // A stream whose events have no time of their own has its packets'.
        var names: [String] = []
        if metadata.hasMeaningfulNames {
            RolesByName.assign(packetHeader: packetHeader, packetContext: packetContext)
            names = RolesByName.assign(eventHeader: eventHeader, onlyClock: onlyClock)
            names += RolesByName.clocks(packetContext)
        }
        let roles = eventHeader?.allRoles ?? []
        let packet = PacketLayout(
            header: packetHeader, context: packetContext, hasMeaningfulNames: metadata.hasMeaningfulNames)
        let clockName = stream.clock ?? names.first
        if let other = names.first(where: { $0 != clockName }) {
            let message = "the times of stream \(stream.id) are of two clocks, '\(clockName ?? "")' and '\(other)'"
            throw MetadataError(location: start, message: message)
        }
        if !roles.contains(.eventID), pending.count > 1 {
            let message = "expected an id in the event header, as stream \(stream.id) has \(pending.count) events"
            faults.append(MetadataError(location: start, message: message))
        }
        let headerLayout = HeaderLayout(eventHeader)
        let alignment = headerLayout.endAlignment(of: eventHeader)
        let declared = metadata.clocks.first { $0.id == clockName }
        var hasTimes = roles.contains(.timestamp) || packet.roles.contains(.timestamp)
        if hasTimes, declared == nil, !metadata.hasMeaningfulNames {
            // Without the clock's frequency and offset its readings cannot be converted to times.
            hasTimes = false
            if stream.clock == nil {
                let message = "expected a default clock, as fields of stream \(stream.id) are readings of it"
                faults.append(MetadataError(location: start, message: message))
            }
        }
        self.hasTimes = hasTimes
        for index in pending.indices { pending[index].class.hasTimes = hasTimes }
        layouts = pending.map {
            EventLayoutBuilder.build(
                eventClass: $0.class, contexts: $0.contexts, payload: $0.payload, headerAlignment: alignment)
        }
        header = eventHeader
        id = stream.id
        self.packet = packet
        savedCount = compiler.savedCount
        baseCount = layouts.map(\.segments.count).max() ?? 1
        clock =
            declared ?? (metadata.hasMeaningfulNames ? metadata.clocks.first : nil) ?? .nanoseconds
        conversion = ClockConversion(clock)

        let dense = layouts.filter { $0.eventClass.id < Self.denseIDs }
        sparse = Dictionary(
            layouts.filter { $0.eventClass.id >= Self.denseIDs }.map { ($0.eventClass.id, $0) },
            uniquingKeysWith: { $1 })
        let count = Int((dense.map(\.eventClass.id).max() ?? 0) + 1)
        let events = UnsafeMutablePointer<UnsafeMutablePointer<EventLayout.Table>?>.allocate(capacity: count)
        events.initialize(repeating: nil, count: count)
        for layout in dense { events[Int(layout.eventClass.id)] = layout.table }
        // Events that do not say what they are, are of the only class.
        if !roles.contains(.eventID), let only = layouts.first { events[0] = only.table }
        let quick = UnsafeMutablePointer<HeaderLayout.Quick>.allocate(capacity: 1)
        quick.initialize(to: headerLayout.quick)
        table = .allocate(capacity: 1)
        table.initialize(
            to: Table(
                header: headerLayout, quick: quick, conversion: conversion, events: events, eventCount: UInt64(count),
                owner: .passUnretained(self)))
    }

    deinit {
        table.pointee.events.deallocate()
        table.pointee.quick.deallocate()
        table.deallocate()
    }
}
