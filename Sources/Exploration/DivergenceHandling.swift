/// What a program does where it leaves its schedule: the values of POOLTRACE_DIVERGENCE that the command uses.
package enum DivergenceHandling: String, Sendable {
    /// It goes on by what is left of the schedule.
    case resync
    /// It ends.
    case strict
}
