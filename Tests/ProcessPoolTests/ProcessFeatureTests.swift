import TestSupport
import Testing

/// What a pool of processes can do, in every mode; each program runs as a child, since a process has one mode.
@Suite("Features of process pools")
struct ProcessFeatureTests {
    static let features: [Feature] = [
        Feature(
            name: "apply",
            lines: [
                "49", "Broken(part: 3) main.2", #"pool "applied" is still open; call close() before join()"#,
                #"pool "applied" is closed and accepts no more tasks"#,
            ]),
        Feature(name: "scope", lines: ["285 0", "Broken(part: 9) 0"]),
        Feature(name: "async scope", lines: ["285 0", "25", "Broken(part: 9) 0"]),
        Feature(
            name: "submitMap",
            lines: [
                "332833500", "[]", "Broken(part: 3) main.3[3]", #"["main.4[3]", "main.4[8]"]"#, "true main.5",
                #"pool "maps" is closed and accepts no more tasks"#,
            ]),
        Feature(name: "submitMap cancelled", lines: ["false", "CancellationError true"], isBeforeTasks: true),
        Feature(name: "imap", lines: ["Broken(part: 3)", "Broken(part: 8)", "44", "[9, 1, 4]"]),
        Feature(name: "imapUnordered", lines: ["300", "[0, 1]"]),
        Feature(name: "imap with a timeout", lines: ["timeout", "0", "1", "2"]),
        Feature(name: "priorities", lines: ["true", "true", "high normal low"], isBeforeTasks: true),
        Feature(
            name: "coders that throw",
            lines: [
                // What throws in the worker crosses by name, if it cannot as it is.
                "input decoded: Broken(part: 11) Broken", "input decoded: Opaque(part: 12) RemoteError",
                "input encoded: Broken(part: 11) Broken", "input encoded: Opaque(part: 12) Opaque",
                "output decoded: Broken(part: 11) Broken", "output decoded: Opaque(part: 12) Opaque",
                "output encoded: Broken(part: 11) Broken", "output encoded: Opaque(part: 12) RemoteError",
                #"["[1]", "[3]"]"#, #"["[1]", "[3]"]"#, #"["[1]", "[3]"]"#, "true", "true",
            ]),
        Feature(name: "inputs released", lines: ["[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]),
        Feature(name: "pool in a worker", lines: ["[14, 285]", "0"]),
        Feature(name: "closed early", lines: ["[0, 1, 4, 9, 16, 25]", "1770"]),
        Feature(name: "nothing to map", lines: ["[] []", "[] []"]),
        Feature(name: "callbacks", lines: ["[4, 144]", #"["failed Broken(part: 3)", "succeeded 144"]"#]),
    ]

    @Test("A feature gives the same results in every mode", arguments: features)
    func feature(_ feature: Feature) async throws { try await feature.check(in: "process-cases") }
}
