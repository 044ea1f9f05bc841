internal import TraceAnalysis

// Samples as `stack_sample` packets, with weights in nanoseconds: of processor time, or of time blocked.

extension PerfettoRun {
    /// Writes the samples of the run's tasks.
    ///
    /// - Parameters:
    ///   - pid: The process ID in the export.
    ///   - threads: The numbers that threads have in the export, by those of the kernel, where those differ.
    static func write(
        samplesOf run: Run, pid: UInt64, threads: [UInt64: UInt64], to packets: inout PerfettoPackets
    ) {
        guard !run.samples.all.isEmpty else { return }
        packets.intern(stacks: Profile.frames(of: run))
        for sample in run.samples.all {
            let thread = threads[UInt64(sample.thread)] ?? UInt64(sample.thread)
            packets.sample(
                at: sample.time, pid: pid, thread: thread, stack: sample.stack,
                kind: sample.kind == .blocked ? .blocked : .processor, weight: sample.weight)
        }
    }
}

extension PerfettoPackets {
    private typealias Interned = PerfettoFields.InternedData
    private typealias Stack = PerfettoFields.StackSample

    /// What the weights of samples are.
    enum Weight: UInt64, CaseIterable {
        case processor = 1, blocked

        fileprivate var name: String { self == .blocked ? "time blocked" : "processor time" }
    }

    mutating func sample(at time: UInt64, pid: UInt64, thread: UInt64, stack: Int, kind: Weight, weight: UInt64) {
        packet { packet in
            packet.varint(PerfettoFields.TracePacket.timestamp, time)
            packet.message(PerfettoFields.TracePacket.stackSample) { sample in
                sample.message(Stack.taskContext) { context in
                    context.varint(Stack.TaskContext.pid, pid)
                    context.varint(Stack.TaskContext.tid, thread)
                }
                sample.varint(Stack.callstackIID, UInt64(stack + 1))
                sample.varint(Stack.primaryDescriptorIID, kind.rawValue)
                sample.varint(Stack.primaryWeight, weight)
            }
        }
    }

    /// Tells the reader what the numbers of stacks mean, a packet for each: they have the places of the stacks.
    mutating func intern(stacks: [[Profile.Frame]]) {
        packet { packet in
            packet.message(PerfettoFields.TracePacket.internedData) { data in
                for weight in Weight.allCases {
                    data.message(Interned.counterDescriptors) { counter in
                        counter.varint(Stack.CounterDescriptor.iid, weight.rawValue)
                        counter.text(Stack.CounterDescriptor.name, weight.name)
                        counter.varint(Stack.CounterDescriptor.unit, Stack.CounterDescriptor.nanoseconds)
                    }
                }
            }
        }
        var texts: [String: UInt64] = [:], modules: [String: UInt64] = [:], frames: [Profile.Frame: UInt64] = [:]
        for (place, stack) in stacks.enumerated() {
            packet { packet in
                packet.message(PerfettoFields.TracePacket.internedData) { data in
                    for frame in stack where frames[frame] == nil {
                        frames[frame] = UInt64(frames.count + 1)
                        Self.intern(frame, as: UInt64(frames.count), &texts, &modules, in: &data)
                    }
                    data.message(Interned.callstacks) { callstack in
                        callstack.varint(Stack.Callstack.iid, UInt64(place + 1))
                        for frame in stack { callstack.varint(Stack.Callstack.frameIDs, frames[frame] ?? 0) }
                    }
                }
            }
        }
    }

    private static func intern(
        _ frame: Profile.Frame, as iid: UInt64, _ texts: inout [String: UInt64], _ modules: inout [String: UInt64],
        in data: inout ProtobufWriter
    ) {
        func number(of text: String, _ field: Int, in data: inout ProtobufWriter) -> UInt64 {
            let key = "\(field) \(text)"
            if let known = texts[key] { return known }
            let number = UInt64(texts.count + 1)
            texts[key] = number
            data.message(field) { entry in
                entry.varint(Interned.iid, number)
                entry.text(Interned.name, text)
            }
            return number
        }
        let function = number(of: frame.function, Interned.functionNames, in: &data)
        let file = frame.file.isEmpty ? nil : number(of: frame.file, Interned.sourcePaths, in: &data)
        if modules[frame.module] == nil {
            let path = number(of: frame.module, Interned.mappingPaths, in: &data)
            modules[frame.module] = UInt64(modules.count + 1)
            data.message(Interned.mappings) { mapping in
                mapping.varint(Stack.Mapping.iid, UInt64(modules.count))
                mapping.varint(Stack.Mapping.pathStringIDs, path)
            }
        }
        data.message(Interned.frames) { entry in
            entry.varint(Stack.Frame.iid, iid)
            entry.varint(Stack.Frame.functionNameID, function)
            entry.varint(Stack.Frame.mappingID, modules[frame.module] ?? 0)
            // Frames of one address are one frame to the reader: their numbers stand for addresses.
            entry.varint(Stack.Frame.relativePC, iid)
            if let file { entry.varint(Stack.Frame.sourcePathIID, file) }
            if frame.line > 0 { entry.varint(Stack.Frame.lineNumber, UInt64(frame.line)) }
        }
    }
}
