import Foundation
import PoolSchedule
import PoolSymbols
import TestSupport
import Testing

@Suite("Symbols of a file") struct ModuleSymbolsTests {
    @Test(arguments: ["/nonexistent", "/", "/dev/null", "/proc/self/maps", #filePath])
    func `of what is no ELF file are none`(path: String) {
        #expect(ModuleSymbols(path: path) == nil, "\(path)")
    }

    @Test func `another build id is refused`() throws {
        let path = try BuiltProduct.path("throw-sites")
        let symbols = try #require(ModuleSymbols(path: path))
        #expect(!symbols.buildID.isEmpty)
        #expect(ModuleSymbols(path: path, buildID: symbols.buildID) != nil)
        #expect(ModuleSymbols(path: path, buildID: symbols.buildID.reversed()) == nil)
    }

    @Test func `an address outside of all functions has its module and offset`() throws {
        let symbols = try #require(ModuleSymbols(path: try BuiltProduct.path("throw-sites")))
        for address: UInt64 in [0, 1, .max] {
            let frames = symbols.frames(at: address)
            #expect(frames.map(\.function) == ["throw-sites+0x\(String(address, radix: 16))"])
            #expect(frames.first?.line == 0)
        }
    }

    @Test func `an address of no module is shown as it is`() {
        #expect(SymbolTable.shared.frames(at: 16).map(\.function) == ["0x10"])
        #expect(SymbolTable.shared.frames(at: 0).map(\.function) == ["0x0"])
        #expect(SymbolTable.shared.frames(at: .max).count == 1)
    }

    @Test func `many threads may ask at once`() async throws {
        let table = SymbolTable()
        let addresses = Thread.callStackReturnAddresses.map(\.uint64Value)
        let line = UInt32(#line - 1)
        let address = try #require(addresses.first { table.frames(at: $0).contains { $0.file == #filePath } })
        let all = await withTaskGroup(of: [SymbolFrame].self) { group in
            let fresh = SymbolTable()
            for _ in 0..<64 { group.addTask { fresh.frames(at: address) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(all).count == 1)
        #expect(all.first?.contains { $0.file == #filePath && $0.line == line } == true, "\(all.first ?? [])")
    }

    /// A small program's file with bytes changed at random, or cut: look-ups end, and never trap.
    @Test(arguments: 0..<8)
    func `a broken file gives fewer names and no trap`(seed: UInt64) async throws {
        let folder = try TemporaryDirectory()
        let source = folder.path("small.c")
        let program = folder.path("small")
        try """
        static inline int helper(int n) { return n * 3 + __builtin_popcount(n); }
        __attribute__((noinline)) int work(int n) { return helper(n) + helper(n + 1); }
        int main(int count, char **texts) { return work(count) + (texts[0] != 0); }
        """.write(toFile: source, atomically: true, encoding: .utf8)
        let version = seed % 2 == 0 ? "-gdwarf-4" : "-gdwarf-5"
        _ = try await Child.run(
            try InstalledProgram.path("clang"), ["-O1", version, "-gdwarf-aranges", source, "-o", program]
        ).requireSuccess()
        let whole = try [UInt8](Data(contentsOf: URL(filePath: program)))
        let work = try Self.address(of: "work", in: try #require(ModuleSymbols(path: program)))
        var random = SplitMix64(seed: seed &+ 1)
        for round in 0..<60 {
            var bytes = whole
            if round % 4 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
            // Where debug information is: behind what is loaded, which has no names.
            for _ in 0..<Int.random(in: 1...200, using: &random) where bytes.count > 4096 {
                let from = round % 3 == 0 ? 0 : bytes.count / 3
                bytes[Int.random(in: from..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let broken = folder.path("broken-\(round)")
            try Data(bytes).write(to: URL(filePath: broken))
            guard let symbols = ModuleSymbols(path: broken) else { continue }
            for offset: UInt64 in 0..<8 {
                #expect(symbols.frames(at: work + 1 + offset * 3).count <= 300, "seed \(seed), round \(round)")
            }
        }
    }

    @Test(arguments: ["-gdwarf-4", "-gdwarf-5"])
    func `of C have inlined functions and lines`(version: String) async throws {
        let folder = try TemporaryDirectory()
        let source = folder.path("inlined.c")
        let program = folder.path("inlined")
        try """
        void give(int);
        static inline __attribute__((always_inline)) void helper(int n) {
            give(n);
        }
        __attribute__((noinline)) void work(int n) {
            helper(n);
            give(n + 1);
        }
        __attribute__((noinline)) void give(int n) { __asm__ volatile("" : : "r"(n)); }
        int main(int count, char **texts) { work(count); return texts[0] != 0; }
        """.write(toFile: source, atomically: true, encoding: .utf8)
        _ = try await Child.run(try InstalledProgram.path("clang"), ["-O1", version, source, "-o", program])
            .requireSuccess()
        let symbols = try #require(ModuleSymbols(path: program))
        let work = try Self.address(of: "work", in: symbols)
        var stacks: Set<[String]> = []
        for offset: UInt64 in 1..<32 {
            let frames = symbols.frames(at: work + offset)
            guard frames.last?.function == "work" else { break }
            #expect(frames.allSatisfy { $0.file == source && $0.module == "inlined" }, "\(frames)")
            stacks.insert(frames.map { "\($0.function):\($0.line)" })
        }
        #expect(stacks.contains(["helper:3", "work:6"]), "\(stacks)")
        #expect(stacks.contains(["work:7"]), "\(stacks)")
    }

    /// The address of a function of a small program: by asking for each.
    private static func address(of function: String, in symbols: ModuleSymbols) throws -> UInt64 {
        for address: UInt64 in 0x1..<0x4000 where symbols.frames(at: address + 1).last?.function == function {
            return address
        }
        throw TestSupportError("\(symbols.name) has no function \(function)")
    }
}
