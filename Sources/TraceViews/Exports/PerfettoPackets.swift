/// The packets of one run: a sequence of their own, with their own interned names.
struct PerfettoPackets {
    private typealias Packet = PerfettoFields.TracePacket
    private typealias Event = PerfettoFields.TrackEvent
    private typealias Interned = PerfettoFields.InternedData

    enum Category: UInt64, CaseIterable {
        case task = 1, segment, wait, submit, failure, mark, span
    }

    /// What a slice is annotated with, by the name that queries use.
    enum Annotation: UInt64, CaseIterable {
        case path = 1, task, state, site, queue_wait_ns, run_time_ns, awaited_path, type, message, input, thrown, report
        case cpu_ns, ready_ns, blocked_ns
    }

    private(set) var writer: ProtobufWriter
    private let run: UInt64
    private var lastTrack: UInt64 = 0
    private var isFirst = true

    init(to writer: ProtobufWriter, run: Int) {
        self.writer = writer
        self.run = UInt64(run)
    }

    /// The same task number in two runs is two tasks.
    func flow(_ task: UInt64) -> UInt64 { task ^ (run &* 0x9E37_79B9_7F4A_7C15) }

    mutating func packet(_ fields: (inout ProtobufWriter) -> Void) {
        let flags = isFirst ? Packet.incrementalStateCleared : Packet.needsIncrementalState
        isFirst = false
        let sequence = run + 1
        writer.message(PerfettoFields.Trace.packet) { packet in
            packet.varint(Packet.trustedPacketSequenceID, sequence)
            packet.varint(Packet.sequenceFlags, flags)
            fields(&packet)
        }
        writer.flushIfFull()
    }
}

// MARK: - Tracks

extension PerfettoPackets {
    /// Adds a track and returns its number, the same in no other run.
    mutating func track(_ describe: (inout ProtobufWriter) -> Void) -> UInt64 {
        lastTrack += 1
        let uuid = (run + 1) << 32 | lastTrack
        packet { packet in
            packet.message(Packet.trackDescriptor) { descriptor in
                descriptor.varint(PerfettoFields.TrackDescriptor.uuid, uuid)
                describe(&descriptor)
            }
        }
        return uuid
    }

    /// Adds a track with a name below another.
    mutating func track(_ name: String, below parent: UInt64, isCounter: Bool = false) -> UInt64 {
        track { descriptor in
            descriptor.varint(PerfettoFields.TrackDescriptor.parentUUID, parent)
            descriptor.text(PerfettoFields.TrackDescriptor.name, name)
            if isCounter { descriptor.message(PerfettoFields.TrackDescriptor.counter) { _ in } }
        }
    }
}

// MARK: - Events

extension PerfettoPackets {
    mutating func begin(
        _ category: Category, at time: UInt64, on track: UInt64, _ fields: (inout ProtobufWriter) -> Void
    ) {
        event(Event.sliceBegin, category, at: time, on: track, fields)
    }

    mutating func moment(
        _ category: Category, at time: UInt64, on track: UInt64, _ fields: (inout ProtobufWriter) -> Void
    ) {
        event(Event.instant, category, at: time, on: track, fields)
    }

    mutating func end(at time: UInt64, on track: UInt64) {
        event(Event.sliceEnd, nil, at: time, on: track) { _ in }
    }

    mutating func count(_ count: Int, at time: UInt64, on track: UInt64) {
        event(Event.counter, nil, at: time, on: track) { $0.varint(Event.counterValue, signed: Int64(count)) }
    }

    mutating func count(_ count: Double, at time: UInt64, on track: UInt64) {
        event(Event.counter, nil, at: time, on: track) { $0.fixed64(Event.doubleCounterValue, count.bitPattern) }
    }

    private mutating func event(
        _ type: UInt64, _ category: Category?, at time: UInt64, on track: UInt64,
        _ fields: (inout ProtobufWriter) -> Void
    ) {
        packet { packet in
            packet.varint(Packet.timestamp, time)
            packet.message(Packet.trackEvent) { event in
                event.varint(Event.type, type)
                event.varint(Event.trackUUID, track)
                if let category { event.varint(Event.categoryIIDs, category.rawValue) }
                fields(&event)
            }
        }
    }
}

// MARK: - Interned names

extension PerfettoPackets {
    /// Tells the reader what the numbers of categories and annotations mean.
    mutating func internKinds() {
        packet { packet in
            packet.message(Packet.internedData) { data in
                for category in Category.allCases {
                    Self.intern(Interned.eventCategories, category.rawValue, "\(category)", in: &data)
                }
                for annotation in Annotation.allCases {
                    Self.intern(Interned.debugAnnotationNames, annotation.rawValue, "\(annotation)", in: &data)
                }
            }
        }
    }

    /// Tells the reader what the number of an event's name means.
    mutating func intern(name: String, as iid: UInt64) {
        packet { packet in
            packet.message(Packet.internedData) { data in Self.intern(Interned.eventNames, iid, name, in: &data) }
        }
    }

    private static func intern(_ field: Int, _ iid: UInt64, _ name: String, in data: inout ProtobufWriter) {
        data.message(field) { entry in
            entry.varint(Interned.iid, iid)
            entry.text(Interned.name, name)
        }
    }
}

// MARK: - Annotations

extension ProtobufWriter {
    mutating func annotate(_ name: PerfettoPackets.Annotation, _ value: String?) {
        guard let value else { return }
        message(PerfettoFields.TrackEvent.debugAnnotations) { annotation in
            annotation.varint(PerfettoFields.DebugAnnotation.nameIID, name.rawValue)
            annotation.text(PerfettoFields.DebugAnnotation.stringValue, value)
        }
    }

    mutating func annotate(_ name: PerfettoPackets.Annotation, _ value: UInt64?) {
        guard let value else { return }
        message(PerfettoFields.TrackEvent.debugAnnotations) { annotation in
            annotation.varint(PerfettoFields.DebugAnnotation.nameIID, name.rawValue)
            annotation.varint(PerfettoFields.DebugAnnotation.uintValue, value)
        }
    }
}
