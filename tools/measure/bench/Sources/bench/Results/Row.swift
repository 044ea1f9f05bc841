/// One row of the table: what is timed, in which process, and what it is compared with.
struct Row: Sendable {
    /// What is timed for: one unit of the figure.
    enum Unit: String, Sendable {
        case event = "ns/event"
        case read = "ns/read"
        case task = "ns/task"
        case element = "ns/element"
        case trip = "ns/trip"
        case pool = "ns/pool"
        case idle = "CPU ns/s"
        case `throw` = "ns/throw"
        case kibibyte = "ns/KiB"
        case seconds = "s"
        case milliseconds = "ms"
        case bytes = "bytes/event"
        case mebibytes = "MiB"

        /// From what a sample holds, nanoseconds or bytes, to what the column shows.
        var scale: Double {
            switch self {
            case .seconds: 1e-9
            case .milliseconds: 1e-6
            default: 1
            }
        }
    }

    /// Does one round; a value of the row's own process, made once by `prepare`.
    typealias Round = () throws -> Sample

    /// What `--rows`, other rows and the JSON call it.
    let id: String
    let title: String
    let unit: Unit
    /// The process in which it runs.
    let host: Host
    /// How many threads are at work, which is the processors that the row should get; less if some sleep by nature.
    let threads: Int
    let targets: [Target]
    /// At most so many rounds, for a peer that takes many seconds.
    let mostRounds: Int
    /// Whether a round goes before that is not timed.
    let warmsUp: Bool
    /// Called once in the host's process before the first round; what it does is not timed.
    let prepare: @Sendable () throws -> Round

    init(
        _ id: String, _ title: String, _ unit: Unit, in host: Host, threads: Int = 1, _ targets: [Target] = [],
        mostRounds: Int = .max, warmsUp: Bool = true, prepare: @escaping @Sendable () throws -> Round
    ) {
        self.id = id
        self.title = title
        self.unit = unit
        self.host = host
        self.threads = threads
        self.targets = targets
        self.mostRounds = mostRounds
        self.warmsUp = warmsUp
        self.prepare = prepare
    }
}
