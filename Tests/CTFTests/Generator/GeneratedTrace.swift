import Foundation

@testable import CTF

/// A random trace, made from a seed: its metadata, its stream files, and what a reader has to find in them.
struct GeneratedTrace {
    struct Scope {
        var name: String
        var type: GeneratedType
        var members: [Value.Member]
    }

    struct Event {
        var name: String
        /// The clock's full reading; 0 where the trace has no clock.
        var ticks: UInt64
        /// The scopes that it has, in order: the stream's event context, its own, its fields.
        var scopes: [Scope]
        /// Where it ends, in bits from its packet's start.
        var end: Int
    }

    struct Packet {
        /// In its file, in bytes.
        var offset: Int
        var size: Int
        /// Where header and context end, in bits from the packet's start.
        var headerBits: Int
        /// What its context says of losses, where it does.
        var sequence: UInt64?
        var discarded: UInt64?
        var events: [Event]
    }

    struct File {
        var name: String
        var streamID: UInt64
        /// Nil where packets do not say it: the file is a stream of its own.
        var instance: UInt64?
        var packets: [Packet] = []
        var bytes: [UInt8] = []
    }

    /// Of the format.
    enum Version {
        case one, two
        /// CTF 2 without what babeltrace2 2.1.2 does not have, or reads in another way than the specification.
        ///
        /// It has no more than 64 bits, no floating-point numbers of 16, no blobs and no texts in UTF-16 or UTF-32 that
        /// are empty, and no texts that are not whole. It takes booleans of optional fields the other way round,
        /// negative selectors for positive ones, and adds up times of variable length. Several labels of a value it
        /// prints in any order.
        case twoOfBabeltrace
    }

    let seed: UInt64
    let version: Version
    let metadata: [UInt8]
    /// The text in the metadata, without packets.
    let metadataText: String
    let files: [File]
    let hasClock: Bool

    /// Makes the trace of a seed: the same each time.
    ///
    /// - Parameter version: The version of the format, each with all that it has.
    init(seed: UInt64, version: Version = .one) {
        var builder = TraceBuilder(seed: seed, version: version)
        builder.build()
        self.seed = seed
        self.version = version
        metadataText = builder.text
        metadata = builder.metadata
        files = builder.files
        hasClock = builder.hasClock
    }

    /// Writes it into a folder, which is made.
    func write(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(metadata).write(to: URL(fileURLWithPath: folder + "/metadata"))
        for file in files { try Data(file.bytes).write(to: URL(fileURLWithPath: folder + "/" + file.name)) }
    }
}
