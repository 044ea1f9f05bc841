import Exploration
import PoolSchedule
import TestSupport
import Testing

@Suite("Files of schedules")
struct ScheduleFileTests {
    private static let schedule = Schedule(
        program: Schedule.Program(name: "checker", buildID: "", command: "checker data"), origin: "fifo", tasks: [],
        order: .delays([]))

    @Test("What was written is read again, in place of what was there")
    func roundTrip() async throws {
        try await withTemporaryDirectory { folder in
            let file = try folder.write(String(repeating: "older\n", count: 10_000), to: "x.schedule")
            try ScheduleFile.write(Self.schedule, to: file)
            #expect(try ScheduleFile.read(file).text == Self.schedule.text)
        }
    }

    @Test("A file that cannot be used is named")
    func missing() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.path("none/x.schedule")
            let problem = "\(file): No such file or directory"
            #expect(throws: (any Error).self) { try ScheduleFile.read(file) }
            do { try ScheduleFile.write(Self.schedule, to: file) } catch { #expect("\(error)" == problem) }
            do { _ = try ScheduleFile.read(file) } catch { #expect("\(error)" == problem) }
        }
    }
}
