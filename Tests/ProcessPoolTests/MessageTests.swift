import Foundation
import TestSupport
import Testing

@testable import PoolTrace

/// The binary coder, and what becomes of bytes that make no sense.
@Suite("Messages between a pool and its workers")
struct MessageTests {
    private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
        let sink = MemorySink(capacity: 16)
        try ValueEncoder.encode(value, to: sink)
        var reader = ByteReader(sink.bytes)
        let decoded = try withExtendedLifetime(sink) { try ValueDecoder.decode(Value.self, from: &reader) }
        #expect(reader.isAtEnd, "\(Value.self): \(reader.left) bytes were left")
        return decoded
    }

    @Test("Values of all shapes come back as they went")
    func shapes() throws {
        #expect(try roundTrip(Sample.some) == Sample.some)
        #expect(try roundTrip([Sample.some, Sample.some]) == [Sample.some, Sample.some])
        #expect(try roundTrip(["a": [1.5], "b": []]) == ["a": [1.5], "b": []])
        #expect(try roundTrip([3: "c", -4: "d"]) == [3: "c", -4: "d"])
        #expect(try roundTrip([nil, 1, nil] as [Int?]) == [nil, 1, nil])
        #expect(try roundTrip(Int?.none) == nil)
        #expect(try roundTrip(UInt64.max) == .max)
        #expect(try roundTrip(Int8.min) == .min)
        #expect(try roundTrip(Float.infinity) == .infinity)
        #expect(try roundTrip(Int128.max) == .max)
        #expect(try roundTrip("\0 é \u{1F600}") == "\0 é \u{1F600}")
        #expect(
            try roundTrip(Tree.node(.leaf(1), .node(.leaf(2), .leaf(3)))) == .node(.leaf(1), .node(.leaf(2), .leaf(3))))
        #expect(try roundTrip(Date(timeIntervalSince1970: 12.5)) == Date(timeIntervalSince1970: 12.5))
        #expect(try roundTrip(URL(string: "https://swift.org/a?b")) == URL(string: "https://swift.org/a?b"))
        #expect(try roundTrip(Data([1, 2, 3])) == Data([1, 2, 3]))
        #expect(try roundTrip([UInt16](0..<5000)) == [UInt16](0..<5000))
        #expect(try roundTrip([Double]()) == [])
    }

    @Test("A class and its superclass, containers inside containers, keys in another order")
    func classes() throws {
        let derived = try roundTrip(Derived(base: 7, own: "x"))
        #expect(derived.base == 7 && derived.own == "x")
        #expect(
            try roundTrip(Interleaved(first: 1, second: [2, 3], third: "c"))
                == Interleaved(first: 1, second: [2, 3], third: "c"))
    }

    @Test("Bytes that were damaged anyhow give an error or another value, and no crash", arguments: 0..<8)
    func damage(seed: UInt64) throws {
        let sink = MemorySink()
        try ValueEncoder.encode([Sample.some, Sample.some], to: sink)
        var random = SystemRandomNumberGenerator()
        let whole = Array(sink.bytes)
        for round in 0..<400 {
            var bytes = whole
            switch round % 3 {
            case 0: bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
            case 1: bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            default:
                let place = Int.random(in: 0..<bytes.count - 8, using: &random)
                for offset in 0..<8 { bytes[place + offset] = 0xFF }
            }
            bytes.withUnsafeBytes { buffer in
                var reader = ByteReader(buffer)
                _ = try? ValueDecoder.decode([Sample].self, from: &reader)
                reader = ByteReader(buffer)
                if let answer = try? Answer(&reader) {
                    _ = try? answer.value { try ValueDecoder.decode([Sample].self, from: &$0) }
                    _ = try? answer.throwFailure()
                }
                RingEvents.read(buffer, last: 4, into: &Self.events)
            }
        }
    }

    nonisolated(unsafe) private static var events: [RingEvents.Event] = []
}

struct Sample: Codable, Equatable, Sendable {
    enum Kind: String, Codable, Sendable { case plain, odd }

    let name: String
    let count: Int32
    let ratio: Double
    let isSet: Bool
    let kind: Kind
    let tree: Tree
    let words: [String]
    let bytes: [UInt8]
    let nothing: Int?
    let something: Int?
    let table: [String: Int]

    static let some = Sample(
        name: "sample", count: -5, ratio: 0.25, isSet: true, kind: .odd, tree: .node(.leaf(4), .leaf(5)),
        words: ["a", "", "c"], bytes: [1, 2, 3], nothing: nil, something: 9, table: ["x": 1, "y": 2])
}

indirect enum Tree: Codable, Equatable, Sendable {
    case leaf(Int)
    case node(Tree, Tree)
}

class Base: Codable {
    let base: Int
    init(base: Int) { self.base = base }
}

final class Derived: Base {
    let own: String

    private enum Keys: CodingKey { case own }

    init(base: Int, own: String) {
        self.own = own
        super.init(base: base)
    }

    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        own = try container.decode(String.self, forKey: .own)
        try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try super.encode(to: container.superEncoder())
        try container.encode(own, forKey: .own)
    }
}

/// Writes into two containers by turns, and reads in another order.
struct Interleaved: Codable, Equatable {
    let first: Int
    let second: [Int]
    let third: String

    private enum Keys: CodingKey { case first, second, third }

    init(first: Int, second: [Int], third: String) { (self.first, self.second, self.third) = (first, second, third) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        third = try container.decode(String.self, forKey: .third)
        var inner = try container.nestedUnkeyedContainer(forKey: .second)
        var second: [Int] = []
        while !inner.isAtEnd { second.append(try inner.decode(Int.self)) }
        self.second = second
        first = try container.decode(Int.self, forKey: .first)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        var inner = container.nestedUnkeyedContainer(forKey: .second)
        try container.encode(first, forKey: .first)
        for number in second { try inner.encode(number) }
        try container.encode(third, forKey: .third)
    }
}
