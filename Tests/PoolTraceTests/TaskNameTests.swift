import Foundation
import TestSupport
import Testing

@Suite("A task's name")
struct TaskNameTests {
    /// What the compiler says of a program that uses the library.
    private func compile(_ body: String, in folder: TemporaryDirectory) async throws -> ChildResult {
        let products = try BuiltProduct.folder
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path
        let manager = FileManager.default
        var arguments = ["-typecheck", "-I", "\(products)/Modules"]
        for target in try manager.contentsOfDirectory(atPath: "\(root)/Sources") where target.hasPrefix("C") {
            arguments += ["-Xcc", "-I\(root)/Sources/\(target)/include"]
        }
        for build in try manager.contentsOfDirectory(atPath: products) where build.hasSuffix(".build") {
            let map = "\(products)/\(build)/module.modulemap"
            if manager.fileExists(atPath: map) { arguments += ["-Xcc", "-fmodule-map-file=\(map)"] }
        }
        let program = try folder.write("import PoolTrace\nlet pool = try ThreadPool()\n\(body)\n", to: "main.swift")
        return try await Child.run("swiftc", arguments + [program])
    }

    @Test("may be a literal; one that is a String does not compile, and the compiler shows the right call")
    func names() async throws {
        try await withTemporaryDirectory { folder in
            let literals = try await compile(
                """
                pool.execute(name: "a") {}
                pool.submit(name: "b") {}
                pool.submit(name: "c", input: 1) { print($0) }
                _ = try pool.map([1], name: "d") { $0 + 1 }
                """, in: folder)
            #expect(literals.succeeded, "\(literals)")
            for call in [
                "pool.execute(name: text) {}", "pool.submit(name: text) {}",
                "pool.submit(name: text, input: 1) { print($0) }", "_ = try pool.map([1], name: text) { $0 + 1 }",
            ] {
                let result = try await compile("let text = String(pool.workers)\n\(call)", in: folder)
                #expect(!result.succeeded && result.error.contains("TaskName(name)"), "\(call): \(result)")
            }
        }
    }
}
