// Tasks that say what they do.
// annotation-cases tasks|elements|processes|failure
import PoolTrace

struct Broken: Error {}

struct Said: ProcessTask {
    static func run(_ input: Int) -> Int {
        CurrentTask.value("input", input)
        return CurrentTask.span("in the worker") { input + 1 }
    }
}

func tasks() throws {
    let pool = try ThreadPool(name: "work", workers: 2)
    CurrentTask.mark("of main")
    let load = pool.submit(name: "load") {
        CurrentTask.mark("cache miss")
        CurrentTask.value("rows", 12)
        let length = CurrentTask.span("parse") {
            CurrentTask.span("read") { CurrentTask.value("ratio", 0.5) }
            return 7
        }
        do {
            try CurrentTask.span("throw") { throw Broken() }
        } catch {
            CurrentTask.mark(AnnotationName("caught \(type(of: error))"))
        }
        return length
    }
    print("parsed \(try load.value())")
    _ = try pool.submit(name: "quiet") { 1 }.value()
    try pool.shutdown()
}

/// Nobody asks for the results of tasks that fail: their reports are printed.
func failure() throws {
    let pool = try ThreadPool(name: "work", workers: 1)
    pool.submit(name: "quiet") { CurrentTask.mark("another's") }
    pool.execute(name: "load") {
        CurrentTask.mark("forgotten")
        CurrentTask.mark("cache miss")
        CurrentTask.value("rows", 12)
        try CurrentTask.span("parse") {
            CurrentTask.value("ratio", 0.5)
            throw Broken()
        }
    }
    pool.execute(name: "silent") { throw Broken() }
    try pool.shutdown()
}

func elements() throws {
    let pool = try ThreadPool(name: "work", workers: 2)
    _ = try pool.map(0..<4, name: "each") { element in
        CurrentTask.value("element", element)
        return element
    }
    try pool.shutdown()
}

func processes() throws {
    let pool = try ProcessPool(name: "workers", workers: 1)
    print("answer \(try pool.submit(Said.self, 41, name: "said").value())")
    try pool.shutdown()
}

switch CommandLine.arguments.dropFirst().first {
case "tasks": try tasks()
case "elements": try elements()
case "failure": try failure()
case "processes": try processes()
default: fatalError("no such case")
}
