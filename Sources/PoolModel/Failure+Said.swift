extension Failure {
    /// Something that the task said before it failed, by `CurrentTask`.
    public struct Said: Sendable, Equatable {
        /// What it said.
        public enum Kind: Sendable, Equatable {
            /// That something has happened.
            case mark
            /// What the value of something is.
            case value(Double)
            /// That a span begins.
            case spanStart
            /// That a span ends.
            case spanEnd
        }

        /// What it said.
        public let kind: Kind
        /// The name of that.
        public let name: String
        /// How long before the failure, in nanoseconds.
        public let before: UInt64

        /// Creates the value from what an event has; `nil` for what no version says, and without a name.
        ///
        /// - Parameter what: A kind, above the 32 bits of a name's number.
        public init?(what: UInt64, value: Double, before: UInt64, name: String?) {
            // The numbers of the table of events; a test compares them.
            switch what >> 32 {
            case 1: kind = .mark
            case 2: kind = .value(value)
            case 3: kind = .spanStart
            case 4: kind = .spanEnd
            default: return nil
            }
            guard let name else { return nil }
            (self.name, self.before) = (name, before)
        }

        /// `rows = 12, 340 us before`, not escaped.
        public var text: String {
            let what =
                switch kind {
                case .mark: name
                case .value(let value): "\(name) = \(Self.text(value))"
                case .spanStart: "\(name) begins"
                case .spanEnd: "\(name) ends"
                }
            return "\(what), \(DurationText.text(nanoseconds: before)) before"
        }

        /// A whole number has no fraction.
        private static func text(_ value: Double) -> String {
            Int64(exactly: value).map { String($0) } ?? "\(value)"
        }
    }
}
