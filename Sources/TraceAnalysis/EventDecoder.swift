internal import CEventTable
internal import CTF
internal import PoolModel

/// Makes typed events from a trace's.
///
/// The events and their fields are those of the table of events (`pooltrace_events.def`): here is only what is done
/// with each. A field that an older version did not have, or that is not of the table's type, reads as nothing: 0, an
/// empty text, no numbers.
struct EventDecoder {
    /// What the trace calls the events of the table.
    private static let prefix = "pooltrace:"

    /// By class: the event's number in the table, or `POOLTRACE_EVENT_COUNT` for an event that the table does not have.
    private let numbers: [pooltrace_event_number]
    /// By class, `stride` places each: where the trace has the field that the table has at this place; -1 where it does
    /// not have it, which is a position that no event has.
    private let positions: [Int]
    /// As many as the longest row of the table has fields.
    private let stride: Int
    /// What older versions have in place of some fields.
    private let older: OlderFields

    init(_ classes: [EventClass]) {
        let table = UnsafeBufferPointer(
            start: pooltrace_event_descriptions(), count: Int(POOLTRACE_EVENT_COUNT.rawValue))
        let names = table.map { Self.prefix + String(cString: $0.name) }
        let stride = table.map { Int($0.field_count) }.max() ?? 0
        numbers = classes.map { eventClass in
            pooltrace_event_number(rawValue: UInt32(names.firstIndex(of: eventClass.name) ?? table.count))
        }
        positions = zip(classes, numbers).flatMap { eventClass, number in
            guard number != POOLTRACE_EVENT_COUNT else { return Array(repeating: -1, count: stride) }
            let event = table[Int(number.rawValue)]
            let fields = UnsafeBufferPointer(start: event.fields, count: Int(event.field_count))
            let known = fields.map { eventClass.fieldIndex(named: String(cString: $0.name)) ?? -1 }
            return known + Array(repeating: -1, count: stride - known.count)
        }
        self.stride = stride
        older = OlderFields(classes)
    }

    /// The event as a value; nil if it is not PoolTrace's.
    @inline(__always)
    func decode(_ event: Event) -> PoolEvent? {
        let index = event.classIndex
        let number = numbers[index]
        let row = Row(payload: event.payload, positions: positions, first: index &* stride)
        switch number {
        case POOLTRACE_EVENT_task_submit:
            return .taskSubmit(
                PoolEvent.TaskSubmit(
                    task: row.u64(POOLTRACE_FIELD_task_submit_task),
                    parent: row.u64(POOLTRACE_FIELD_task_submit_parent),
                    ordinal: row.u32(POOLTRACE_FIELD_task_submit_ordinal),
                    origin: row.u32(POOLTRACE_FIELD_task_submit_origin)))
        case POOLTRACE_EVENT_element_submit:
            return .taskSubmit(
                PoolEvent.TaskSubmit(
                    task: row.u64(POOLTRACE_FIELD_element_submit_task),
                    parent: row.u64(POOLTRACE_FIELD_element_submit_parent),
                    index: row.u64(POOLTRACE_FIELD_element_submit_index),
                    origin: row.u32(POOLTRACE_FIELD_element_submit_origin)))
        case POOLTRACE_EVENT_task_start:
            return .taskStart(
                task: row.u64(POOLTRACE_FIELD_task_start_task), worker: row.u32(POOLTRACE_FIELD_task_start_worker))
        case POOLTRACE_EVENT_task_end:
            return .taskEnd(
                task: row.u64(POOLTRACE_FIELD_task_end_task),
                outcome: row.u8(POOLTRACE_FIELD_task_end_outcome))
        case POOLTRACE_EVENT_task_suspend:
            return .taskSuspend(
                task: row.u64(POOLTRACE_FIELD_task_suspend_task), worker: row.u32(POOLTRACE_FIELD_task_suspend_worker))
        case POOLTRACE_EVENT_task_resume:
            return .taskResume(
                task: row.u64(POOLTRACE_FIELD_task_resume_task), worker: row.u32(POOLTRACE_FIELD_task_resume_worker))
        case POOLTRACE_EVENT_worker_park: return .workerPark(worker: row.u32(POOLTRACE_FIELD_worker_park_worker))
        case POOLTRACE_EVENT_worker_unpark: return .workerUnpark(worker: row.u32(POOLTRACE_FIELD_worker_unpark_worker))
        case POOLTRACE_EVENT_worker_time:
            return .workerTime(
                worker: row.u32(POOLTRACE_FIELD_worker_time_worker),
                elapsed: row.u64(POOLTRACE_FIELD_worker_time_elapsed),
                onCPU: row.u64(POOLTRACE_FIELD_worker_time_on_cpu), ready: row.u64(POOLTRACE_FIELD_worker_time_ready))
        case POOLTRACE_EVENT_step:
            return .step(
                task: row.u64(POOLTRACE_FIELD_step_task), ready: row.u32(POOLTRACE_FIELD_step_ready),
                arrival: row.u64(POOLTRACE_FIELD_step_arrival), segment: row.u32(POOLTRACE_FIELD_step_segment))
        case POOLTRACE_EVENT_COUNT: return nil
        default: return decodeRare(number, row, of: index)
        }
    }
}

// MARK: - The rare ones

extension EventDecoder {
    /// Versions of the format that there are, or may come to be.
    private static let versions: ClosedRange<UInt32> = 1...0xFFFF

    @inline(never)
    private func decodeRare(_ number: pooltrace_event_number, _ row: Row, of classIndex: Int) -> PoolEvent? {
        switch number {
        case POOLTRACE_EVENT_process_start:
            // Random bytes that are read as this event have no such version, and no absolute path.
            !Self.versions.contains(row.u32(POOLTRACE_FIELD_process_start_format_version))
                || !row.text(POOLTRACE_FIELD_process_start_executable).hasPrefix("/")
                ? nil
                : .processStart(
                    PoolEvent.ProcessStart(
                        pid: row.u32(POOLTRACE_FIELD_process_start_pid),
                        parentPID: row.u32(POOLTRACE_FIELD_process_start_parent_pid),
                        isSerial: row.u8(POOLTRACE_FIELD_process_start_mode) == POOLTRACE_MODE_SERIAL.rawValue,
                        seed: row.u64(POOLTRACE_FIELD_process_start_seed),
                        strategy: row.text(POOLTRACE_FIELD_process_start_strategy),
                        executable: row.text(POOLTRACE_FIELD_process_start_executable),
                        arguments: row.text(POOLTRACE_FIELD_process_start_arguments),
                        buildID: row.text(POOLTRACE_FIELD_process_start_build_id),
                        processors: row.u32(POOLTRACE_FIELD_process_start_processors),
                        workers: row.u32(POOLTRACE_FIELD_process_start_workers),
                        only: row.text(POOLTRACE_FIELD_process_start_only)))
        case POOLTRACE_EVENT_process_end: .processEnd(status: row.i32(POOLTRACE_FIELD_process_end_status))
        case POOLTRACE_EVENT_module:
            .module(
                PoolEvent.Module(
                    path: row.text(POOLTRACE_FIELD_module_path), address: row.u64(POOLTRACE_FIELD_module_address),
                    size: row.u64(POOLTRACE_FIELD_module_size),
                    buildID: row.text(POOLTRACE_FIELD_module_build_id)))
        case POOLTRACE_EVENT_call_site:
            .callSite(
                number: row.u32(POOLTRACE_FIELD_call_site_site), callers: row.numbers(POOLTRACE_FIELD_call_site_frames))
        case POOLTRACE_EVENT_site:
            .site(
                number: row.u32(POOLTRACE_FIELD_site_site),
                Site(
                    file: row.text(POOLTRACE_FIELD_site_file), line: row.u32(POOLTRACE_FIELD_site_line),
                    function: row.text(POOLTRACE_FIELD_site_function)))
        case POOLTRACE_EVENT_name:
            .name(number: row.u32(POOLTRACE_FIELD_name_name), text: row.text(POOLTRACE_FIELD_name_text))
        case POOLTRACE_EVENT_root:
            .root(task: row.u64(POOLTRACE_FIELD_root_task), path: row.text(POOLTRACE_FIELD_root_path))
        case POOLTRACE_EVENT_pool_start:
            .poolStart(
                PoolEvent.PoolStart(
                    pool: row.u32(POOLTRACE_FIELD_pool_start_pool),
                    workers: row.u32(POOLTRACE_FIELD_pool_start_workers),
                    name: row.text(POOLTRACE_FIELD_pool_start_name)))
        case POOLTRACE_EVENT_pool_end: .poolEnd(pool: row.u32(POOLTRACE_FIELD_pool_end_pool))
        case POOLTRACE_EVENT_worker_start:
            .workerStart(
                PoolEvent.WorkerStart(
                    pool: row.u32(POOLTRACE_FIELD_worker_start_pool),
                    worker: row.u32(POOLTRACE_FIELD_worker_start_worker),
                    number: row.u32(POOLTRACE_FIELD_worker_start_number),
                    thread: row.u32(POOLTRACE_FIELD_worker_start_thread)))
        case POOLTRACE_EVENT_worker_end: .workerEnd(worker: row.u32(POOLTRACE_FIELD_worker_end_worker))
        case POOLTRACE_EVENT_task_throw: .taskThrow(task: row.u64(POOLTRACE_FIELD_task_throw_task))
        case POOLTRACE_EVENT_task_input:
            .taskInput(
                task: row.u64(POOLTRACE_FIELD_task_input_task), text: row.text(POOLTRACE_FIELD_task_input_input))
        case POOLTRACE_EVENT_task_error: .taskError(taskError(row, of: classIndex))
        case POOLTRACE_EVENT_task_failed: .taskFailed(taskFailed(row))
        case POOLTRACE_EVENT_failure_count:
            .failureCount(
                number: row.u64(POOLTRACE_FIELD_failure_count_number), same: row.u64(POOLTRACE_FIELD_failure_count_same)
            )
        case POOLTRACE_EVENT_race: .race(race(row))
        case POOLTRACE_EVENT_stack_sample:
            .stackSample(
                PoolEvent.StackSample(
                    task: row.u64(POOLTRACE_FIELD_stack_sample_task),
                    index: row.u64(POOLTRACE_FIELD_stack_sample_index),
                    thread: row.u32(POOLTRACE_FIELD_stack_sample_thread),
                    kind: row.u8(POOLTRACE_FIELD_stack_sample_kind),
                    weight: row.u64(POOLTRACE_FIELD_stack_sample_weight_ns),
                    call: row.i32(POOLTRACE_FIELD_stack_sample_call),
                    reason: row.text(POOLTRACE_FIELD_stack_sample_reason),
                    frames: row.numbers(POOLTRACE_FIELD_stack_sample_frames)))
        case POOLTRACE_EVENT_sampling:
            .sampling(
                PoolEvent.Sampling(
                    period: row.u64(POOLTRACE_FIELD_sampling_period_ns),
                    blocked: row.u64(POOLTRACE_FIELD_sampling_blocked_ns),
                    perfError: row.i32(POOLTRACE_FIELD_sampling_perf_error),
                    lost: row.u64(POOLTRACE_FIELD_sampling_lost),
                    unsampled: row.u32(POOLTRACE_FIELD_sampling_unsampled)))
        case POOLTRACE_EVENT_frame:
            .frame(
                PoolEvent.FrameDefinition(
                    address: row.u64(POOLTRACE_FIELD_frame_address), depth: row.u32(POOLTRACE_FIELD_frame_depth),
                    frame: Failure.Frame(
                        function: row.text(POOLTRACE_FIELD_frame_function), file: row.text(POOLTRACE_FIELD_frame_file),
                        line: row.u32(POOLTRACE_FIELD_frame_line)))
            )
        case POOLTRACE_EVENT_report:
            .report(number: row.u64(POOLTRACE_FIELD_report_number), same: row.u64(POOLTRACE_FIELD_report_same))
        case POOLTRACE_EVENT_task_cancel:
            .taskCancel(task: row.u64(POOLTRACE_FIELD_task_cancel_task), by: row.u64(POOLTRACE_FIELD_task_cancel_by))
        case POOLTRACE_EVENT_wait_start:
            .waitStart(
                task: row.u64(POOLTRACE_FIELD_wait_start_task), awaited: row.u64(POOLTRACE_FIELD_wait_start_awaited))
        case POOLTRACE_EVENT_wait_end:
            .waitEnd(task: row.u64(POOLTRACE_FIELD_wait_end_task), awaited: row.u64(POOLTRACE_FIELD_wait_end_awaited))
        case POOLTRACE_EVENT_mark: mark(row)
        case POOLTRACE_EVENT_task_mark:
            .taskMark(task: row.u64(POOLTRACE_FIELD_task_mark_task), name: row.u32(POOLTRACE_FIELD_task_mark_name))
        case POOLTRACE_EVENT_task_value:
            .taskValue(
                task: row.u64(POOLTRACE_FIELD_task_value_task), name: row.u32(POOLTRACE_FIELD_task_value_name),
                value: row.float(POOLTRACE_FIELD_task_value_value))
        case POOLTRACE_EVENT_span_start:
            .spanStart(task: row.u64(POOLTRACE_FIELD_span_start_task), name: row.u32(POOLTRACE_FIELD_span_start_name))
        case POOLTRACE_EVENT_span_end:
            .spanEnd(task: row.u64(POOLTRACE_FIELD_span_end_task), name: row.u32(POOLTRACE_FIELD_span_end_name))
        case POOLTRACE_EVENT_origin:
            .origin(
                PoolEvent.Origin(
                    origin: row.u32(POOLTRACE_FIELD_origin_origin), pool: row.u32(POOLTRACE_FIELD_origin_pool),
                    site: row.u32(POOLTRACE_FIELD_origin_site),
                    name: row.u32(POOLTRACE_FIELD_origin_name)))
        case POOLTRACE_EVENT_divergence:
            .divergence(
                place: row.u64(POOLTRACE_FIELD_divergence_place),
                expected: row.u64(POOLTRACE_FIELD_divergence_expected),
                chosen: row.u64(POOLTRACE_FIELD_divergence_chosen),
                ready: row.u32(POOLTRACE_FIELD_divergence_ready))
        default: nil
        }
    }

    private func taskError(_ row: Row, of classIndex: Int) -> TaskError {
        TaskError(
            task: row.u64(POOLTRACE_FIELD_task_error_task), number: row.u64(POOLTRACE_FIELD_task_error_number),
            sameBefore: row.u64(POOLTRACE_FIELD_task_error_same_before),
            start: row.u64(POOLTRACE_FIELD_task_error_start_ns), queueWait: row.u64(POOLTRACE_FIELD_task_error_wait_ns),
            runTime: row.u64(POOLTRACE_FIELD_task_error_run_ns),
            pool: row.u32(POOLTRACE_FIELD_task_error_pool), worker: row.u32(POOLTRACE_FIELD_task_error_worker),
            site: row.u32(POOLTRACE_FIELD_task_error_site),
            name: row.u32(POOLTRACE_FIELD_task_error_name), path: row.text(POOLTRACE_FIELD_task_error_path),
            input: row.text(POOLTRACE_FIELD_task_error_input),
            type: row.text(POOLTRACE_FIELD_task_error_type), message: row.text(POOLTRACE_FIELD_task_error_message),
            beside: beside(row, of: classIndex), besideOmitted: row.u32(POOLTRACE_FIELD_task_error_beside_omitted),
            ancestorSites: row.numbers(POOLTRACE_FIELD_task_error_ancestor_sites),
            ancestorNames: row.numbers(POOLTRACE_FIELD_task_error_ancestor_names),
            frames: row.numbers(POOLTRACE_FIELD_task_error_frames),
            isDeferred: row.has(POOLTRACE_FIELD_task_error_deferred)
                && row.u8(POOLTRACE_FIELD_task_error_deferred) == 1,
            said: said(
                row, POOLTRACE_FIELD_task_error_said, POOLTRACE_FIELD_task_error_said_values,
                POOLTRACE_FIELD_task_error_said_ns))
    }

    private func said(_ row: Row, _ what: Int, _ values: Int, _ times: Int) -> [TaskError.Said] {
        zip(zip(row.numbers(what), row.numbers(values)), row.numbers(times)).map { said, before in
            TaskError.Said(what: said.0, value: Double(bitPattern: said.1), before: before)
        }
    }

    private func taskFailed(_ row: Row) -> PoolEvent.TaskFailed {
        let beside = zip(
            zip(
                row.numbers(POOLTRACE_FIELD_task_failed_beside_workers),
                row.numbers(POOLTRACE_FIELD_task_failed_beside_names)),
            row.numbers(POOLTRACE_FIELD_task_failed_beside_run_ns)
        ).map { numbers, running in
            TaskError.Neighbour(
                worker: UInt32(clamping: numbers.0), name: UInt32(clamping: numbers.1), running: running, path: "")
        }
        return PoolEvent.TaskFailed(
            error: TaskError(
                task: row.u64(POOLTRACE_FIELD_task_failed_task), number: row.u64(POOLTRACE_FIELD_task_failed_number),
                start: row.u64(POOLTRACE_FIELD_task_failed_start_ns),
                queueWait: row.u64(POOLTRACE_FIELD_task_failed_wait_ns),
                runTime: row.u64(POOLTRACE_FIELD_task_failed_run_ns),
                pool: row.u32(POOLTRACE_FIELD_task_failed_pool), worker: row.u32(POOLTRACE_FIELD_task_failed_worker),
                site: row.u32(POOLTRACE_FIELD_task_failed_site), name: row.u32(POOLTRACE_FIELD_task_failed_name),
                path: "", type: row.text(POOLTRACE_FIELD_task_failed_type_name), message: "", beside: beside,
                besideOmitted: row.u32(POOLTRACE_FIELD_task_failed_beside_omitted),
                ancestorSites: row.numbers(POOLTRACE_FIELD_task_failed_ancestor_sites),
                ancestorNames: row.numbers(POOLTRACE_FIELD_task_failed_ancestor_names),
                frames: row.numbers(POOLTRACE_FIELD_task_failed_frames), isDeferred: true,
                said: said(
                    row, POOLTRACE_FIELD_task_failed_said, POOLTRACE_FIELD_task_failed_said_values,
                    POOLTRACE_FIELD_task_failed_said_ns)),
            steps: row.numbers(POOLTRACE_FIELD_task_failed_steps),
            beside: row.numbers(POOLTRACE_FIELD_task_failed_beside_tasks))
    }

    private func race(_ row: Row) -> PoolEvent.FoundRace {
        PoolEvent.FoundRace(
            number: row.u64(POOLTRACE_FIELD_race_number),
            access: Race.Access(rawValue: row.u8(POOLTRACE_FIELD_race_access)),
            otherAccess: Race.Access(rawValue: row.u8(POOLTRACE_FIELD_race_other_access)),
            otherFirst: row.u8(POOLTRACE_FIELD_race_other_first),
            memory: Race.Memory(
                size: row.u64(POOLTRACE_FIELD_race_size), kind: row.text(POOLTRACE_FIELD_race_memory),
                bytes: row.u64(POOLTRACE_FIELD_race_bytes), offset: row.u64(POOLTRACE_FIELD_race_offset)),
            otherName: row.u32(POOLTRACE_FIELD_race_other_name), otherSite: row.u32(POOLTRACE_FIELD_race_other_site),
            otherPath: row.text(POOLTRACE_FIELD_race_other_path),
            otherInput: row.text(POOLTRACE_FIELD_race_other_input),
            otherFrames: row.numbers(POOLTRACE_FIELD_race_other_frames),
            allocation: row.numbers(POOLTRACE_FIELD_race_allocation),
            otherAncestorSites: row.numbers(POOLTRACE_FIELD_race_other_ancestor_sites),
            otherAncestorNames: row.numbers(POOLTRACE_FIELD_race_other_ancestor_names))
    }

    private func beside(_ row: Row, of classIndex: Int) -> [TaskError.Neighbour] {
        guard row.has(POOLTRACE_FIELD_task_error_beside_paths) else {
            return older.neighbours(row.payload, of: classIndex)
        }
        let numbers = zip(
            row.numbers(POOLTRACE_FIELD_task_error_beside_workers), row.numbers(POOLTRACE_FIELD_task_error_beside_names)
        )
        let paths = row.text(POOLTRACE_FIELD_task_error_beside_paths)
            .split(separator: "\n", omittingEmptySubsequences: false)
        return zip(zip(numbers, row.numbers(POOLTRACE_FIELD_task_error_beside_run_ns)), paths).map { numbers, path in
            TaskError.Neighbour(
                worker: UInt32(clamping: numbers.0.0), name: UInt32(clamping: numbers.0.1),
                running: numbers.1, path: String(path))
        }
    }

    private func mark(_ row: Row) -> PoolEvent {
        let text = row.text(POOLTRACE_FIELD_mark_text)
        let kind =
            row.has(POOLTRACE_FIELD_mark_kind)
            ? MarkKind(rawValue: row.u8(POOLTRACE_FIELD_mark_kind)) ?? .unknown : OlderFields.kind(ofMark: text)
        return .mark(task: row.u64(POOLTRACE_FIELD_mark_task), kind: kind, text: text)
    }
}

// MARK: - Fields

/// The fields of an event, by their places in its row of the table.
private struct Row {
    let payload: EventFields
    /// Those of all classes.
    let positions: [Int]
    /// The place of the event's own.
    let first: Int

    /// Whether the trace has it.
    func has(_ field: Int) -> Bool { position(field) >= 0 }

    @inline(__always)
    private func position(_ field: Int) -> Int { positions[first &+ field] }

    @inline(__always)
    func u64(_ field: Int) -> UInt64 { payload.unsigned(position(field)) }

    @inline(__always)
    func u32(_ field: Int) -> UInt32 { UInt32(truncatingIfNeeded: u64(field)) }

    @inline(__always)
    func u8(_ field: Int) -> UInt8 { UInt8(truncatingIfNeeded: u64(field)) }

    func i32(_ field: Int) -> Int32 { Int32(truncatingIfNeeded: payload.signed(position(field))) }

    func float(_ field: Int) -> Double { payload.float(position(field)) }

    func numbers(_ field: Int) -> [UInt64] { Array(payload.sequence(position(field))) }

    /// Bytes that are not UTF-8 come from a damaged trace, and are shown as such.
    func text(_ field: Int) -> String {
        let bytes = payload.bytes(position(field))
        return String(validating: bytes, as: UTF8.self) ?? TerminalText.escape(utf8: bytes)
    }
}
