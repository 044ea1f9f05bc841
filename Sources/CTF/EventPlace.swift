/// Where in the files the event is that a cursor stands at: for tests that damage traces, and know what must be kept.
package struct EventPlace {
    /// The file.
    package let file: String
    /// In bytes of the file: where the event's packet begins, where its header and context end, and where it ends.
    package let packet: (start: Int, header: Int, end: Int)
    /// In bytes of the file: where the event begins and ends; events that do not begin at a byte share bytes.
    package let range: Range<Int>
    /// The event's bytes.
    package let bytes: UnsafeRawBufferPointer
    /// Whether the packet says when it begins: the event's time does not depend on other packets.
    package let hasOwnTime: Bool
}

extension EventCursor {
    /// Where the event that it stands at is: valid as long as the event.
    package var place: EventPlace { currentReader.place }

    /// The bytes that were brought in from files: what the work that was done is measured by.
    package var bytesLoaded: Int { allReaders.reduce(0) { $0 + $1.window.bytesLoaded } }
}

extension StreamReader {
    fileprivate var place: EventPlace {
        let (first, end) = (state.pointee.eventStart >> 3, (state.pointee.position + 7) >> 3)
        return EventPlace(
            file: source.files[file].source.name,
            packet: (packetStart, packetStart + (info.headerBits + 7) / 8, nextStart),
            range: (packetStart + first)..<(packetStart + end),
            bytes: UnsafeRawBufferPointer(start: state.pointee.packet + first, count: end - first),
            hasOwnTime: info.found.time != nil)
    }
}
