internal import PoolModel
internal import TraceAnalysis

// Profiles for other programs: each of their formats is a list of stacks.

extension ProfileDocument {
    // MARK: Collapsed stacks

    /// Writes a line for each stack: the task's name and the functions, the task's first, with `;` between them, then
    /// microseconds.
    ///
    /// The form of flamegraph.pl, inferno and speedscope.
    package func writeCollapsed(to sink: @escaping ByteSink) {
        var text = ""
        for (run, profile) in pairs {
            var sums: [String: UInt64] = [:]
            for stack in profile.stacks {
                let names = [Self.title(stack.group, in: run)] + stack.frames.map(\.function)
                sums[names.map(Self.collapsed).joined(separator: ";"), default: 0] &+= stack.amount.weight
            }
            for (stack, weight) in sums.sorted(by: { $0.key < $1.key }) { text += "\(stack) \(weight / 1000)\n" }
        }
        text.write(to: sink)
    }

    /// A name that ends neither a frame nor a line.
    private static func collapsed(_ name: String) -> String {
        TerminalText.escape(name).replacing(";", with: ":")
    }

    private static func title(_ group: TaskTimes.Group, in run: Run) -> String {
        RunStatistics.Group.name(group).title(in: run)
    }

    // MARK: Speedscope

    /// Writes a file for https://www.speedscope.app: a profile for each thread of each run, with the samples in time
    /// order.
    ///
    /// Its format: https://www.speedscope.app/file-format-schema.json.
    package func writeSpeedscope(to sink: @escaping ByteSink) {
        var frames = Numbers<Profile.Frame>()
        let profiles = pairs.flatMap { run, profile in
            let stacks = profile.stacks.map { stack in
                let root = Profile.Frame(task: Self.title(stack.group, in: run))
                return ([root] + stack.frames).map { frames.number(of: $0) }
            }
            return Dictionary(grouping: profile.samples, by: \.thread).sorted { $0.key < $1.key }.map {
                thread, samples in
                (name: Self.name(ofThread: thread, in: run), stacks: stacks, samples: samples)
            }
        }
        var writer = JSONWriter(to: sink)
        writer.object { writer in
            writer.value("$schema", "https://www.speedscope.app/file-format-schema.json")
            writer.value("exporter", "pooltrace")
            writer.value("name", runs.first?.trace)
            writer.object("shared") { writer in
                writer.array("frames") { writer in
                    for frame in frames.values {
                        writer.object { writer in
                            writer.value("name", frame.function)
                            if !frame.file.isEmpty { writer.value("file", frame.file) }
                            if frame.line > 0 { writer.value("line", frame.line) }
                        }
                    }
                }
            }
            writer.array("profiles") { writer in
                for (name, stacks, samples) in profiles {
                    writer.object { writer in
                        writer.value("type", "sampled")
                        writer.value("name", name)
                        writer.value("unit", "nanoseconds")
                        writer.value("startValue", 0)
                        writer.value("endValue", samples.reduce(0) { $0 &+ $1.weight })
                        writer.array("samples") { writer in
                            for sample in samples {
                                writer.array { writer in
                                    for frame in stacks[sample.stack] { writer.value(nil, frame) }
                                }
                            }
                        }
                        writer.array("weights") { writer in
                            for sample in samples { writer.value(nil, sample.weight) }
                        }
                    }
                }
            }
        }
        writer.finish()
    }

    private static func name(ofThread thread: UInt32, in run: Run) -> String {
        guard let worker = run.workers.first(where: { $0.thread == thread }) else { return "thread \(thread)" }
        return RunStatistics.Group.worker(worker.id).title(in: run) + ", thread \(thread)"
    }

    // MARK: pprof

    /// Writes a profile of pprof, uncompressed: https://github.com/google/pprof/blob/main/proto/profile.proto.
    ///
    /// Samples have the label `task`, the task's name.
    package func writePprof(to sink: @escaping ByteSink) {
        var texts = Numbers<String>()
        _ = texts.number(of: "")
        var functions = Numbers<Profile.Function.Key>(), locations = Numbers<Profile.Frame>()
        let aspect = profiles.first?.aspect == .blocked ? "blocked" : "cpu"
        var writer = ProtobufWriter(to: sink)
        for (type, unit) in [("samples", "count"), (aspect, "nanoseconds")] {
            writer.message(1) { writer in
                writer.varint(1, UInt64(texts.number(of: type)))
                writer.varint(2, UInt64(texts.number(of: unit)))
            }
        }
        for (run, profile) in pairs {
            for stack in profile.stacks {
                writer.flushIfFull()
                writer.message(2) { writer in
                    for frame in stack.frames.reversed() { writer.varint(1, UInt64(locations.number(of: frame) + 1)) }
                    writer.varint(2, UInt64(stack.amount.samples))
                    writer.varint(2, stack.amount.weight)
                    writer.message(3) { writer in
                        writer.varint(1, UInt64(texts.number(of: "task")))
                        writer.varint(2, UInt64(texts.number(of: Self.title(stack.group, in: run))))
                    }
                }
            }
        }
        for (place, frame) in locations.values.enumerated() {
            writer.flushIfFull()
            writer.message(4) { writer in
                writer.varint(1, UInt64(place + 1))
                writer.message(4) { writer in
                    writer.varint(1, UInt64(functions.number(of: Profile.Function.Key(frame)) + 1))
                    writer.varint(2, UInt64(frame.line))
                }
            }
        }
        for (place, function) in functions.values.enumerated() {
            writer.flushIfFull()
            writer.message(5) { writer in
                writer.varint(1, UInt64(place + 1))
                writer.varint(2, UInt64(texts.number(of: function.name)))
                writer.varint(3, UInt64(texts.number(of: function.name)))
                writer.varint(4, UInt64(texts.number(of: function.file)))
            }
        }
        let period = runs.first?.sampling?.period ?? 0
        let periodType = (texts.number(of: "cpu"), texts.number(of: "nanoseconds"))
        for text in texts.values {
            writer.flushIfFull()
            writer.text(6, text)
        }
        if let first = runs.first {
            writer.varint(9, first.start)
            writer.varint(10, first.duration)
        }
        writer.message(11) { writer in
            writer.varint(1, UInt64(periodType.0))
            writer.varint(2, UInt64(periodType.1))
        }
        writer.varint(12, period)
        writer.finish()
    }
}

/// Numbers values in the order in which they come.
private struct Numbers<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: Int] = [:]

    mutating func number(of value: Value) -> Int {
        if let number = numbers[value] { return number }
        numbers[value] = values.count
        values.append(value)
        return values.count - 1
    }
}

extension Profile.Frame {
    /// A frame below all others, which stands for the tasks of a name.
    fileprivate init(task: String) { self.init(function: task, file: "", line: 0, module: "") }
}

extension Profile.Function {
    /// A function, whatever its line.
    fileprivate struct Key: Hashable {
        let name: String
        let file: String

        init(_ frame: Profile.Frame) { (name, file) = (frame.function, frame.file) }
    }
}
