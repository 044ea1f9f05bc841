internal import ArgumentParser
internal import PoolModel

/// How much of a stack the reports show: options that commands share.
struct FrameOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Frames of a report: folded (recursion, and what the report before has) or all.", valueName: "detail"))
    var frames = FrameDetail.folded
}
