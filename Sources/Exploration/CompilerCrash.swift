/// A crash of the compiler in a module that it instruments, as the output of `swift build` has it.
package struct CompilerCrash: Equatable, Sendable {
    /// The module.
    package let module: String
    /// The package that the module is of; `nil` where it is no checked out dependency.
    package let package: String?
    /// The compiler's version: `6.3.1`.
    package let version: String?
    /// Whether the compiler would have made working code, had it not checked it.
    ///
    /// In IRGen an access to a variable of type `Optional<UnsafeMutablePointer>` is reported to the sanitizer by a
    /// `bitcast` of a number to a pointer, where the language of LLVM requires an `inttoptr`. Its verifier rejects
    /// that; the code that is made of either is the same, and only a function of the sanitizer gets the value. So does
    /// Swift 6.3.1 in the module BasicContainers of swift-collections 1.6.0.
    package let isHarmless: Bool

    /// The first line of what is printed of a crash.
    static let start = "error: compile command failed due to signal"

    /// All crashes in an output, one a module.
    package static func all(in output: String) -> [CompilerCrash] {
        var crashes: [CompilerCrash] = []
        var complaints: [Substring]?
        var isBroken = false
        var arguments: Substring?
        for line in output.split(separator: "\n") {
            if line.hasPrefix(start) {
                (complaints, isBroken, arguments) = ([], false, nil)
            } else if line.contains("Broken module found") {
                isBroken = true
            } else if line.contains("error: fatal error encountered during compilation") {
                continue
            } else if line.hasPrefix("0.\tProgram arguments: ") {
                arguments = line
            } else if let words = arguments, line.hasPrefix("1.\t") {
                let isHarmless = isBroken && isHarmless(complaints ?? [])
                if let crash = CompilerCrash(arguments: words, version: line, isHarmless: isHarmless) {
                    // Several files of it are compiled at a time; the worst counts.
                    let same = crashes.firstIndex { $0.module == crash.module }
                    if let same, !isHarmless { crashes[same] = crash }
                    if same == nil { crashes.append(crash) }
                }
                (complaints, arguments) = (nil, nil)
            } else if !isBroken {
                complaints?.append(line)
            }
        }
        return crashes
    }

    /// Whether all that the verifier complains of is the cast above.
    private static func isHarmless(_ complaints: [Substring]) -> Bool {
        !complaints.isEmpty
            && complaints.allSatisfy { line in
                line == "Invalid bitcast"
                    || line.wholeMatch(of: #/ *%\w+ = bitcast i64 %\w+ to ptr(?:, !dbg !\d+)?/#) != nil
            }
    }

    private init?(arguments: Substring, version: Substring, isHarmless: Bool) {
        guard arguments.contains(" -sanitize=thread"),
            let module = arguments.firstMatch(of: #/ -module-name ([^ ]+)/#)?.output.1
        else { return nil }
        self.module = String(module)
        package = arguments.firstMatch(of: #/\/checkouts\/([^\/ ]+)\//#).map { String($0.output.1) }
        self.version = version.firstMatch(of: #/Swift version ([0-9.]+)/#).map { String($0.output.1) }
        self.isHarmless = isHarmless
    }
}

// MARK: - In words

extension CompilerCrash {
    /// The module and its package: `module BasicContainers of swift-collections`.
    package var title: String { "module \(module)" + (package.map { " of \($0)" } ?? "") }

    /// What happened, and what to do, in a sentence.
    package var sentence: String {
        let compiler = "Swift" + (version.map { " \($0)" } ?? "")
        let choice = package.map { "another version of \($0)" } ?? "another version of the compiler"
        return
            "the compiler of \(compiler) crashes when it instruments the \(title) for ThreadSanitizer, so nothing that depends on it "
            + "can be built for --races; use \(choice), or build a product that does not depend on it: "
            + "pooltrace build --product NAME"
    }
}
