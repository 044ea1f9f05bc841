import Foundation
import TestSupport
import Testing

/// Files broken at random, with Python's JSON module as the judge of what is broken.
@Suite struct RandomDamageTests {
    private struct Damage {
        let bytes: [UInt8]
        /// The first byte that differs from the whole document, or its new end.
        let place: Int
        /// Whether nothing that begins as the document does up to there can go on as this does.
        let isCertainlyHere: Bool
    }

    @Test func everyBrokenFileIsNamedWithItsPositionInBothModes() async throws {
        var random = SeededGenerator(seed: 20)
        var damages: [String: Damage] = [:]
        for number in 0..<300 {
            let document = Array(Self.document(depth: 4, &random).utf8)
            damages["f\(number % 7)/\(number).json"] = Self.damage(document, number, &random)
        }
        try await withTemporaryDirectory { directory in
            for (name, damage) in damages { try directory.write(damage.bytes, to: name) }
            let judge = try await Child.run(
                InstalledProgram.path("python3"), ["-c", Self.judge, directory.path] + damages.keys.sorted())
            let broken = Set(try judge.requireSuccess().lines)
            #expect(broken.count > 150 && broken.count < damages.count, "\(broken.count) broken files")

            let program = try BuiltProduct.path("jsoncheck")
            let parallel = try await Child.run(program, ["."], in: directory.path)
            let serial = try await Child.run(program, [".", "--serial"], in: directory.path)
            let shuffled = try await Child.run(program, [".", "--seed", "5"], in: directory.path)
            for result in [parallel, serial, shuffled] {
                #expect(result.status == .exited(1), "\(result)")
                #expect(result.lines == parallel.lines, "\(result)")
            }

            var named: Set<String> = []
            for line in parallel.lines.dropLast() {
                let match = try #require(try /\.\/(.*?)(:.*?:.*?: ).* \(byte (\d+)\)/.wholeMatch(in: line), "\(line)")
                let (name, place) = (String(match.1), try #require(Int(match.3)))
                named.insert(name)
                let damage = try #require(damages[name], "\(line)")
                try #require(place <= damage.bytes.count, "\(line)")
                #expect(match.2 == Self.position(of: place, in: damage.bytes), "\(line)")
                // A character cut short or changed in its middle is wrong from its first byte on, at most three before.
                #expect(place >= damage.place - 3, "\(line): changed at byte \(damage.place)")
                if damage.isCertainlyHere { #expect(place == damage.place, "\(line): changed at byte \(damage.place)") }
            }
            #expect(named == broken, "differ in \(named.symmetricDifference(broken).sorted())")
        }
    }

    // MARK: Documents and what is done to them

    private static func damage(_ document: [UInt8], _ number: Int, _ random: inout SeededGenerator) -> Damage {
        var bytes = document
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch number % 4 {
        case 0: return Damage(bytes: Array(bytes[..<place]), place: place, isCertainlyHere: false)
        case 1:
            // No text has this byte, and none of the document's characters is longer than one where it is put.
            let start = bytes[..<place].lastIndex { $0 < 0x80 } ?? 0
            bytes[start] = 0xFF
            return Damage(bytes: bytes, place: start, isCertainlyHere: true)
        case 2:
            bytes[place] = UInt8.random(in: 0...255, using: &random)
            return Damage(bytes: bytes, place: place, isCertainlyHere: false)
        default:
            bytes.insert(Array("{}[]:,\"\\ 0e-.tx\n".utf8).randomElement(using: &random) ?? 0, at: place)
            return Damage(bytes: bytes, place: place, isCertainlyHere: false)
        }
    }

    private static func document(depth: Int, _ random: inout SeededGenerator) -> String {
        let space = ["", "", " ", "\n", "\t", "\r\n  "].randomElement(using: &random) ?? ""
        let kind = Int.random(in: depth == 4 ? 5...6 : depth == 0 ? 0...4 : 0...6, using: &random)
        let count = Int.random(in: 1...4, using: &random)
        switch kind {
        case 0: return ["true", "false", "null"].randomElement(using: &random) ?? "null"
        case 1: return "\(Int.random(in: -5000...5000, using: &random))"
        case 2: return ["0.5", "-1e9", "2.25E-3", "0", "-0", "1e+5"].randomElement(using: &random) ?? "0"
        case 3, 4:
            return "\"" + (["plain", "é 漢字", "😀\\n", "\\u00e9\\\\", ""].randomElement(using: &random) ?? "") + "\""
        case 5:
            return "["
                + (0..<count).map { _ in space + document(depth: depth - 1, &random) }.joined(separator: space + ",")
                + "]"
        default:
            return "{"
                + (0..<count).map { "\(space)\"k\($0)\":\(space)" + document(depth: depth - 1, &random) }
                .joined(separator: ",") + space + "}"
        }
    }

    /// `:LINE:COLUMN:` of a byte, counted independently of the program.
    private static func position(of byte: Int, in bytes: [UInt8]) -> String {
        let lines = String(decoding: bytes[..<byte], as: UTF8.self).unicodeScalars
            .split(separator: "\n", omittingEmptySubsequences: false)
        return ":\(lines.count):\((lines.last?.count ?? 0) + 1): "
    }

    /// Prints the names of the files that are no JSON.
    private static let judge = """
        import json, sys
        def reject(word): raise ValueError(word)
        for name in sys.argv[2:]:
            try: json.loads(open(sys.argv[1] + "/" + name, "rb").read().decode("utf-8"), parse_constant=reject)
            except ValueError: print(name)
        """
}

/// The same numbers for the same seed: SplitMix64.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
