import CEventTable
import Foundation
import TestSupport

/// A copy of a stored ring, which a test may change as its process would.
struct StoredRing {
    let directory: TemporaryDirectory
    var path: String { directory.path("ring") }

    init(_ name: String, into directory: TemporaryDirectory) throws {
        self.directory = directory
        try Self.copy(name, to: directory.path("ring"))
    }

    /// Copies a stored ring.
    static func copy(_ name: String, to path: String) throws {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 1...3 { url.deleteLastPathComponent() }
        try FileManager.default.copyItem(atPath: url.appending(path: "traces/\(name)").path, toPath: path)
    }

    /// The slots, with what their packets say of themselves.
    func headers() throws -> [String: pooltrace_packet] {
        var headers: [String: pooltrace_packet] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasPrefix("packet-") {
            headers[name] = try bytes(name).withUnsafeBytes { $0.loadUnaligned(as: pooltrace_packet.self) }
        }
        return headers
    }

    /// Changes what a packet says of itself.
    func change(_ name: String, _ body: (inout pooltrace_packet) -> Void) throws {
        var bytes = try bytes(name)
        var header = bytes.withUnsafeBytes { $0.loadUnaligned(as: pooltrace_packet.self) }
        body(&header)
        withUnsafeBytes(of: header) { bytes.replaceSubrange(0..<$0.count, with: $0) }
        try directory.write(bytes, to: "ring/\(name)")
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }
}
