/// Two accesses to one place in memory, of two tasks, with nothing that orders them, as ThreadSanitizer has found them.
public struct Race: Sendable, Equatable {
    /// What an access does, as bits: the same in the process and in its trace.
    public struct Access: OptionSet, Sendable, Hashable {
        /// Its bits.
        public let rawValue: UInt8
        /// Creates one from its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// It writes; else it reads.
        public static let write = Access(rawValue: 1)
        /// It is an atomic operation, which races with a plain access.
        public static let atomic = Access(rawValue: 2)
        /// It is a use of a variable or collection of Swift's, by a function of the standard library's or a setter: how
        /// much memory is unknown.
        public static let variable = Access(rawValue: 4)

        /// What it is doing: `writes`.
        var present: String {
            if contains(.variable) { return contains(.write) ? "changes" : "uses" }
            return (contains(.atomic) ? "atomically " : "") + (contains(.write) ? "writes" : "reads")
        }

        /// What it did: `wrote`.
        var past: String {
            if contains(.variable) { return contains(.write) ? "changed" : "used" }
            return (contains(.atomic) ? "atomically " : "") + (contains(.write) ? "wrote" : "read")
        }
    }

    /// What the task does whose failure this is.
    public var access: Access
    /// What the other one does.
    public var otherAccess: Access
    /// Whether the other one was first, in this run.
    public var isOtherFirst: Bool
    /// The other task's path, as text: `main` outside of every task.
    public var path: String
    /// The other task's name, if it had one.
    public var name: String?
    /// Where the other task was submitted; unknown for main and for threads.
    public var site: Site
    /// The tasks above the other one, nearest first, without the root.
    public var ancestors: [Failure.Ancestor]
    /// What the other task was working on, as text, cut.
    public var input: String?
    /// Where the other access is, innermost first.
    public var frames: [Failure.Frame]
    /// How many bytes the access is to, and where they lie: a part of `bytes` of memory of this kind, from `offset` on.
    public var memory: Memory
    /// Where that memory was allocated, innermost first.
    public var allocation: [Failure.Frame]

    /// A place in memory.
    public struct Memory: Sendable, Equatable {
        /// How many bytes the access is to.
        public var size: UInt64
        /// `heap`, `global`, `stack`; empty if that is unknown.
        public var kind: String
        /// How many bytes the block or the variable has.
        public var bytes: UInt64
        /// Where in it the access is.
        public var offset: UInt64

        /// Creates a place.
        public init(size: UInt64, kind: String, bytes: UInt64, offset: UInt64) {
            (self.size, self.kind, self.bytes, self.offset) = (size, kind, bytes, offset)
        }
    }

    /// Creates a race.
    public init(
        access: Access, otherAccess: Access, isOtherFirst: Bool, path: String, name: String?, site: Site,
        ancestors: [Failure.Ancestor] = [], input: String?, frames: [Failure.Frame], memory: Memory,
        allocation: [Failure.Frame]
    ) {
        (self.access, self.otherAccess, self.isOtherFirst) = (access, otherAccess, isOtherFirst)
        (self.path, self.name, self.site, self.ancestors, self.input) = (path, name, site, ancestors, input)
        (self.frames, self.memory, self.allocation) = (frames, memory, allocation)
    }

    /// What a failure's type is called for a race.
    public static let type = "data race"

    /// What the failure says of itself.
    public var message: String {
        let other = path + (name.map { " \"\($0)\"" } ?? "")
        let place = frames.first.map { $0.file.isEmpty ? " in \($0.function)" : " at \($0.file):\($0.line)" } ?? ""
        return isOtherFirst
            ? "it \(access.present) what \(other) \(otherAccess.past)\(place), and nothing orders the two"
            : "\(other) \(otherAccess.present) what it \(access.past)\(place), and nothing orders the two"
    }

    /// What a report says of the other task, in a line.
    var otherTask: String {
        let name = name.map { " \"\(TerminalText.escape($0))\"" } ?? ""
        let input = input.map { ", input \(TerminalText.escape($0))," } ?? ""
        return TerminalText.escape(path) + name + input
    }

    /// Where the memory lies; nothing if that is unknown.
    var memoryText: String? {
        let part = access.contains(.variable) ? "" : "\(memory.size) \(memory.size == 1 ? "byte" : "bytes")"
        let place: String
        switch memory.kind {
        case "heap": place = "an object or a buffer of \(memory.bytes) bytes"
        case "global": place = "a global variable of \(memory.bytes) bytes"
        case "stack": place = "a stack"
        default: return part.isEmpty ? nil : part
        }
        let whole =
            part.isEmpty
            ? place : memory.kind == "stack" ? "\(part) of \(place)" : "\(part) at \(memory.offset) in \(place)"
        guard let frame = allocation.first(where: { !$0.file.isEmpty }) else { return whole }
        return "\(whole), made at \(TerminalText.escape(frame.file)):\(frame.line)"
    }
}
