public import PoolModel

extension PoolEvent {
    /// The stack of a thread that ran a task.
    public struct StackSample: Sendable, Equatable {
        /// What it was taken of, and by what.
        public enum Kind: UInt8, Sendable, CaseIterable {
            /// On a processor, by the clock of a perf event.
            case perf = 1
            /// On a processor, by a timer.
            case timer = 2
            /// Blocked.
            case blocked = 3
        }

        /// The task's number.
        public var task: UInt64
        /// The element of a map that ran, where `task` is another of the same map; else `noIndex`.
        public var index: UInt64
        /// The thread ID.
        public var thread: UInt32
        /// The number of a `Kind`.
        public var kind: UInt8
        /// The time that it stands for, in nanoseconds.
        public var weight: UInt64
        /// The system call of a blocked thread; -1 without one.
        public var call: Int32
        /// What a blocked thread waits for, for people.
        public var reason: String
        /// Return addresses, innermost first.
        public var frames: [UInt64]

        /// Creates the value.
        public init(
            task: UInt64, index: UInt64 = PoolEvent.noIndex, thread: UInt32, kind: UInt8, weight: UInt64,
            call: Int32 = -1, reason: String = "", frames: [UInt64]
        ) {
            (self.task, self.index, self.thread, self.kind) = (task, index, thread, kind)
            (self.weight, self.call, self.reason, self.frames) = (weight, call, reason, frames)
        }
    }

    /// How stacks are sampled, and what was lost so far.
    public struct Sampling: Sendable, Equatable {
        /// Between two samples on a processor, in nanoseconds; 0: none are taken.
        public var period: UInt64
        /// How long a thread has been blocked when its stack is read, in nanoseconds; 0: none is.
        public var blocked: UInt64
        /// The `errno` with which the kernel refuses perf events; 0: it grants them.
        public var perfError: Int32
        /// Samples that found no room.
        public var lost: UInt64
        /// Threads that got no timer.
        public var unsampled: UInt32

        /// Creates the value.
        public init(period: UInt64, blocked: UInt64, perfError: Int32 = 0, lost: UInt64 = 0, unsampled: UInt32 = 0) {
            (self.period, self.blocked, self.perfError) = (period, blocked, perfError)
            (self.lost, self.unsampled) = (lost, unsampled)
        }
    }

    /// Two accesses that nothing orders; names, sites and frames are numbers and addresses.
    public struct FoundRace: Sendable, Equatable {
        /// The failure's number.
        public var number: UInt64
        /// What the failed task's access does, and what the other's.
        public var access: Race.Access, otherAccess: Race.Access
        /// 1 if the other one was first, else 0.
        public var otherFirst: UInt8
        /// Where the memory lies.
        public var memory: Race.Memory
        /// The other task's name, 0 without one, and the site of its submission.
        public var otherName: UInt32, otherSite: UInt32
        /// Its path, and what it was working on, empty without an input.
        public var otherPath: String, otherInput: String
        /// Where its access is, and where the memory was allocated, as return addresses.
        public var otherFrames: [UInt64], allocation: [UInt64]
        /// The sites and names of the tasks above it, nearest first, as numbers.
        public var otherAncestorSites: [UInt64], otherAncestorNames: [UInt64]

        /// Creates the value.
        public init(
            number: UInt64, access: Race.Access, otherAccess: Race.Access, otherFirst: UInt8, memory: Race.Memory,
            otherName: UInt32, otherSite: UInt32, otherPath: String, otherInput: String, otherFrames: [UInt64],
            allocation: [UInt64], otherAncestorSites: [UInt64] = [], otherAncestorNames: [UInt64] = []
        ) {
            (self.number, self.access, self.otherAccess) = (number, access, otherAccess)
            (self.otherFirst, self.memory) = (otherFirst, memory)
            (self.otherName, self.otherSite) = (otherName, otherSite)
            (self.otherPath, self.otherInput) = (otherPath, otherInput)
            (self.otherFrames, self.allocation) = (otherFrames, allocation)
            (self.otherAncestorSites, self.otherAncestorNames) = (otherAncestorSites, otherAncestorNames)
        }
    }

    /// A failure that has not been described.
    public struct TaskFailed: Sendable, Equatable {
        /// What is known of it: all but the path, the message, the input, and the paths of what ran beside it.
        public var error: TaskError
        /// The path: the number of the root, then ordinals, and indices with the highest bit set; empty if it is too
        /// long.
        public var steps: [UInt64]
        /// The numbers of the tasks that ran beside it, in the order of `error.beside`.
        public var beside: [UInt64]

        /// Creates the value.
        public init(error: TaskError, steps: [UInt64], beside: [UInt64] = []) {
            self.error = error
            self.steps = steps
            self.beside = beside
        }
    }

    /// What a process says of itself when it starts.
    public struct ProcessStart: Sendable, Equatable {
        /// The process ID.
        public var pid: UInt32
        /// Its parent's number.
        public var parentPID: UInt32
        /// Whether its pools ran in serial mode.
        public var isSerial: Bool
        /// The seed of the strategy.
        public var seed: UInt64
        /// The strategy of serial mode; empty in parallel mode.
        public var strategy: String
        /// The program's file.
        public var executable: String
        /// The command line without PoolTrace's options, quoted for a shell.
        public var arguments: String
        /// The program's build id, in hexadecimal; empty where it has none.
        public var buildID: String
        /// How many processors the process may run on; 0 where the trace does not have it.
        public var processors: UInt32
        /// How many workers each pool has by an option or the environment; 0 where the program says it.
        public var workers: UInt32
        /// The path of the one task that was to run; empty for all.
        public var only: String

        /// Creates the value.
        public init(
            pid: UInt32, parentPID: UInt32 = 0, isSerial: Bool = false, seed: UInt64 = 0, strategy: String = "",
            executable: String, arguments: String, buildID: String = "", processors: UInt32 = 0,
            workers: UInt32 = 0, only: String = ""
        ) {
            self.buildID = buildID
            self.processors = processors
            self.workers = workers
            self.only = only
            self.pid = pid
            self.parentPID = parentPID
            self.isSerial = isSerial
            self.seed = seed
            self.strategy = strategy
            self.executable = executable
            self.arguments = arguments
        }
    }

    /// A program or library, and where it was loaded.
    public struct Module: Sendable, Equatable {
        /// Its file.
        public var path: String
        /// What is added to an address in the file to make one in memory.
        public var address: UInt64
        /// The highest address in the file.
        public var size: UInt64
        /// Its build id, in hexadecimal; empty where it has none.
        public var buildID: String

        /// Creates the value.
        public init(path: String, address: UInt64, size: UInt64, buildID: String) {
            self.path = path
            self.address = address
            self.size = size
            self.buildID = buildID
        }
    }

    /// A pool and its number.
    public struct PoolStart: Sendable, Equatable {
        /// The pool's number in the process.
        public var pool: UInt32
        /// How many workers it has.
        public var workers: UInt32
        /// Its name.
        public var name: String

        /// Creates the value.
        public init(pool: UInt32, workers: UInt32, name: String) {
            self.pool = pool
            self.workers = workers
            self.name = name
        }
    }

    /// A worker and its numbers.
    public struct WorkerStart: Sendable, Equatable {
        /// The pool it belongs to.
        public var pool: UInt32
        /// Its number in the process.
        public var worker: UInt32
        /// Its number in the pool, from 1.
        public var number: UInt32
        /// The ID of its thread or process.
        public var thread: UInt32

        /// Creates the value.
        public init(pool: UInt32, worker: UInt32, number: UInt32, thread: UInt32 = 0) {
            self.pool = pool
            self.worker = worker
            self.number = number
            self.thread = thread
        }
    }

    /// A task as it was submitted.
    public struct TaskSubmit: Sendable, Equatable {
        /// The task's number.
        public var task: UInt64
        /// The number of the task that submitted it, or of the map that it is an element of.
        public var parent: UInt64
        /// Its index in the map, or `noIndex`.
        public var index: UInt64
        /// Its place among its parent's children, from 1; 0 for an element.
        public var ordinal: UInt32
        /// The number of its origin: its pool, site and name.
        public var origin: UInt32

        /// Creates the value.
        public init(
            task: UInt64, parent: UInt64, index: UInt64 = PoolEvent.noIndex, ordinal: UInt32 = 0, origin: UInt32
        ) {
            self.task = task
            self.parent = parent
            self.index = index
            self.ordinal = ordinal
            self.origin = origin
        }
    }

    /// What the tasks have in common that one line submits to one pool under one name.
    public struct Origin: Sendable, Equatable {
        /// Its number.
        public var origin: UInt32
        /// The pool's number.
        public var pool: UInt32
        /// The number of the site of the submission.
        public var site: UInt32
        /// The number of the tasks' name, 0 without one.
        public var name: UInt32

        /// Creates the value.
        public init(origin: UInt32, pool: UInt32, site: UInt32 = 0, name: UInt32 = 0) {
            self.origin = origin
            self.pool = pool
            self.site = site
            self.name = name
        }
    }

    /// What an address means: one function, or one of those inlined there.
    public struct FrameDefinition: Sendable, Equatable {
        /// The return address.
        public var address: UInt64
        /// Its place among the functions inlined at the address, innermost 0.
        public var depth: UInt32
        /// The function, file and line.
        public var frame: Failure.Frame

        /// Creates the value.
        public init(address: UInt64, depth: UInt32, frame: Failure.Frame) {
            self.address = address
            self.depth = depth
            self.frame = frame
        }
    }
}
