import CPoolRecorder
import PoolSymbols
import Testing

private struct StructError: Error, Equatable { var code: Int }
private enum EnumError: Error, Equatable { case plain, text(String) }
private final class ClassError: Error {
    let code: Int
    init(code: Int) { self.code = code }
}
private class BaseError: Error, @unchecked Sendable {}
private final class DerivedError: BaseError, @unchecked Sendable {}

/// Functions that throw, each with the line of its `throw`.
private enum Throwing {
    @inline(never) static func structError(_ code: Int) throws -> Int {
        if code >= 0 { throw StructError(code: code) }
        return code
    }
    static let structLine = #line - 3

    @inline(never) static func enumError(_ text: String) throws -> Int {
        throw EnumError.text(text)
    }
    static let enumLine = #line - 2

    @inline(never) static func classError(_ code: Int) throws -> Int {
        throw ClassError(code: code)
    }
    static let classLine = #line - 2

    @inline(never) static func typedStruct(_ code: Int) throws(StructError) -> Int {
        throw StructError(code: code)
    }
    static let typedStructLine = #line - 2

    @inline(never) static func typedEnum() throws(EnumError) -> Int {
        throw EnumError.plain
    }
    static let typedEnumLine = #line - 2

    @inline(never) static func typedClass(_ code: Int) throws(ClassError) -> Int {
        throw ClassError(code: code)
    }
    static let typedClassLine = #line - 2

    @inline(never) static func typedBase() throws(BaseError) -> Int {
        throw DerivedError()
    }
    static let typedBaseLine = #line - 2

    @inline(never) static func generic<Failure: Error>(_ failure: Failure) throws(Failure) -> Int {
        throw failure
    }
    static let genericLine = #line - 2

    @inline(never) static func passesOn() throws -> Int { try structError(7) + 1 }
    @inline(never) static func throwsAgain() throws -> Int {
        do { return try passesOn() } catch { throw error }
    }
    @inline(never) static func throwsCopyAgain() throws -> Int {
        do { return try passesOn() } catch let error as StructError { throw error }
    }
    @inline(never) static func typedAgain() throws(StructError) -> Int {
        do { return try typedStruct(8) } catch { throw error }
    }
    @inline(never) static func typedAsAny() throws -> Int {
        do { return try typedAgain() } catch { throw error }
    }
    @inline(never) static func wraps() throws -> Int {
        do { return try structError(1) } catch { throw StructError(code: 2) }
    }
    static let wrapsLine = #line - 2
    @inline(never) static func thrower(_ error: any Error) throws -> Int { throw error }
}

@Suite("The throw hook") struct ThrowHookTests {
    private func expect(
        _ frames: [SymbolFrame], at function: String, _ line: Int, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(frames.first?.function == function, sourceLocation: location)
        #expect(frames.first.map { Int($0.line) } == line, sourceLocation: location)
        #expect(frames.first?.file.hasSuffix("PoolSymbolsTests/ThrowHookTests.swift") == true, sourceLocation: location)
    }

    /// Runs a body that throws as a task's, and gives the frames of its error.
    private func thrown(_ body: () throws -> Int) -> [SymbolFrame] {
        RunningTask.run {
            do {
                Issue.record("returned \(try body()) instead of throwing")
                return []
            } catch {
                return RunningTask.frames(of: error)
            }
        }
    }

    @Test func `is installed under the test runner`() {
        #expect(pooltrace_throws_are_noted())
    }

    @Test func `an error has the frames of its throw, whatever its kind`() {
        expect(thrown { try Throwing.structError(1) }, at: "Throwing.structError(_:)", Throwing.structLine)
        expect(
            thrown { try Throwing.enumError("long enough to be on the heap") }, at: "Throwing.enumError(_:)",
            Throwing.enumLine)
        expect(thrown { try Throwing.classError(1) }, at: "Throwing.classError(_:)", Throwing.classLine)
    }

    @Test func `a typed error has the frames of its throw, whatever its kind`() {
        expect(thrown { try Throwing.typedStruct(1) }, at: "Throwing.typedStruct(_:)", Throwing.typedStructLine)
        expect(thrown { try Throwing.typedEnum() }, at: "Throwing.typedEnum()", Throwing.typedEnumLine)
        expect(thrown { try Throwing.typedClass(1) }, at: "Throwing.typedClass(_:)", Throwing.typedClassLine)
        expect(thrown { try Throwing.typedBase() }, at: "Throwing.typedBase()", Throwing.typedBaseLine)
        expect(thrown { try Throwing.generic(EnumError.plain) }, at: "Throwing.generic(_:)", Throwing.genericLine)
    }

    @Test func `an error thrown as the declared type any Error is found by its box`() {
        let error: any Error = StructError(code: 3)
        expect(thrown { try Throwing.generic(error) }, at: "Throwing.generic(_:)", Throwing.genericLine)
    }

    @Test func `the frames go on to the callers`() {
        let frames = thrown { try Throwing.passesOn() }
        #expect(frames.prefix(2).map(\.function) == ["Throwing.structError(_:)", "Throwing.passesOn()"])
        #expect(frames.dropFirst(2).first?.function.hasPrefix("closure #1 in ThrowHookTests.") == true)
    }

    @Test func `an error thrown again keeps the frames of its first throw`() {
        let frames = thrown { try Throwing.throwsAgain() }
        expect(frames, at: "Throwing.structError(_:)", Throwing.structLine)
        #expect(frames.prefix(3).map(\.function).last == "Throwing.throwsAgain()")
        RunningTask.run {
            #expect(throws: StructError.self) { try Throwing.throwsAgain() }
            #expect(RunningTask.noted == 1)
        }
    }

    @Test func `an error thrown again in a new box keeps the frames of its first throw`() {
        expect(thrown { try Throwing.throwsCopyAgain() }, at: "Throwing.structError(_:)", Throwing.structLine)
    }

    @Test func `a typed error thrown again keeps the frames of its first throw`() {
        expect(thrown { try Throwing.typedAgain() }, at: "Throwing.typedStruct(_:)", Throwing.typedStructLine)
        expect(thrown { try Throwing.typedAsAny() }, at: "Throwing.typedStruct(_:)", Throwing.typedStructLine)
    }

    @Test func `another error of the same type, thrown where the first was caught, has its own frames`() {
        expect(thrown { try Throwing.wraps() }, at: "Throwing.wraps()", Throwing.wrapsLine)
    }

    @Test func `errors that were caught do not hide the one that got away`() {
        let frames = thrown {
            for code in 0..<100 {
                do { _ = try Throwing.structError(code) } catch {}
                do { _ = try Throwing.typedStruct(code) } catch {}
            }
            return try Throwing.classError(1)
        }
        expect(frames, at: "Throwing.classError(_:)", Throwing.classLine)
        RunningTask.run {
            for code in 0..<100 { do { _ = try Throwing.structError(code) } catch {} }
            #expect(RunningTask.noted == UInt32(POOLTRACE_TASK_THROWS))
        }
    }

    @Test func `an error that was stored and is thrown later keeps the frames of its first throw`() {
        let frames = thrown {
            var stored: (any Error)?
            do { _ = try Throwing.structError(5) } catch { stored = error }
            do { _ = try Throwing.enumError("between") } catch {}
            return try Throwing.thrower(stored ?? EnumError.plain)
        }
        expect(frames, at: "Throwing.structError(_:)", Throwing.structLine)
    }

    @Test func `errors whose memory is used again are told apart`() {
        for code in 0..<50 {
            RunningTask.run {
                do { _ = try Throwing.classError(code) } catch {}
                do { _ = try Throwing.enumError("text \(code)") } catch {
                    expect(RunningTask.frames(of: error), at: "Throwing.enumError(_:)", Throwing.enumLine)
                }
            }
        }
    }

    @Test func `a noted error is released when its task has ended`() {
        weak var object: ClassError?
        RunningTask.run {
            do { _ = try Throwing.classError(1) } catch let error as ClassError { object = error } catch {}
            #expect(object != nil)
        }
        #expect(object == nil)
    }

    @Test func `a nested task has its own throws and leaves those around it alone`() {
        RunningTask.run(1) {
            do { _ = try Throwing.structError(1) } catch {
                let inner = thrown { try Throwing.classError(2) }
                expect(inner, at: "Throwing.classError(_:)", Throwing.classLine)
                RunningTask.run(2) {
                    #expect(RunningTask.noted == 0)
                    #expect(RunningTask.frames(of: error).isEmpty, "the outer task's error is not the inner task's")
                    for code in 0..<50 { do { _ = try Throwing.structError(code) } catch {} }
                }
                #expect(RunningTask.noted == 1)
                expect(RunningTask.frames(of: error), at: "Throwing.structError(_:)", Throwing.structLine)
            }
        }
    }

    @Test func `tasks nested deeply each find their own error`() {
        func nest(_ depth: Int) {
            RunningTask.run(UInt64(depth)) {
                do { _ = try Throwing.structError(depth) } catch {
                    if depth < 60 { nest(depth + 1) }
                    expect(RunningTask.frames(of: error), at: "Throwing.structError(_:)", Throwing.structLine)
                }
            }
        }
        nest(1)
    }

    @Test func `the latest typed error is found by another one of its type`() {
        RunningTask.run {
            do { _ = try Throwing.typedAgain() } catch {}
            do { _ = try Throwing.enumError("other") } catch {}
            expect(
                RunningTask.frames(of: StructError(code: -1)), at: "Throwing.typedStruct(_:)", Throwing.typedStructLine)
            #expect(RunningTask.frames(of: ClassError(code: 1)).isEmpty)
            do { _ = try Throwing.typedBase() } catch {}
            expect(RunningTask.frames(of: DerivedError()), at: "Throwing.typedBase()", Throwing.typedBaseLine)
        }
    }

    @Test func `the walk ends at the frame that the pool names`() {
        let frames = RunningTask.runBounded { try Throwing.passesOn() }
        #expect(frames.prefix(2).map(\.function) == ["Throwing.structError(_:)", "Throwing.passesOn()"])
        #expect(frames.count == 3, "two functions and the closure: \(frames.map(\.function))")
    }

    @Test func `a deep stack is cut at its outer end`() {
        @inline(never) func descend(_ depth: Int) throws -> Int {
            depth == 0 ? try Throwing.structError(1) : try descend(depth - 1) + 1
        }
        let frames = thrown { try descend(1000) }
        expect(frames, at: "Throwing.structError(_:)", Throwing.structLine)
        #expect(frames.count == Int(POOLTRACE_THROW_FRAMES))
    }

    @Test func `nothing is noted where no task runs`() {
        do { _ = try Throwing.structError(1) } catch {
            #expect(RunningTask.frames(of: error).isEmpty)
        }
        #expect(RunningTask.noted == 0)
    }
}
