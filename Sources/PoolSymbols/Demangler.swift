import Glibc

@_silgen_name("swift_demangle")
private func swiftDemangle(
    _ name: UnsafePointer<CChar>?, _ length: Int, _ output: UnsafeMutablePointer<CChar>?,
    _ outputSize: UnsafeMutablePointer<Int>?, _ flags: UInt32
) -> UnsafeMutablePointer<CChar>?

/// The Swift runtime's demangler.
enum Demangler {
    /// The declaration that a linker's name stands for; `nil` if it is not one of Swift's.
    static func declaration(_ name: String) -> String? {
        guard name.hasPrefix("$s") || name.hasPrefix("$S") || name.hasPrefix("_T0") || name.hasPrefix("$e") else {
            return nil
        }
        return name.withCString { text -> String? in
            guard let result = swiftDemangle(text, strlen(text), nil, nil, 0) else { return nil }
            defer { free(result) }
            let declaration = String(cString: result)
            return declaration == name ? nil : declaration
        }
    }
}
