/// The function in which tasks spent most of their time on a processor.
public struct HottestFunction: Sendable, Equatable {
    /// The function, at one of its lines.
    public let frame: Profile.Frame
    /// Its part of the time, from 0 to 1.
    public let share: Double
}

extension Run {
    /// Stacks beyond these are too rare to matter.
    private static let maximumStacks = 40

    /// The hottest function of the samples since a time, on the trace's clock; `nil` where there are none.
    ///
    /// Looks at the most frequent stacks alone, so that a running program can be asked again and again.
    public func hottestFunction(since time: UInt64 = 0) -> HottestFunction? {
        var weights: [Int: UInt64] = [:]
        for sample in samples.all.reversed() {
            // They are in time order, except for what was late by a moment.
            if sample.time < time { break }
            if sample.kind != .blocked { weights[sample.stack, default: 0] &+= sample.weight }
        }
        guard !weights.isEmpty else { return nil }
        let symbols = ProfileSymbols(self)
        var functions: [String: (frame: Profile.Frame, weight: UInt64)] = [:]
        for (stack, weight) in weights.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }).prefix(
            Self.maximumStacks)
        {
            guard let frame = symbols.frames(ofStack: stack).last else { continue }
            functions[frame.function, default: (frame, 0)].weight &+= weight
        }
        let whole = weights.values.reduce(0, &+)
        return functions.values.max { ($0.weight, $1.frame.function) < ($1.weight, $0.frame.function) }
            .map { HottestFunction(frame: $0.frame, share: Double($0.weight) / Double(max(1, whole))) }
    }
}
