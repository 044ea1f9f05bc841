import CBench
import Foundation
import PoolTrace

/// Tasks in two worker processes: the body adds its process ID to its own; and a large buffer on its way to one.
enum ProcessGroup {
    private static let few = 10_000
    private static let many = 200_000
    private static let bytes = 64 << 20

    static let rows =
        [
            python("each", "Python: apply_async, then get", few),
            ours(
                "process-each", "processes: submit, then value", few, .memory,
                [.faster(5, than: "python-each")]
            ) { pool, count in
                let futures = (0..<count).map { pool.submit(Work.self, $0) }
                return try futures.map { try $0.value() }
            },
            python("map-1", "Python: map, chunks of 1", few),
            ours(
                "process-map-1", "processes: map, chunks of 1", few, .memory, [.faster(5, than: "python-map-1")]
            ) { pool, count in
                try pool.map(Work.self, over: 0..<count, chunkSize: 1)
            },
            python("map", "Python: map", many),
            ours("process-map", "processes: map, traced to the ring", many, .memory, [.faster(5, than: "python-map")]) {
                try $0.map(Work.self, over: 0..<$1)
            },
            ours("process-map-off", "processes: map, untraced", many, .off, [.beside("python-map")]) {
                try $0.map(Work.self, over: 0..<$1)
            },
        ] + buffers

    enum Work: ProcessTask {
        /// Asked for once, on both sides: a system call is not what is measured.
        static let process = Int(getpid()) << 32

        static func run(_ number: Int) -> Int { process | number }
    }

    enum Length: ProcessTask {
        static func run(_ buffer: [UInt8]) -> Int { buffer.count }
    }

    // MARK: Small tasks

    private static func ours(
        _ id: String, _ title: String, _ count: Int, _ host: Host, _ targets: [Target],
        _ run: @escaping @Sendable (ProcessPool, Int) throws -> [Int]
    ) -> Row {
        Row(id, title, .task, in: host, threads: 0, targets) {
            try Conditions.restrict()
            let pool = try ProcessPool(workers: Conditions.workers)
            try Conditions.check(recording: host == .memory)
            return {
                let watch = Stopwatch()
                let results = try run(pool, count)
                var sample = watch.stop(count: count)
                var tasks: [Int: UInt64] = [:]
                for result in results { tasks[result >> 32, default: 0] += 1 }
                let sum = results.reduce(UInt64(0)) { $0 + UInt64($1 & 0xFFFF_FFFF) }
                sample.note = try TaskCount.check(Array(tasks.values), sum: sum, count: count)
                return sample
            }
        }
    }

    private static func python(_ way: String, _ title: String, _ count: Int) -> Row {
        Row("python-\(way)", title, .task, in: .peer("python-\(way)"), threads: 0) {
            try Conditions.restrict()
            let program = try PeerProgram(pythonCommand(way))
            return { try program.round(count) }
        }
    }

    private static func pythonCommand(_ way: String) throws -> [String] {
        ["/usr/bin/env", "python3", "\(try Places.inherited().peers)/python.py", way]
    }

    // MARK: Large buffers

    private static let buffers = [
        Row("memcpy", "memcpy into new memory, 64 MiB", .kibibyte, in: .off, threads: 0) {
            let source = [UInt8](repeating: 7, count: bytes)
            return {
                let watch = Stopwatch()
                let copy = [UInt8](unsafeUninitializedCapacity: bytes) { room, initialized in
                    source.withUnsafeBytes { UnsafeMutableRawBufferPointer(room).copyMemory(from: $0) }
                    initialized = bytes
                }
                let sample = watch.stop(count: bytes >> 10)
                bench_use(UInt64(copy[copy.count / 2]))
                return sample
            }
        },
        Row(
            "process-buffer", "processes: submit 64 MiB of [UInt8]", .kibibyte, in: .off, threads: 0,
            [.atMost(2, of: "memcpy"), .beside("python-buffer")]
        ) {
            let source = [UInt8](repeating: 7, count: bytes)
            let pool = try ProcessPool(workers: 1)
            return {
                let watch = Stopwatch()
                let found = try pool.submit(Length.self, source).value()
                let sample = watch.stop(count: bytes >> 10)
                guard found == bytes else { throw BenchError("\(found) of \(bytes) bytes arrived") }
                return sample
            }
        },
        Row("python-buffer", "Python: apply of 64 MiB of bytes", .kibibyte, in: .peer("python-buffer"), threads: 0) {
            let program = try PeerProgram(pythonCommand("buffer"))
            return { try program.round(bytes: bytes) }
        },
    ]
}
