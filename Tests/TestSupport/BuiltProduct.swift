import Foundation

/// What the package builds, found beside the running test bundle.
public enum BuiltProduct {
    /// The folder of the products.
    public static var folder: String {
        get throws {
            let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return (bundle as NSString).deletingLastPathComponent
        }
    }

    /// The path of an executable or a library, `pooltrace` or `libPoolTraceLTTng.so`.
    public static func path(_ name: String) throws -> String {
        let path = "\(try folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw TestSupportError("\(path) is not built; `swift build --build-tests` builds it")
        }
        return path
    }
}
