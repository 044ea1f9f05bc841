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
        let packetHeader = try compiler.compile(metadata.packetHeader, as: .packetHeader, location: start)
        let packetContext = try compiler.compile(stream.packetContext, as: .packetContext, location: start)
        let eventHeader = try compiler.compile(stream.eventHeader, as: .eventHeader, location: start)
        let streamContext = try compiler.compile(stream.eventContext, as: .streamEventContext, location: start)

        var pending: [(class: EventClass, contexts: [LayoutNode], payload: LayoutNode?)] = []
        for event in metadata.events where event.streamID == stream.id {
            let context: LayoutNode?
            let payload: LayoutNode?
            do throws(MetadataError) {
                context = try compiler.compile(event.context, as: .eventContext, location: event.location)
                payload = try compiler.compile(event.fields, as: .eventFields, location: event.location)
            } catch {
                faults.append(error)
                continue
            }
            pending.append(
                (
                    EventClass(
                        index: firstClassIndex + pending.count, name: event.name, id: event.id,
                        streamClassID: stream.id, logLevel: event.logLevel, fields: EventClass.fields(of: event.fields),
                        contextFields: EventClass.fields(of: stream.eventContext, event.context)),
                    [streamContext, context].compactMap { $0 }, payload
                ))
        }

        // Only now is it known which integers of the shared scopes are referred to.
        let onlyClock = metadata.clocks.count <= 1
        // A stream whose events have no time of their own has its packets'.
        let roles = Self.assignRoles(eventHeader, onlyClock: onlyClock)
        let names = roles.clocks + Self.clocks(packetContext)
        let clockName = names.first
        if let other = names.first(where: { $0 != clockName }) {
            let message = "the times of stream \(stream.id) are of two clocks, '\(clockName ?? "")' and '\(other)'"
            throw MetadataError(location: start, message: message)
        }
        if !roles.hasID, pending.count > 1 {
            let message = "expected an id in the event header, as stream \(stream.id) has \(pending.count) events"
            faults.append(MetadataError(location: start, message: message))
        }
        let headerLayout = HeaderLayout(eventHeader)
        let alignment = headerLayout.endAlignment(of: eventHeader)
        layouts = pending.map {
            EventLayoutBuilder.build(
                eventClass: $0.class, contexts: $0.contexts, payload: $0.payload, headerAlignment: alignment)
        }
        header = eventHeader
        id = stream.id
        packet = PacketLayout(header: packetHeader, context: packetContext)
        savedCount = compiler.savedCount
        baseCount = layouts.map(\.segments.count).max() ?? 1
        clock = metadata.clocks.first { $0.name == clockName } ?? metadata.clocks.first ?? .nanoseconds
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
        if !roles.hasID, let only = layouts.first { events[0] = only.table }
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

    /// The clocks that fields of a packet's context are mapped to.
    private static func clocks(_ context: LayoutNode?) -> [String] {
        guard let context, case .structure(let members) = context.kind else { return [] }
        return members.compactMap { $0.node.integer?.clock }
    }

    /// Marks a header's id and time.
    ///
    /// - Returns: The names of the clocks that times are of, and whether there is an id.
    private static func assignRoles(_ header: LayoutNode?, onlyClock: Bool) -> (clocks: [String], hasID: Bool) {
        var clocks: [String] = []
        var hasID = false
        func visit(_ node: LayoutNode, name: String) {
            switch node.kind {
            case .structure(let members): for member in members { visit(member.node, name: member.member.name) }
            case .variant(_, _, let options): for option in options { visit(option.node, name: option.name) }
            case .integer, .enumeration:
                guard let integer = node.integer else { return }
                if let mapped = integer.clock {
                    node.role = .timestamp
                    clocks.append(mapped)
                } else if name == "timestamp", onlyClock {
                    // Tracers that have one clock may leave the map out.
                    node.role = .timestamp
                } else if name == "id" {
                    node.role = .eventID
                    hasID = true
                }
            default: break
            }
        }
        if let header { visit(header, name: "") }
        return (clocks, hasID)
    }
}
