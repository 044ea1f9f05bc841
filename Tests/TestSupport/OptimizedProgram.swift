import Foundation

/// A program of `Tests/Programs` as it is shipped: built by the compiler's own optimization, from its sources and the
/// objects that the package made for the tests.
public enum OptimizedProgram {
    /// Builds a program; takes some seconds.
    ///
    /// - Parameters:
    ///   - name: The folder below `Tests/Programs`, which is the product's name too.
    ///   - path: Where to put it, in a folder that is removed: the compiler leaves more in there.
    ///   - cModules: The targets in C whose modules its own sources, and what they import, see.
    ///   - more: Further options of the compiler.
    public static func build(
        _ name: String, at path: String, cModules: [String], options more: [String] = []
    ) async throws {
        let products = try BuiltProduct.folder
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let module = name.replacing("-", with: "_")
        // What the package links this program from, less the program itself.
        let list = "\(products)/\(name).product/Objects.LinkFileList"
        let objects = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: "'\""))
        }.filter { !$0.contains("/\(module).build/") }
        guard objects.contains(where: { $0.hasSuffix(".c.o") }) else {
            throw TestSupportError("\(list) names no objects of the package")
        }
        var includes: [String] = []
        for target in cModules {
            includes += ["-Xcc", "-I\(package)/Sources/\(target)/include"]
            let map = "\(products)/\(target).build/module.modulemap"
            if FileManager.default.fileExists(atPath: map) { includes += ["-Xcc", "-fmodule-map-file=\(map)"] }
        }
        let folder = "\(package)/Tests/Programs/\(name)"
        let sources = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
            .sorted().map { "\(folder)/\($0)" }
        // The options that the package manager gives a release build.
        let options = [
            "-O", "-g", "-wmo", "-swift-version", "6", "-Xcc", "-fno-omit-frame-pointer", "-module-name", module,
            "-I", "\(products)/Modules",
        ]
        _ = try await Child.run(
            try InstalledProgram.path("swiftc"), options + more + sources + includes + objects + ["-o", path],
            in: (path as NSString).deletingLastPathComponent, limit: .seconds(240)
        ).requireSuccess()
    }
}
