import Exploration
import Testing

@Suite("Symptoms")
struct SymptomTests {
    @Test("A program without tasks goes wrong by how it ends")
    func endings() {
        #expect(Symptom.all(.exited(0), []).isEmpty)
        #expect(Symptom.all(.exited(1), []) == [.ending(.exited(1))])
        #expect(Symptom.all(.overtime, []).map(\.description) == ["the program exceeds the time limit"])
    }

    @Test("Who was running as the time ended is told, and makes no other symptom")
    func overdue() {
        let named = Symptom.ending(.overtime, overdue: ["main.1 has run for more than 1.00 s"])
        #expect(named.description == "the program exceeds the time limit: main.1 has run for more than 1.00 s")
        #expect(named == .ending(.overtime) && named.key == "timeout")
    }

    @Test("A trace without an end matches a crash and lost continuations, in both directions")
    func matches() {
        let (hang, crash, lost) = (
            Symptom.ending(.overtime), Symptom.ending(.signalled(11)), Symptom.lost(paths: ["main.1"])
        )
        for (left, right) in [(hang, crash), (hang, lost)] {
            #expect(left.matches(right) && right.matches(left) && left != right)
        }
        #expect(!crash.matches(lost) && !crash.matches(.ending(.signalled(6))) && lost.matches(lost))
    }
}
