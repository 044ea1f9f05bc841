internal import ArgumentParser
internal import PoolModel

/// How much of a stack the reports show: options that commands share.
struct FrameOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Frames shown in reports: folded (without recursion and repetition) or all.", valueName: "detail")
    )
    var frames = FrameDetail.folded
}
