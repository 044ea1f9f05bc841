/// A bound that, once a program passes it, has its ring kept as a snapshot.
public enum SnapshotBound: Sendable, Hashable, CustomStringConvertible {
    /// A task waits in its pool's queue for longer: `wait>2s`.
    case wait(Duration)
    /// A task runs for longer: `run>10s`.
    case run(Duration)
    /// More tasks wait in the queue of one pool: `queue>1000`.
    case queue(Int)
    /// More of the tasks that ended in the last 10 seconds failed, in percent, if at least 20 ended: `rate(failed)>5%`.
    case failures(percent: Double)

    /// The bound as it is written.
    public var description: String {
        switch self {
        case .wait(let time): "wait>\(Quantity.text(time))"
        case .run(let time): "run>\(Quantity.text(time))"
        case .queue(let count): "queue>\(count)"
        case .failures(let percent):
            "rate(failed)>\(percent == percent.rounded() && percent < 1e6 ? "\(Int(percent))" : "\(percent)")%"
        }
    }

    /// Reads bounds with commas between them: `wait>2s, run>10s, queue>1000, rate(failed)>5%`.
    ///
    /// - Throws: What was expected, and what was found.
    public static func list(_ text: String) throws(Quantity.Problem) -> [SnapshotBound] {
        var bounds: [SnapshotBound] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            bounds.append(try SnapshotBound(String(part).filter { $0 != " " }))
        }
        return bounds
    }

    /// The form of a list, for messages.
    private static let example = "wait>2s, run>10s, queue>1000, rate(failed)>5%"
    /// What is shorter is over before anybody looks.
    private static let times = Duration.milliseconds(10)...Duration.seconds(100 * 24 * 3600)

    private init(_ text: String) throws(Quantity.Problem) {
        let sides = text.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
        let expected = "expected bounds such as '\(Self.example)', found '\(text)'"
        guard sides.count == 2 else { throw Quantity.Problem(description: expected) }
        do throws(Quantity.Problem) {
            switch sides[0] {
            case "wait": self = .wait(try Quantity.duration(sides[1], in: Self.times))
            case "run": self = .run(try Quantity.duration(sides[1], in: Self.times))
            case "queue": self = .queue(try Quantity.number(sides[1]))
            case "rate(failed)":
                guard sides[1].hasSuffix("%"), let percent = Double(sides[1].dropLast()), (0..<100).contains(percent)
                else { throw Quantity.Problem(description: "expected a percentage from 0% to below 100%") }
                self = .failures(percent: percent)
            default: throw Quantity.Problem(description: expected)
            }
        } catch {
            throw error.description == expected ? error : Quantity.Problem(description: "'\(text)': \(error)")
        }
    }
}
