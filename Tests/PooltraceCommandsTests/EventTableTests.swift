internal import CEventTable
internal import CTF
internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import TraceAnalysis

/// The table of events, the decoder of the analyses, and the tables of an export say the same of every field.
///
/// That the metadata of the ring and of LTTng lists the table's fields is tested where they are made.
@Suite struct EventTableTests {
    /// A field of the table, `task_submit.parent`.
    private struct Field: CustomStringConvertible {
        let event: Int
        let place: Int

        var itself: pooltrace_field_description { pooltrace_event_descriptions()[event].fields[place] }
        var description: String {
            String(cString: pooltrace_event_descriptions()[event].name) + "." + String(cString: itself.name)
        }
    }

    private static let events = 0..<Int(POOLTRACE_EVENT_COUNT.rawValue)

    private static let fields = events.flatMap { event in
        (0..<Int(pooltrace_event_descriptions()[event].field_count)).map { Field(event: event, place: $0) }
    }

    // MARK: - The decoder

    /// What the analyses have no use for.
    private static let unread: Set = [
        "module.module", "pool_start.kind", "task_throw.error", "task_throw.frames",
        "task_error.error", "task_error.index", "task_failed.error", "frame.module", "race.other",
        "race.address",
    ]

    @Test func everyFieldOfTheTableIsDecodedInItsWholeWidth() throws {
        // Each event as it is, and once more for each of its fields, which has another value then.
        let written = Self.events.flatMap { event in
            [(event, Field?.none)] + Self.fields.filter { $0.event == event }.map { (event, $0) }
        }
        let decoded = try decoded(written)
        var plain: PoolEvent?
        for ((event, field), decoded) in zip(written, decoded) {
            guard let field else {
                plain = decoded
                #expect(decoded != nil, "\(String(cString: pooltrace_event_descriptions()[event].name)) is not decoded")
                continue
            }
            let isRead = decoded != plain
            #expect(isRead != Self.unread.contains("\(field)"), "\(field): \(plain as Any), changed \(decoded as Any)")
        }
    }

    /// Writes events and decodes them; a field that is to change has another value in its highest bit, its last letter,
    /// or its last element's highest bit.
    private func decoded(_ events: [(event: Int, changing: Field?)]) throws -> [PoolEvent?] {
        let folder = try TemporaryDirectory()
        var trace = TraceWriter()
        for (time, (event, changed)) in events.enumerated() {
            let values = Self.fields.filter { $0.event == event }.map { field -> TraceWriter.Value in
                let isChanged = field.place == changed?.place
                return switch field.itself.kind {
                case POOLTRACE_FIELD_INTEGER where "\(field)" == "process_start.mode": .number(isChanged ? 0 : 1)
                case POOLTRACE_FIELD_INTEGER where "\(field)" == "mark.kind": .number(isChanged ? 2 : 1)
                case POOLTRACE_FIELD_STRING where "\(field)" == "process_start.executable":
                    .text("/text\ntex" + (isChanged ? "!" : "t"))
                case POOLTRACE_FIELD_FLOAT: .float(isChanged ? -0.5 : 0.5)
                case POOLTRACE_FIELD_INTEGER: .number(1 | (isChanged ? 1 << UInt64(field.itself.bits - 1) : 0))
                case POOLTRACE_FIELD_STRING: .text("text\ntex" + (isChanged ? "!" : "t"))
                default: .numbers([1, isChanged ? 1 << 63 | 2 : 2])
                }
            }
            trace.add(String(cString: pooltrace_event_descriptions()[event].name), at: UInt64(time), values)
        }
        try trace.write(to: folder)
        let set = try TraceSet(paths: [folder.path])
        let decoder = EventDecoder(set.eventClasses)
        let cursor = set.makeCursor()
        var decoded: [PoolEvent?] = []
        while cursor.next() { decoded.append(decoder.decode(cursor.event)) }
        try #require(decoded.count == events.count)
        return decoded
    }

    // MARK: - The tables of an export

    /// Where an export has what a field tells.
    private enum Exported {
        /// As it is.
        case column(String)
        /// What its number stands for, a part of it, or a time on another scale.
        case derived(String)
        case nowhere
    }

    private static let exported: [String: Exported] = [
        "process_start.pid": .column("runs.pid"), "process_start.parent_pid": .column("runs.parent_pid"),
        "process_start.format_version": .nowhere, "process_start.mode": .derived("runs.mode"),
        "process_start.seed": .column("runs.seed"), "process_start.strategy": .column("runs.strategy"),
        "process_start.executable": .column("runs.executable"), "process_start.build_id": .nowhere,
        "process_start.arguments": .column("runs.command"), "process_start.processors": .nowhere,
        "process_start.workers": .nowhere, "process_start.only": .nowhere,
        "process_end.status": .column("runs.status"),
        "module.module": .nowhere, "module.address": .nowhere, "module.size": .nowhere, "module.build_id": .nowhere,
        "module.path": .nowhere,
        "site.site": .column("sites.site"), "site.line": .column("sites.line"), "site.file": .column("sites.file"),
        "site.function": .column("sites.function"),
        "name.name": .column("names.name"), "name.text": .column("names.text"),
        "root.task": .derived("waits.path"), "root.path": .derived("waits.path"),
        "pool_start.pool": .column("pools.pool"), "pool_start.kind": .nowhere,
        "pool_start.workers": .column("pools.workers"), "pool_start.name": .column("pools.name"),
        "pool_end.pool": .nowhere,
        "worker_start.pool": .column("workers.pool"), "worker_start.worker": .column("workers.worker"),
        "worker_start.number": .column("workers.number"), "worker_start.thread": .column("workers.thread"),
        "worker_end.worker": .nowhere, "worker_park.worker": .nowhere, "worker_unpark.worker": .nowhere,
        "task_submit.task": .derived("tasks.path"), "task_submit.parent": .derived("tasks.parent"),
        "task_submit.ordinal": .derived("tasks.path"), "task_submit.origin": .derived("tasks.site"),
        "task_start.task": .derived("tasks.path"), "task_start.worker": .column("tasks.worker"),
        "task_end.task": .derived("tasks.path"), "task_end.outcome": .derived("tasks.state"),
        "task_throw.task": .nowhere, "task_throw.error": .nowhere, "task_throw.frames": .nowhere,
        "task_error.task": .derived("failures.task"), "task_error.number": .column("failures.number"),
        "task_error.same_before": .derived("failures.report"), "task_error.error": .nowhere,
        "task_error.index": .nowhere, "task_error.start_ns": .derived("failures.report"),
        "task_error.wait_ns": .derived("failures.report"), "task_error.run_ns": .derived("failures.report"),
        "task_error.pool": .derived("failures.report"), "task_error.worker": .derived("failures.report"),
        "task_error.site": .derived("failures.report"), "task_error.name": .derived("failures.report"),
        "task_error.path": .column("failures.path"), "task_error.input": .column("failures.input"),
        "task_error.type": .column("failures.type"), "task_error.message": .column("failures.message"),
        "task_error.beside_workers": .derived("beside.worker"), "task_error.beside_names": .derived("beside.name"),
        "task_error.beside_run_ns": .derived("beside.running_ns"), "task_error.beside_paths": .derived("beside.path"),
        "task_error.beside_omitted": .derived("failures.report"),
        "task_error.ancestor_sites": .derived("failures.report"),
        "task_error.ancestor_names": .derived("failures.report"), "task_error.frames": .derived("frames.function"),
        "frame.address": .nowhere, "frame.depth": .derived("frames.depth"), "frame.line": .column("frames.line"),
        "frame.function": .column("frames.function"), "frame.file": .column("frames.file"), "frame.module": .nowhere,
        "report.number": .derived("failures.report"), "report.same": .derived("failures.report"),
        "task_cancel.task": .nowhere, "task_cancel.by": .nowhere,
        "wait_start.task": .derived("waits.path"), "wait_start.awaited": .derived("waits.awaited_path"),
        "wait_end.task": .derived("waits.path"), "wait_end.awaited": .derived("waits.awaited_path"),
        "step.task": .nowhere, "step.ready": .nowhere, "step.arrival": .nowhere,
        "step.segment": .nowhere,
        "mark.task": .derived("marks.path"), "mark.text": .column("marks.text"),
        "mark.kind": .derived("marks.kind"),
        "origin.origin": .nowhere, "origin.pool": .column("tasks.pool"), "origin.site": .column("tasks.site"),
        "origin.name": .column("tasks.name"),
        "element_submit.task": .derived("tasks.path"), "element_submit.parent": .derived("tasks.parent"),
        "element_submit.index": .column("tasks.element"), "element_submit.origin": .derived("tasks.site"),
        "task_suspend.task": .derived("segments.task"), "task_suspend.worker": .column("segments.worker"),
        "task_resume.task": .derived("segments.task"), "task_resume.worker": .column("segments.worker"),
        "divergence.place": .nowhere, "divergence.expected": .nowhere, "divergence.chosen": .nowhere,
        "divergence.ready": .nowhere,
        "call_site.site": .derived("sites.site"), "call_site.frames": .derived("sites.file"),
        "race.number": .derived("failures.report"), "race.other": .derived("failures.report"),
        "race.access": .derived("failures.report"), "race.other_access": .derived("failures.report"),
        "race.other_first": .derived("failures.report"), "race.address": .nowhere,
        "race.size": .derived("failures.report"), "race.memory": .derived("failures.report"),
        "race.bytes": .derived("failures.report"), "race.offset": .derived("failures.report"),
        "race.other_name": .derived("failures.report"), "race.other_site": .derived("failures.report"),
        "race.other_path": .derived("failures.report"), "race.other_input": .derived("failures.report"),
        "race.other_frames": .derived("failures.report"), "race.allocation": .derived("failures.report"),
        "race.other_ancestor_sites": .derived("failures.report"),
        "race.other_ancestor_names": .derived("failures.report"),
        "worker_time.worker": .derived("tasks.cpu_ns"), "worker_time.elapsed": .derived("tasks.blocked_ns"),
        "task_error.said": .derived("failures.report"), "task_error.said_values": .derived("failures.report"),
        "task_error.said_ns": .derived("failures.report"), "task_failed.said": .derived("failures.report"),
        "task_failed.said_values": .derived("failures.report"), "task_failed.said_ns": .derived("failures.report"),
        "task_input.task": .derived("tasks.input"), "task_input.input": .column("tasks.input"),
        "worker_time.on_cpu": .derived("tasks.cpu_ns"), "worker_time.ready": .derived("tasks.ready_ns"),
        "stack_sample.task": .derived("samples.task"), "stack_sample.index": .derived("samples.task"),
        "stack_sample.thread": .column("samples.thread"), "stack_sample.kind": .derived("samples.kind"),
        "stack_sample.weight_ns": .column("samples.weight_ns"), "stack_sample.call": .column("samples.call"),
        "stack_sample.reason": .column("samples.reason"), "stack_sample.frames": .derived("stacks.function"),
        "sampling.period_ns": .column("sampling.period_ns"), "sampling.blocked_ns": .column("sampling.blocked_ns"),
        "sampling.perf_error": .column("sampling.perf_error"), "sampling.lost": .column("sampling.lost"),
        "sampling.unsampled": .column("sampling.unsampled_threads"),
        "task_mark.task": .derived("marks.path"), "task_mark.name": .derived("marks.text"),
        "task_value.task": .derived("task_values.task"), "task_value.name": .derived("task_values.name"),
        "task_value.value": .column("task_values.value"),
        "span_start.task": .derived("spans.task"), "span_start.name": .derived("spans.name"),
        "span_end.task": .derived("spans.task"), "span_end.name": .derived("spans.name"),
        "task_error.deferred": .nowhere, "task_failed.error": .nowhere,
        // Of failures that nobody described: what task_error says of the others.
        "task_failed.task": .derived("failures.task"), "task_failed.number": .derived("failures.number"),
        "task_failed.start_ns": .derived("failures.report"), "task_failed.wait_ns": .derived("failures.report"),
        "task_failed.run_ns": .derived("failures.report"), "task_failed.pool": .derived("failures.report"),
        "task_failed.worker": .derived("failures.report"), "task_failed.site": .derived("failures.report"),
        "task_failed.name": .derived("failures.report"), "task_failed.type_name": .derived("failures.type"),
        "task_failed.steps": .derived("failures.path"), "task_failed.ancestor_sites": .derived("failures.report"),
        "task_failed.ancestor_names": .derived("failures.report"), "task_failed.frames": .derived("frames.function"),
        "task_failed.beside_workers": .derived("beside.worker"), "task_failed.beside_tasks": .derived("beside.path"),
        "task_failed.beside_names": .derived("beside.name"),
        "task_failed.beside_run_ns": .derived("beside.running_ns"),
        "task_failed.beside_omitted": .derived("failures.report"),
        "failure_count.number": .derived("failures.report"), "failure_count.same": .derived("failures.report"),
    ]

    @Test func everyFieldOfTheTableHasAColumnOfItsTypeOrIsKnownToHaveNone() throws {
        let columns = try Self.columns()
        #expect(Set(Self.exported.keys) == Set(Self.fields.map(\.description)))
        for field in Self.fields {
            switch Self.exported["\(field)"] {
            case .column(let column):
                let type =
                    switch field.itself.kind {
                    case POOLTRACE_FIELD_STRING: "TEXT"
                    case POOLTRACE_FIELD_FLOAT: "REAL"
                    default: "INTEGER"
                    }
                #expect(columns[column] == type, "\(field) and \(column)")
            case .derived(let column): #expect(columns[column] != nil, "\(field) and \(column)")
            case .nowhere, nil: break
            }
        }
    }

    /// The types of the columns of the tables, `runs.pid`.
    private static func columns() throws -> [String: String] {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 1...3 { url.deleteLastPathComponent() }
        let schema = try String(
            contentsOf: url.appending(path: "Sources/TraceViews/Exports/schema.sql"), encoding: .utf8)
        var columns: [String: String] = [:]
        for table in schema.replacing(/--[^\n]*/, with: "").matches(of: /CREATE TABLE (\w+) \(([^;]*)\)[^;]*;/) {
            for column in String(table.2).matches(of: /\n +([a-z_]+) +(TEXT|INTEGER|REAL)\b/) {
                columns["\(table.1).\(column.1)"] = String(column.2)
            }
        }
        return columns
    }
}
