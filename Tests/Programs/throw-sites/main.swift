// Throws in many ways inside of what the throw hook takes for a task, and prints the frames that were noted, as the
// test that runs this expects them: "case NAME", then "expected FUNCTION LINE" and "frame FUNCTION LINE FILE" lines,
// innermost first.

//
// With --move or --delete it first renames or removes its own executable.

import CPoolRecorder
import Glibc
import PoolSymbols

if let path = CommandLine.arguments.first {
    if CommandLine.arguments.last == "--move" { rename(path, path + ".moved") }
    if CommandLine.arguments.last == "--delete" { unlink(path) }
}

struct Broken: Error { var code: Int }

final class BrokenObject: Error {
    let code: Int
    init(code: Int) { self.code = code }
}

enum BrokenKind: Error { case empty, text(String) }

/// The number of arguments, which the optimizer does not know.
let given = CommandLine.arguments.count

struct Parser {
    var depth: Int

    @inline(never) func object(depth: Int) throws -> Int {
        if depth >= given { throw Broken(code: depth) }
        return depth
    }
    static let objectLine = #line - 3

    @inline(__always) func inlined(_ depth: Int) throws -> Int {
        if depth >= given { throw BrokenObject(code: depth) }
        return depth
    }
    static let inlinedLine = #line - 3

    @inline(never) func outer(_ depth: Int) throws -> Int {
        try inlined(depth) + 1
    }
    static let outerLine = #line - 2

    @inline(never) func typed(_ text: String) throws(BrokenKind) -> Int {
        if text.utf8.count >= given { throw BrokenKind.text(text) }
        return given
    }
    static let typedLine = #line - 3

    @inline(never) func typedAgain(_ text: String) throws(BrokenKind) -> Int {
        do { return try typed(text) + 1 } catch { throw error }
    }
    static let typedAgainLine = #line - 2

    @inline(never) func generic<Failure: Error>(_ failure: Failure) throws(Failure) -> Int {
        if given > 0 { throw failure }
        return given
    }
    static let genericLine = #line - 3

    var value: Int {
        @inline(never) get throws {
            if depth > given * 3 { throw Broken(code: depth * 5) }
            return depth &* 7
        }
    }
    static let valueLine = #line - 4

    @inline(never) init(checked depth: Int) throws {
        if depth &+ 1 > given { throw Broken(code: depth ^ 0x55) }
        self.depth = depth | 1
    }
    static let initLine = #line - 3

    init(depth: Int) { self.depth = depth }

    @inline(never) func each(_ depths: [Int]) throws -> [Int] {
        try depths.map { depth in
            if depth >= given { throw Broken(code: depth) }
            return depth
        }
    }
    static let eachLine = #line - 4
}

@inline(never) func passesOn(_ parser: Parser) throws -> Int {
    do { return try parser.object(depth: given) + 1 } catch {
        if given > 1000 { return 0 }
        throw error
    }
}
let passesOnLine = #line - 5

@inline(never) func run(_ name: String, expected: [(String, Int)], _ body: () throws -> Int) {
    print("case", name)
    for (function, line) in expected { print("expected \(function) \(line)") }
    guard let current = pooltrace_current() else { return }
    current.pointee.task = 1
    defer {
        pooltrace_throws_clear(0)
        current.pointee.task = 0
    }
    do { print("returned", try body()) } catch {
        guard let noted = pooltrace_throws_find(unsafeBitCast(error as any Error, to: UnsafeRawPointer.self)) else {
            return print("nothing was noted")
        }
        for address in UnsafeBufferPointer(start: noted.pointee.frames, count: Int(noted.pointee.frames_length)) {
            for frame in SymbolTable.shared.frames(at: address) {
                print("frame \(frame.function) \(frame.line) \(frame.file)")
            }
        }
    }
}

let parser = Parser(depth: 1000)
run("struct", expected: [("Parser.object(depth:)", Parser.objectLine)]) { try parser.object(depth: given) }
run("class", expected: [("Parser.inlined(_:)", Parser.inlinedLine), ("Parser.outer(_:)", Parser.outerLine)]) {
    try parser.outer(given)
}
run("typed", expected: [("Parser.typed(_:)", Parser.typedLine)]) { try parser.typed("long enough") }
run(
    "typed again", expected: [("Parser.typed(_:)", Parser.typedLine), ("Parser.typedAgain(_:)", Parser.typedAgainLine)]
) {
    try parser.typedAgain("long enough")
}
run("generic", expected: [("Parser.generic(_:)", Parser.genericLine)]) { try parser.generic(Broken(code: 1)) }
run("generic any", expected: [("Parser.generic(_:)", Parser.genericLine)]) {
    try parser.generic(BrokenKind.empty as any Error)
}
run("getter", expected: [("Parser.value.getter", Parser.valueLine)]) { try parser.value }
run("init", expected: [("Parser.init(checked:)", Parser.initLine)]) { try Parser(checked: given).depth }
run("closure", expected: [("closure #1 in Parser.each(_:)", Parser.eachLine)]) { try parser.each([0, given]).count }
run("passed on", expected: [("Parser.object(depth:)", Parser.objectLine), ("passesOn(_:)", passesOnLine)]) {
    try passesOn(parser)
}
