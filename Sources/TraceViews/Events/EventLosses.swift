package import CTF
internal import PoolModel

/// What reading traces came upon besides events: a line each, for the user and in summaries.
package struct EventLosses {
    /// Something that was lost.
    struct Loss {
        let stream: Int
        let kind: StreamAccount.Loss.Kind
        let count: UInt64
        let from: Int64?
        let to: Int64?
        let place: String
    }

    let losses: [Loss]
    private let start: Int64

    /// Takes what the accounts of a set's streams say.
    ///
    /// - Parameters:
    ///   - accounts: In the order of the set's streams.
    ///   - from: Losses before this time are left out; in nanoseconds since the epoch.
    package init(_ set: TraceSet, _ accounts: [StreamAccount], from: Int64? = nil) {
        start = set.start ?? 0
        losses = accounts.flatMap { account in
            account.losses.filter { $0.to ?? .max >= from ?? .min }.map {
                Loss(
                    stream: account.streamIndex, kind: $0.kind, count: $0.count, from: $0.from, to: $0.to,
                    place: "\($0.file): packet \($0.packet) at byte \($0.offset)")
            }
        }
    }

    /// Lines like "stream 1: 40 events were discarded between +0.000000001 and +0.000000005 (trace/stream: packet 1 at
    /// byte 50)".
    package var lines: [String] { losses.map { "\(text($0)) (\(TerminalText.escape($0.place)))" } }

    func text(_ loss: Loss) -> String {
        let isOne = loss.count == 1
        let what =
            switch loss.kind {
            case .discardedEvents: "\(Counted.text(loss.count, "event")) \(isOne ? "was" : "were") discarded"
            case .missingPackets: "\(Counted.text(loss.count, "packet")) \(isOne ? "is" : "are") missing"
            }
        let times =
            switch (loss.from, loss.to) {
            case (let from?, let to?): " between \(offset(from)) and \(offset(to))"
            case (nil, let to?): " before \(offset(to))"
            case (let from?, nil): " after \(offset(from))"
            case (nil, nil): ""
            }
        return "stream \(loss.stream): \(what)\(times)"
    }

    private func offset(_ time: Int64) -> String { EventSummary.offset(time, from: start) }
}
