import Foundation

/// A program that tests need from the system.
public enum InstalledProgram {
    /// Where the program is; an error that names the command to type where it is not.
    public static func path(_ name: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
            return "\(folder)/\(name)"
        }
        throw TestSupportError("\(name) is not installed: `tools/check/packages` installs it, or says how")
    }
}
