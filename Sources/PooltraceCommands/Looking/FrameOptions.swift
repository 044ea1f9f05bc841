internal import ArgumentParser
internal import PoolModel

/// How much of a stack the reports show: options that commands share.
struct FrameOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Frames of reports: folded (no recursion, no repetition of the report before) or all.", valueName: "detail")
    )
    var frames = FrameDetail.folded
}
