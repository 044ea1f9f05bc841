import Foundation
import TestSupport
import Testing

@testable import CTF

@Suite("Traces in CTF 2")
struct CTF2TraceTests {
    /// Where the samples of this folder's tests are, and where those that the whole repository keeps.
    static let samples = StoredTraces.samples
    private static let stored = StoredTraces.all

    /// An event with all that a reader can ask for.
    private struct Seen: Equatable {
        var name: String
        var timestamp: Int64
        var ticks: UInt64
        var stream: Int
        var fields: [Value.Member]
    }

    private static func events(_ path: String) throws -> (events: [Seen], accounts: [StreamAccount]) {
        var seen: [Seen] = []
        let cursor = try TraceSet(paths: [path]).forEach { event in
            let type = event.eventClass
            let fields = (type.contextFields + type.fields).enumerated().map { position, field in
                Value.Member(name: field.name, value: event.fields.value(position))
            }
            seen.append(
                Seen(
                    name: event.name, timestamp: event.timestamp, ticks: event.ticks, stream: event.streamIndex,
                    fields: fields))
        }
        #expect(cursor.problems.isEmpty, "\(path): \(cursor.problems)")
        return (seen, cursor.accounts)
    }

    @Test("The same program recorded by LTTng 2.16 in both formats has the same events")
    func twins() throws {
        let (one, other) = (
            try Self.events(Self.samples + "/fields-lttng").events,
            try Self.events(Self.samples + "/fields-lttng-ctf2").events
        )
        #expect(one.count == 100 && other.count == 100)
        func comparable(_ events: [Seen]) -> [[Value.Member]] {
            events.map { event in event.fields.filter { $0.name != "vtid" } }
        }
        #expect(comparable(one) == comparable(other))
        #expect(one.map(\.name) == other.map(\.name) && other.allSatisfy { $0.name == "demo:all" })
        // As babeltrace2 2.1.2 has it.
        #expect(other.first?.timestamp == 1_796_018_305_482_301_143)
    }

    @Test("A run of jsoncheck that LTTng 2.16 recorded in CTF 2 has its events")
    func run() throws {
        let events = try Self.events(Self.samples + "/jsoncheck-lttng-ctf2").events
        // So many does babeltrace2 2.1.2 print.
        #expect(events.count == 75 && events.first?.name == "pooltrace:process_start")
        #expect(events.count { $0.name == "pooltrace:task_error" } == 1)
        let names = events.first?.fields.map(\.name) ?? []
        #expect(names.contains("executable") && names.contains("format_version"))
    }

    static var translatable: [String] { stored.filter { !$0.hasSuffix("-ctf2") } }

    @Test("Every stored trace has the same events when its metadata is translated into CTF 2", arguments: translatable)
    func translated(_ path: String) async throws {
        try await withTemporaryDirectory { folder in
            let copy = folder.path("trace")
            try StoredTraces.copy(path, to: copy)
            let (one, other) = (try Self.events(path), try Self.events(copy))
            #expect(!one.events.isEmpty && one.events == other.events)
            for (one, other) in zip(one.accounts, other.accounts) {
                #expect(one.lastPacket == other.lastPacket && one.eventsDiscarded == other.eventsDiscarded)
                #expect(one.packetsLost == other.packetsLost && one.packetsRead == other.packetsRead)
            }
        }
    }
}
