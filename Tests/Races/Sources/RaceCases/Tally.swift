/// A number that tasks share, with nothing that guards it.
package final class Tally: @unchecked Sendable {
    package var count = 0

    package init() {}
}
