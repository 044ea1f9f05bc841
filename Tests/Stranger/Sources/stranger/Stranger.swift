@main
enum Stranger {
    static func main() async { print("sum \(await sum(of: 1...3))") }

    static func sum(of numbers: ClosedRange<Int>) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for number in numbers { group.addTask { number } }
            var sum = 0
            for await number in group { sum += number }
            return sum
        }
    }
}
