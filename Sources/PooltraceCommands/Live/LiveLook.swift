internal import RingAccess
internal import TraceAnalysis

/// Looks at the rings of a running process, and reads on where the look before ended.
///
/// The process is neither stopped nor told: all that it could notice is that its memory is read. How many events a look
/// passed over is known by the packets' own counts.
struct LiveLook {
    /// What a look found.
    struct Found {
        let runs: [Run]
        /// How many events the process has emitted so far.
        let emitted: UInt64
        /// How many of those since the look before are not in `runs`.
        let passedOver: UInt64
    }

    private var rings: RingLook
    private var reader: RunReader
    /// Whether looks never start anew: a directory keeps what it has.
    private let keepsAll: Bool
    private let name: String
    private var goesOn: Bool
    private var emittedBefore: UInt64?
    /// How many bytes a look copies; the caller fits it to what a look costs.
    var budget: Int {
        get { rings.budget }
        set { rings.budget = newValue }
    }

    /// More tasks than these are not drawn anew twice a second.
    private static let maximumTasks = 20_000

    /// Looks at the rings of a process.
    init(_ rings: [(name: String, ring: any LiveRing)], name: String) {
        self.rings = RingLook(rings, source: name, keepsAll: false)
        self.name = name
        reader = RunReader(trace: name)
        keepsAll = false
        goesOn = false
    }

    /// Looks at a directory for what comes after all that a reader has read of it.
    init(_ rings: [(name: String, ring: any LiveRing)], after reader: RunReader) {
        self.rings = RingLook(rings, source: reader.trace, keepsAll: true)
        name = reader.trace
        self.reader = reader
        keepsAll = true
        goesOn = true
        emittedBefore = Self.emitted(reader.reading.runs)
    }

    /// Looks; nil if nothing has happened since.
    mutating func look() throws -> Found? {
        let before = reader
        guard let found = try rings.look(after: goesOn ? { before.position(ofStream: $0, in: $1) } : nil) else {
            return nil
        }
        if !found.goesOn { reader = RunReader(trace: name) }
        goesOn = reader.read(found.traces) || keepsAll
        let runs = reader.reading.runs
        if !keepsAll, runs.contains(where: { $0.tasks.entries.count > Self.maximumTasks }) { goesOn = false }
        let emitted = Self.emitted(runs)
        let shown = runs.reduce(0) { $0 &+ $1.loss.shown }
        let fresh = emittedBefore.map { emitted > $0 ? emitted - $0 : 0 } ?? shown
        emittedBefore = emitted
        return Found(runs: runs, emitted: emitted, passedOver: fresh > shown ? fresh - shown : 0)
    }

    private static func emitted(_ runs: [Run]) -> UInt64 { runs.reduce(0) { $0 &+ $1.loss.emitted } }
}
