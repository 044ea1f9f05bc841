/// What an executable file says of its relation to Swift's runtime and to PoolTrace, before it is run.
public struct ProgramFile: Sendable {
    /// The libraries that it asks the loader for, by name.
    public let needs: [String]
    /// Whether it has Swift code in it.
    public let isSwift: Bool
    /// Whether it is linked with PoolTrace.
    public let hasPoolTrace: Bool
    /// Whether ThreadSanitizer watches it.
    public let isSanitized: Bool
    /// The directories in which the loader looks for the libraries first, as the file has them: `$ORIGIN` is its own.
    public let libraryFolders: [String]
    /// Whether it is linked with PoolTraceRuntime, and takes its own async tasks over.
    public let hasRuntime: Bool

    /// Reads a file; `nil` if it is no executable or library of this platform.
    public init?(path: String) {
        guard let file = MappedFile(path: path), let image = ELFImage(file) else { return nil }
        needs = Self.texts(image, tag: 1)
        // DT_RUNPATH, or the older DT_RPATH.
        libraryFolders = (Self.texts(image, tag: 29) + Self.texts(image, tag: 15)).flatMap {
            $0.split(separator: ":").map(String.init)
        }
        isSwift =
            !image.section("swift5_protocol_conformances").isAtEnd || !image.section("swift5_type_metadata").isAtEnd
        isSanitized = Self.isSanitized(image)
        let notes = Self.notes(image.section(".note.pooltrace"))
        hasPoolTrace = !notes.isEmpty
        hasRuntime = notes.contains(2)
    }

    /// Whether it carries Swift's runtime itself, which nothing that is preloaded can reach.
    public var hasStaticRuntime: Bool { isSwift && !needs.contains("libswiftCore.so") }

    /// Whether it uses Swift's runtime for async tasks as a library.
    public var needsConcurrency: Bool { needs.contains("libswift_Concurrency.so") }

    /// The library with ThreadSanitizer's runtime that it needs; `nil` if it has none, or the runtime in itself.
    public var sanitizerLibrary: String? { needs.first { $0.hasPrefix("libclang_rt.tsan") } }

    /// The texts of all entries of a kind in the table for the loader.
    private static func texts(_ image: ELFImage, tag wanted: UInt64) -> [String] {
        var dynamic = image.section(".dynamic")
        let texts = image.section(".dynstr")
        var names: [String] = []
        while !dynamic.isAtEnd, !dynamic.failed {
            let (tag, value) = (dynamic.u64(), dynamic.u64())
            guard tag != 0 else { break }
            guard tag == wanted else { continue }
            var name = texts
            name.seek(value)
            names.append(name.text())
        }
        return names
    }

    private static func isSanitized(_ image: ELFImage) -> Bool {
        var texts = image.section(".dynstr")
        while !texts.isAtEnd, !texts.failed { if texts.text() == "__tsan_init" { return true } }
        return false
    }

    /// The types of the notes that PoolTrace's own parts leave in what they are linked into.
    private static func notes(_ section: ByteCursor) -> [UInt32] {
        var section = section
        var types: [UInt32] = []
        while !section.isAtEnd, !section.failed {
            let (name, size, type) = (section.u32(), section.u32(), section.u32())
            section.skip((UInt64(name) + 3) & ~3)
            section.skip((UInt64(size) + 3) & ~3)
            if !section.failed { types.append(type) }
        }
        return types
    }
}
