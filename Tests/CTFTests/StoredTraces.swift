import Foundation

@testable import CTF

/// The traces that the repository keeps.
enum StoredTraces {
    /// The folder of those of this target.
    static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Samples").path
    /// The folder of those of all versions of PoolTrace.
    static let released = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 1...3 { url.deleteLastPathComponent() }
        return url.appending(path: "traces").path
    }()

    /// Copies a trace, with metadata of CTF 1.8 translated into CTF 2.
    static func copy(_ path: String, to copy: String) throws {
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        for case let file as String in FileManager.default.enumerator(atPath: copy) ?? .init()
        where file.hasSuffix("metadata") {
            let url = URL(fileURLWithPath: copy + "/" + file)
            let bytes = Array(try Data(contentsOf: url))
            guard !FragmentBuilder.reads(bytes) else { continue }
            let metadata = try MetadataFile.read(file, bytes).metadata
            try Data(CTF2Speller.spell(metadata, seed: UInt64(path.count), hasSeparators: true).utf8).write(to: url)
        }
    }

    /// All of them.
    static let all = [released, samples].flatMap { folder in
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { !$0.hasSuffix(".md") }.sorted().map { "\(folder)/\($0)" }
    }
}
