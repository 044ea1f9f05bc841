internal import CTF
internal import PoolModel

/// Prints the events of traces in order of time, on several threads.
///
/// Threads decode and print one stream each into pieces; one thread then puts the finished lines in order, which costs
/// a comparison a level of a tournament and a copy. So what takes longest, the printing, needs no order, and memory
/// that is mapped for a stream belongs to one thread at a time.
struct OrderedLines: Sendable {
    /// Of all pieces together, two a stream: what one processor's cache holds.
    private static let memory = 2 << 20
    /// Small enough that a piece is still in the processor's cache when its lines are put in order.
    private static let pieceSizes = 8 << 10...64 << 10
    /// Written at once.
    private static let writeSize = 256 << 10

    private let format: EventFormat
    nonisolated(unsafe) private let cursors: [StreamCursor]
    private let pieceSize: Int
    private let spares = Guarded<[Piece]>([])

    /// - Parameter cursors: Used by nobody else until `write` has returned.
    init(_ cursors: [StreamCursor], format: EventFormat) {
        self.cursors = cursors
        self.format = format
        let share = Self.memory / max(1, cursors.count * 2)
        pieceSize = min(max(share, Self.pieceSizes.lowerBound), Self.pieceSizes.upperBound)
    }

    /// Hands over all lines in order, in large parts.
    ///
    /// - Parameter threads: How many work beside the caller's.
    func write(threads: Int, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        let workers = StreamWorkers<Piece>(streams: cursors.count) { self.make($0) }
        let helpers = Threads(threads) { workers.work() }
        let result = Result { try merge(workers, to: sink) }
        workers.end()
        helpers.join()
        try result.get()
    }

    private func merge(_ workers: StreamWorkers<Piece>, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        let places = UnsafeMutablePointer<Place>.allocate(capacity: cursors.count)
        for stream in cursors.indices {
            (places + stream).initialize(to: Place(workers.take(stream)))
            if !places[stream].piece.isLast { workers.want(stream) }
        }
        defer {
            places.deinitialize(count: cursors.count)
            places.deallocate()
        }
        var tree = MergeTree(times: cursors.indices.map { places[$0].time })
        var output = ByteBuffer(capacity: Self.writeSize * 2)
        while tree.winner < cursors.count {
            let stream = tree.winner
            // All lines that come before any other stream's are one copy.
            places[stream].pass(before: tree)
            places[stream].copy(to: &output)
            if output.count >= Self.writeSize {
                try sink(output.bytes)
                output.removeAll()
            }
            if places[stream].isEnded, !places[stream].piece.isLast {
                let done = places[stream].piece
                places[stream] = Place(workers.take(stream))
                spares.withLock { $0.append(done) }
                if !places[stream].piece.isLast { workers.want(stream) }
            }
            tree.replay(time: places[stream].time)
        }
        try sink(output.bytes)
    }

    /// The next piece of a stream.
    private func make(_ stream: Int) -> Piece {
        let piece = spares.withLock { $0.popLast() } ?? Piece(format, capacity: pieceSize)
        piece.fill(cursors[stream], upTo: pieceSize)
        return piece
    }
}

// MARK: - Pieces

extension OrderedLines {
    /// Lines of one stream, and when each event was.
    ///
    /// It belongs to one thread at a time.
    private final class Piece: @unchecked Sendable {
        struct Line {
            var time: Int64
            /// Where it ends.
            var end: Int
        }

        /// In memory of its own: nobody else looks meanwhile, and no access needs to be checked for that.
        private let writer: UnsafeMutablePointer<EventWriter>
        private(set) var lines: UnsafeMutablePointer<Line>
        private(set) var count = 0
        private var capacity = 1024
        /// No piece comes after it.
        private(set) var isLast = false

        init(_ format: EventFormat, capacity size: Int) {
            writer = .allocate(capacity: 1)
            writer.initialize(to: EventWriter(format, capacity: size + size / 8))
            lines = .allocate(capacity: capacity)
        }

        deinit {
            writer.deinitialize(count: 1)
            writer.deallocate()
            lines.deallocate()
        }

        var bytes: UnsafePointer<UInt8> { UnsafePointer(writer.pointee.output.start) }

        func fill(_ cursor: StreamCursor, upTo size: Int) {
            let writer = writer
            var (lines, line, capacity) = (lines, 0, capacity)
            writer.pointee.output.removeAll()
            isLast = false
            while writer.pointee.output.count < size {
                guard cursor.next() else {
                    isLast = true
                    break
                }
                let event = cursor.event
                writer.pointee.write(event)
                if line == capacity {
                    let more = UnsafeMutablePointer<Line>.allocate(capacity: capacity * 2)
                    more.update(from: lines, count: line)
                    lines.deallocate()
                    (lines, capacity) = (more, capacity * 2)
                }
                lines[line] = Line(time: event.timestamp, end: writer.pointee.output.count)
                line &+= 1
            }
            (self.lines, count, self.capacity) = (lines, line, capacity)
        }
    }

    /// How far a piece has been copied.
    private struct Place {
        let piece: Piece
        private let lines: UnsafeMutablePointer<Piece.Line>
        private let count: Int
        /// The next line, and the first that has not been copied.
        private var line = 0
        private var first = 0

        init(_ piece: Piece) {
            self.piece = piece
            lines = piece.lines
            count = piece.count
        }

        var isEnded: Bool { line == count }

        /// Of the next line; nil where the piece has ended.
        var time: Int64? { isEnded ? nil : lines[line].time }

        /// Goes on by a line, and by those that stay before all other streams'.
        @inline(__always)
        mutating func pass(before tree: borrowing MergeTree) {
            line &+= 1
            while line < count, tree.isBeforeOthers(lines[line].time) { line &+= 1 }
        }

        /// Copies what was passed.
        @inline(__always)
        mutating func copy(to output: inout ByteBuffer) {
            let start = first == 0 ? 0 : lines[first &- 1].end
            let size = lines[line &- 1].end &- start
            output.reserve(size)
            output.cursor.append(UnsafeRawBufferPointer(start: piece.bytes + start, count: size))
            first = line
        }
    }
}
