import Testing

@testable import PoolTrace

@Suite("The text of a task's input")
struct BoundedDescriptionTests {
    private struct Point { let x: Int, name: String }
    private struct Whole {
        let point: Point, array: [Int], pairs: [String: Int], some: Int?, none: String?, tuple: (Int, b: Bool)
        let choice: Choice, letter: Character, part: Double
    }
    private enum Choice { case plain, with(Int), two(a: Int, b: String) }
    private struct Described: CustomStringConvertible { var description: String { "described" } }
    private struct Debugged: CustomDebugStringConvertible { var debugDescription: String { "debugged" } }
    private struct Generic<Value> { let value: Value }
    private final class Reference { let value = 3 }

    private static let point = Point(x: 1, name: "q")
    private static var values: [Any] {
        [
            1, "a\"b", point, Choice.plain, Choice.with(3), Choice.two(a: 1, b: "x"), Described(), Debugged(),
            [Described()],
            [Debugged()], Reference(), Generic(value: point), Generic(value: [1]), ["a": [point]], Set([1]),
            Optional(3) as Any, Int?.none as Any, [Optional(3), nil], (1, 2), (a: 1, "x"), [(1, b: 2)],
            ["a", "b"][...],
            ContiguousArray([1.5]), [String: Int](), [Int](), Set<Int>(), "abc".dropFirst(), Character("x"), 1...3,
            stride(from: 0, to: 3, by: 1), Int.self, [Choice.with(1), .plain], ("a", ["b"]), (),
            Whole(
                point: point, array: [1, 2], pairs: ["k": 1], some: 3, none: nil, tuple: (1, true),
                choice: .two(a: 1, b: "z"), letter: "c", part: 1.5),
        ]
    }

    @Test("is what Swift says of it")
    func same() {
        for value in Self.values {
            #expect(BoundedDescription(value, limit: 4096).text == String(describing: value))
        }
    }

    /// Counts how often it is asked.
    private final class Counting: CustomStringConvertible {
        var count = 0
        var description: String {
            count += 1
            return "element"
        }
    }

    @Test("is made as far as it is kept, also of what lies deep inside")
    func bounded() {
        let element = Counting()
        let many = Generic(value: ["key": (1, Array(repeating: element, count: 1_000_000))])
        let text = BoundedDescription(many, limit: 100).text
        #expect(text.contains("[\"key\": (1, [element, element, ") && text.utf8.count < 120, "\(text)")
        #expect(element.count < 20)
    }
}
