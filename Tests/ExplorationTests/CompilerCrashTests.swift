import Exploration
import Testing

@Suite("Crashes of the compiler in what swift build prints")
struct CompilerCrashTests {
    /// What Swift 6.3.1 prints of swift-collections 1.6.0, with shorter command lines and stacks.
    private static let collections = """
        [69/74] Compiling ContainersPreview MutableContainer.swift
        [70/122] Emitting module BasicContainers
        error: compile command failed due to signal 6 (use -v to see invocation)
        Invalid bitcast
          %14 = bitcast i64 %1 to ptr, !dbg !86
        Invalid bitcast
          %14 = bitcast i64 %1 to ptr, !dbg !89
        <unknown>:0: error: fatal error encountered during compilation; please submit a bug report
        <unknown>:0: note: Broken module found, compilation aborted!
        Please submit a bug report (https://swift.org/contributing/#reporting-bugs) and include the crash backtrace.
        Stack dump:
        0.\tProgram arguments: /opt/swift/usr/bin/swift-frontend -frontend -c -primary-file \
        /home/me/app/.build-races/checkouts/swift-collections/Sources/BasicContainers/HashTable/_HTable+Bitmap.swift \
        -target x86_64-unknown-linux-gnu -Onone -sanitize=thread -module-name BasicContainers -o _HTable+Bitmap.swift.o
        1.\tSwift version 6.3.1 (swift-6.3.1-RELEASE)
        2.\tCompiling with the current language version
        3.\tRunning pass "verify" on module "BasicContainers.build/_HTable+Bitmap.swift.o"
         #0 0x000055fb191ff738 llvm::sys::PrintStackTrace(llvm::raw_ostream&, int) (/opt/swift/usr/bin/swift-frontend+0x72e7738)
        """

    @Test("The module is named with its package, and the code that the verifier alone rejects does no harm")
    func collections() throws {
        let crashes = CompilerCrash.all(in: Self.collections)
        let crash = try #require(crashes.first)
        #expect(crashes.count == 1 && crash.isHarmless)
        #expect(crash.title == "module BasicContainers of swift-collections" && crash.version == "6.3.1")
        #expect(
            crash.sentence == """
                the compiler of Swift 6.3.1 crashes when it instruments the module BasicContainers of swift-collections for \
                ThreadSanitizer, so nothing that depends on it can be built for --races; use another version of swift-collections, \
                or build a product that does not depend on it: pooltrace build --product NAME
                """)
    }

    @Test(
        "Code that is broken in another way is not used",
        arguments: [
            ("  %14 = bitcast i64 %1 to ptr, !dbg !89", "  %14 = bitcast i32 %1 to ptr, !dbg !89"),
            ("  %14 = bitcast i64 %1 to ptr, !dbg !89", "  call void @one(i64 %1)"),
            ("<unknown>:0: note: Broken module found, compilation aborted!\n", ""),
            ("Invalid bitcast\n  %14 = bitcast i64 %1 to ptr, !dbg !86", "Assertion failed"),
        ])
    func other(said: String, instead: String) throws {
        let output = Self.collections.replacing(said, with: instead)
        #expect(output != Self.collections)
        let crash = try #require(CompilerCrash.all(in: output).first)
        #expect(!crash.isHarmless && crash.module == "BasicContainers")
    }

    @Test("A module of which one part is broken in another way is broken, and each module is named once")
    func several() {
        let segment = Self.collections.replacing("Invalid bitcast\n", with: "").replacing(
            "bitcast i64 %1 to ptr", with: "crash")
        let other = segment.replacing("BasicContainers", with: "Other").replacing(
            "/checkouts/swift-collections/", with: "/Sources/")
        let crashes = CompilerCrash.all(in: [Self.collections, segment, other, other].joined(separator: "\n"))
        #expect(crashes.map(\.title) == ["module BasicContainers of swift-collections", "module Other"])
        #expect(crashes.allSatisfy { !$0.isHarmless })
        #expect(crashes.last?.sentence.contains("use another version of the compiler, or build a product") == true)
    }

    @Test("An error in the source, and a crash without instrumentation, are no such crash")
    func errors() {
        #expect(CompilerCrash.all(in: "main.swift:1:1: error: cannot find 'a' in scope\n").isEmpty)
        #expect(CompilerCrash.all(in: Self.collections.replacing(" -sanitize=thread", with: "")).isEmpty)
    }
}
