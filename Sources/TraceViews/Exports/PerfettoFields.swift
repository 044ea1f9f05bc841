/// Field numbers and constants of the messages in use, named after those of perfetto_trace.proto.
///
/// https://android.googlesource.com/platform/external/perfetto/+/refs/heads/main/protos/perfetto/trace/perfetto_trace.proto
enum PerfettoFields {
    enum Trace {
        static let packet = 1
    }

    enum TracePacket {
        static let clockSnapshot = 6
        static let timestamp = 8
        static let trustedPacketSequenceID = 10
        static let trackEvent = 11
        static let internedData = 12
        static let sequenceFlags = 13
        static let trackDescriptor = 60
        static let stackSample = 135
        // SequenceFlags
        static let incrementalStateCleared: UInt64 = 1
        static let needsIncrementalState: UInt64 = 2
    }

    enum ClockSnapshot {
        static let clocks = 1
        enum Clock {
            static let clockID = 1
            static let timestamp = 2
            // BuiltinClock
            static let realtime: UInt64 = 1
            static let boottime: UInt64 = 6
        }
    }

    enum TrackDescriptor {
        static let uuid = 1
        static let name = 2
        static let process = 3
        static let thread = 4
        static let parentUUID = 5
        static let counter = 8
    }

    enum ProcessDescriptor {
        static let pid = 1
        static let processName = 6
    }

    enum ThreadDescriptor {
        static let pid = 1
        static let tid = 2
        static let threadName = 5
    }

    enum TrackEvent {
        static let categoryIIDs = 3
        static let debugAnnotations = 4
        static let type = 9
        static let nameIID = 10
        static let trackUUID = 11
        static let name = 23
        static let counterValue = 30
        static let doubleCounterValue = 44
        static let flowIDs = 47
        // Type
        static let sliceBegin: UInt64 = 1
        static let sliceEnd: UInt64 = 2
        static let instant: UInt64 = 3
        static let counter: UInt64 = 4
    }

    enum StackSample {
        static let taskContext = 1
        static let callstackIID = 6
        static let primaryDescriptorIID = 10
        static let primaryWeight = 11
        enum TaskContext {
            static let pid = 2
            static let tid = 3
        }
        enum CounterDescriptor {
            static let iid = 1
            static let name = 2
            static let unit = 3
            // Unit
            static let nanoseconds: UInt64 = 1
        }
        enum Callstack {
            static let iid = 1
            static let frameIDs = 2
        }
        enum Frame {
            static let iid = 1
            static let functionNameID = 2
            static let mappingID = 3
            static let relativePC = 4
            static let sourcePathIID = 5
            static let lineNumber = 6
        }
        enum Mapping {
            static let iid = 1
            static let pathStringIDs = 7
        }
    }

    enum DebugAnnotation {
        static let nameIID = 1
        static let uintValue = 3
        static let stringValue = 6
    }

    enum InternedData {
        static let eventCategories = 1
        static let eventNames = 2
        static let debugAnnotationNames = 3
        static let functionNames = 5
        static let frames = 6
        static let callstacks = 7
        static let mappingPaths = 17
        static let sourcePaths = 18
        static let mappings = 19
        static let counterDescriptors = 50
        // The same in all that are texts.
        static let iid = 1
        static let name = 2
    }
}
