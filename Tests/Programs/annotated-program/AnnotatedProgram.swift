// An async program that knows nothing of PoolTrace but what its tasks say.
import PoolTraceAnnotations

func work(on number: Int) async -> Int {
    CurrentTask.value("number", number)
    return await CurrentTask.span("work") {
        CurrentTask.mark("begun")
        for _ in 0..<3 { await Task.yield() }
        CurrentTask.mark("goes on")
        return CurrentTask.span("double") { 2 * number }
    }
}

@main
struct AnnotatedProgram {
    static func main() async {
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 1...3 { group.addTask { await work(on: number) } }
            var sum = 0
            for await part in group { sum += part }
            return sum
        }
        print("sum \(sum)")
    }
}
