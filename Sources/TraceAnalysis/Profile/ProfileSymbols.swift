internal import PoolModel
internal import PoolSymbols

/// What the stacks of a run's samples mean, from the files that the program was made of; each address is looked up
/// once.
final class ProfileSymbols {
    private let stacks: [[UInt64]]
    private let sites: CallSites
    /// The files of modules that are not there any more, or are others by now: nothing is known of their functions.
    private(set) var lostModules: Set<String> = []
    private var known: [UInt64: [SymbolFrame]] = [:]
    /// By the place of a stack: its frames, the task's first.
    private var meanings: [Int: [SymbolFrame]] = [:]

    init(_ run: Run) {
        stacks = run.samples.stacks
        var sites = CallSites()
        sites.modules = run.modules
        self.sites = sites
    }

    /// The functions of a stack, the task's first.
    func frames(ofStack place: Int) -> [Profile.Frame] { meaning(of: place).map(Profile.Frame.init) }

    /// The place among `frames(ofStack:)` of the function whose time it is: the innermost one.
    ///
    /// A thread is blocked in a
    /// function of the system's; there it is the innermost one that the program has lines of.
    func own(ofStack place: Int, _ aspect: Profile.Aspect) -> Int? {
        let frames = meaning(of: place)
        guard aspect == .blocked else { return frames.indices.last }
        return frames.lastIndex { $0.line > 0 && !Self.isSwift($0) && !OwnFrames.contains($0) } ?? frames.indices.last
    }

    /// Whether a function is of Swift's own, which the compiler may have put into the program.
    private static func isSwift(_ frame: SymbolFrame) -> Bool {
        frame.file.hasPrefix("<") || frame.file.contains("/stdlib/public/")
            || ["Swift", "Synchronization", "_Concurrency", "Foundation", "FoundationEssentials", "Dispatch", "Glibc"]
                .contains(frame.swiftModule)
    }

    private func meaning(of place: Int) -> [SymbolFrame] {
        if let known = meanings[place] { return known }
        let frames = Array(stacks[place].flatMap(symbols).reversed())
        // What calls the body, and what runs it.
        let first = frames.firstIndex { !OwnFrames.contains($0) && !Self.isRuntime($0) } ?? 0
        let meaning = Array(frames[first...])
        meanings[place] = meaning
        return meaning
    }

    /// Whether it is what the runtime ends an async task by, in whose place a task's callers begin.
    private static func isRuntime(_ frame: SymbolFrame) -> Bool {
        frame.swiftModule.isEmpty && frame.file.isEmpty && frame.module.hasPrefix("libswift_Concurrency")
    }

    private func symbols(at address: UInt64) -> [SymbolFrame] {
        if let known = known[address] { return known }
        var frames = sites.frames(at: address) ?? []
        if let path = sites.lostModule(at: address) {
            // The code that the kernel adds to each process has no file.
            if path.hasPrefix("/") { lostModules.insert(path) }
            let name = path.split(separator: "/").last.map(String.init) ?? path
            frames = [SymbolFrame(function: "\(name)+0x0", file: "", line: 0, module: name)]
        } else if frames.isEmpty, !sites.hasModule(at: address) {
            frames = [SymbolFrame(function: "unknown code", file: "", line: 0, module: "")]
        }
        known[address] = frames
        return frames
    }
}

extension Profile.Frame {
    /// A function; one of a file without symbols goes by the file's name.
    init(_ frame: SymbolFrame) {
        let isNamed = !frame.function.hasPrefix("\(frame.module)+0x")
        self.init(
            function: isNamed ? frame.function : "a function of \(frame.module)", file: frame.file, line: frame.line,
            module: frame.module)
    }
}
