import Foundation

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

    /// All of them.
    static let all = [released, samples].flatMap { folder in
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { !$0.hasSuffix(".md") }.sorted().map { "\(folder)/\($0)" }
    }
}
