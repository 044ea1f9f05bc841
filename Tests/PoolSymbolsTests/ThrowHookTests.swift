import CPoolRecorder
import PoolSymbols
import Testing

private struct StructError: Error { var code: Int }
private enum EnumError: Error, Equatable { case plain, text(String) }
private final class ClassError: Error { let code: Int; init(code: Int) { self.code = code } }

private struct Line: Equatable, CustomStringConvertible {
    var function: String
    var line: Int
    var description: String { "\(function):\(line)" }
}

extension [SymbolFrame] {
    fileprivate var lines: [Line] { map { Line(function: $0.function, line: Int($0.line)) } }
}

@Suite("The throw hook") struct ThrowHookTests {
    @inline(never) private func throwsStruct() throws { throw StructError(code: 1) }
    private static let structLine = #line - 1
    @inline(never) private func passesOn() throws { try throwsStruct() }

    @Test func `is installed under the test runner`() {
        #expect(pooltrace_throws_are_noted())
    }

    @Test func `a struct error has the frames of its throw`() {
        RunningTask.run {
            do { try passesOn() } catch {
                let frames = RunningTask.frames(of: error)
                #expect(frames.first?.function == "ThrowHookTests.throwsStruct()")
                #expect(frames.first?.line == UInt32(Self.structLine))
            }
        }
    }
}
