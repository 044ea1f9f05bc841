/// The options that PoolTrace adds to a program's own.
enum OwnOptions {
    /// Those that stand alone, and those that a value follows.
    private static let flags = ["--serial"]
    private static let valued = ["--strategy", "--seed", "--workers", "--trace", "--only", "--replay", "--break-at"]

    /// A command line without these options and their values; what comes after `--` stays.
    static func removed(from words: [String]) -> [String] {
        var kept: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" { return kept + [word] + rest }
            if flags.contains(word) { continue }
            if valued.contains(word) {
                _ = rest.popFirst()
                continue
            }
            if (flags + valued).contains(where: { word.hasPrefix($0 + "=") }) { continue }
            kept.append(word)
        }
        return kept
    }
}
