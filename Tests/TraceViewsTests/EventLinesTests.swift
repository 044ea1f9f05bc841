import CTF
import Foundation
import Testing

@testable import TraceViews

@Suite("Lines of events")
struct EventLinesTests {
    private static func set() throws -> TraceSet {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").path
        return try TraceSet(paths: ["\(root)/traces/failures-ring"], live: false)
    }

    private static func text(_ write: ((UnsafeRawBufferPointer) -> Void) throws -> Void) rethrows -> String {
        var bytes: [UInt8] = []
        try write { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func text(_ document: some Document) -> String {
        var bytes: [UInt8] = []
        document.writeText(on: Screen(width: 80), to: { bytes += $0 })
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [false, true], [false, true])
    func `Those of streams side by side are those in order`(isJSON: Bool, times: Bool) throws {
        let set = try Self.set()
        let lines = EventLines(set, json: isJSON, times: times)
        nonisolated(unsafe) let streams = set.makeStreamCursors(from: nil, to: nil)
        let parallel = try Self.text { try lines.write(streams, to: $0) }
        let cursor = set.makeCursor(from: nil, to: nil, isStrict: true)
        let serial = try Self.text { try lines.write(cursor, to: $0) }
        #expect(parallel == serial && parallel.contains("task_submit"))
    }

    @Test func `A summary is the same whether streams are read side by side or in order`() throws {
        let set = try Self.set()
        nonisolated(unsafe) let streams = set.makeStreamCursors(from: nil, to: nil)
        let parallel = Self.text(EventSummary.read(set, streams))
        #expect(parallel == Self.text(EventSummary.read(set, set.makeCursor(from: nil, to: nil, isStrict: true))))
        #expect(parallel.contains("\ntotal: "))
    }
}
