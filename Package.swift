// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]
let c: [CSetting] = [
    .treatAllWarnings(as: .error)
]

/// The parts that need LTTng's headers and libraries; everything else builds without them.
let lttng: TargetDependencyCondition? = .when(traits: ["LTTng"])

/// The sources of the page that `pooltrace view --html` writes; part of the command, so that what is installed needs no
/// other file.
let page: [Resource] = [
    "page.html", "page.css", "data.js", "rows.js", "run.js", "format.js", "canvas.js", "timeline.js", "overview.js",
    "list.js", "histogram.js", "flames.js", "details.js", "view.js", "main.js",
].map { .embedInCode("Page/\($0)") }

let package = Package(
    name: "PoolTrace",
    products: [
        .library(name: "PoolTrace", targets: ["PoolTrace"]),
        .library(name: "PoolTraceRuntime", targets: ["PoolTraceRuntime"]),
        // What `pooltrace run` preloads into programs that are not linked with it, and what that opens where it makes
        // sense.
        .library(name: "PoolTracePreload", type: .dynamic, targets: ["CPoolTracePreload"]),
        // What `--pin` preloads.
        .library(name: "PoolTraceControl", type: .dynamic, targets: ["CPoolTraceControl"]),
        .library(name: "PoolTraceRaces", type: .dynamic, targets: ["CPoolTraceRaces"]),
        .library(name: "PoolTraceHost", type: .dynamic, targets: ["PoolTraceRuntime"]),
        .library(name: "PoolTraceAnnotations", targets: ["PoolTraceAnnotations"]),
        .library(name: "PoolTraceArguments", targets: ["PoolTraceArguments"]),
        .library(name: "PoolTraceTesting", targets: ["PoolTraceTesting"]),
        .library(name: "PoolTraceServiceLifecycle", targets: ["PoolTraceServiceLifecycle"]),
        .library(name: "PoolTraceLogging", targets: ["PoolTraceLogging"]),
        .library(name: "PoolTraceTracing", targets: ["PoolTraceTracing"]),
        .library(name: "PoolTraceMetrics", targets: ["PoolTraceMetrics"]),
        .library(name: "PoolTraceLTTng", type: .dynamic, targets: ["LTTngProvider"]),
        .executable(name: "pooltrace", targets: ["pooltrace"]),
        .executable(name: "jsoncheck", targets: ["jsoncheck"]),
        .executable(name: "linecountd", targets: ["linecountd"]),
        .executable(name: "pixmean", targets: ["pixmean"]),
        .executable(name: "bugs", targets: ["bugs"]),
    ],
    traits: [
        .trait(
            name: "LTTng", description: "Tracepoints and session capture: needs liblttng-ust-dev and liblttng-ctl-dev."),
        .default(enabledTraits: ["LTTng"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        // MARK: Under both columns: values and names
        .target(name: "CEventTable", exclude: ["README.md"], cSettings: c),
        .target(name: "CRealCalls", cSettings: c, linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "CTerminal", cSettings: c),
        .target(
            name: "PoolModel", dependencies: ["CRealCalls", "CTerminal"], exclude: ["README.md"], swiftSettings: swift),
        .target(name: "PoolSchedule", dependencies: ["PoolModel"], exclude: ["README.md"], swiftSettings: swift),
        .target(name: "PoolSymbols", dependencies: ["PoolModel"], exclude: ["README.md"], swiftSettings: swift),

        // MARK: In the user's process
        .target(
            name: "CPoolRecorder", dependencies: ["CEventTable", "CRealCalls"], exclude: ["README.md", "ring.pml"],
            cSettings: c),
        .target(name: "CPoolTraceAnnotations", cSettings: c, linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "PoolTraceAnnotations", dependencies: ["CPoolTraceAnnotations"], swiftSettings: swift),
        .target(name: "CPoolWorker", cSettings: c),
        .target(
            name: "LTTngProvider", dependencies: ["CEventTable", .target(name: "CLTTngUST", condition: lttng)],
            cSettings: c + [.headerSearchPath("."), .define("POOLTRACE_LTTNG", .when(traits: ["LTTng"]))]),
        .target(
            name: "PoolRecorder", dependencies: ["CEventTable", "CPoolRecorder", "PoolModel", "PoolSchedule"],
            swiftSettings: swift),
        .target(
            name: "PoolTrace",
            dependencies: [
                "CPoolRecorder", "CPoolTraceAnnotations", "CPoolWorker", "CRealCalls", "PoolModel", "PoolRecorder",
                "PoolSchedule", "PoolSymbols", "PoolTraceAnnotations",
            ],
            exclude: [
                "README.md", "Processes/README.md", "Serial/README.md", "PoolCore/parking.pml", "Serial/handover.pml",
            ], swiftSettings: swift),
        .target(name: "CPoolTraceLooks", cSettings: c, linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "CPoolTraceRuntime", dependencies: ["CPoolRecorder"], cSettings: c),
        .target(
            name: "CPoolTraceControl", dependencies: ["CEventTable"], exclude: ["README.md"], cSettings: c,
            linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "CPoolTraceRaces", dependencies: ["CEventTable"], exclude: ["README.md"], cSettings: c,
            linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "CPoolTracePreload", dependencies: ["CPoolTraceAnnotations", "CPoolTraceLooks"], cSettings: c,
            linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "PoolTraceRuntime", dependencies: ["CPoolTraceLooks", "CPoolTraceRuntime", "PoolTrace"],
            exclude: ["README.md"], swiftSettings: swift),
        .target(
            name: "PoolTraceArguments",
            dependencies: [
                "PoolModel", "PoolRecorder", "PoolSchedule", "PoolTrace",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: swift),
        .target(name: "CPoolTraceTesting", dependencies: ["CPoolWorker"], cSettings: c),
        .target(
            // The runtime is there for what is in no source: a child's async tasks run in order, too.
            name: "PoolTraceTesting",
            dependencies: ["CPoolTraceTesting", "PoolSchedule", "PoolTrace", "PoolTraceRuntime"],
            exclude: ["README.md"], swiftSettings: swift),

        .target(
            name: "PoolTraceServiceLifecycle",
            dependencies: [
                "PoolTrace", .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: swift),
        .target(
            name: "PoolTraceLogging", dependencies: ["PoolTrace", .product(name: "Logging", package: "swift-log")],
            swiftSettings: swift),
        .target(
            name: "PoolTraceTracing",
            dependencies: ["PoolTrace", .product(name: "Tracing", package: "swift-distributed-tracing")],
            swiftSettings: swift),
        .target(
            name: "PoolTraceMetrics",
            dependencies: ["PoolTrace", .product(name: "Metrics", package: "swift-metrics")],
            swiftSettings: swift),

        // MARK: In the pooltrace command
        .target(name: "CommandSystem", swiftSettings: swift),
        .target(name: "CTF", exclude: ["README.md"], swiftSettings: swift),
        .target(
            name: "RingAccess", dependencies: ["CEventTable", "CTF", "CommandSystem"], exclude: ["README.md"],
            swiftSettings: swift),
        .target(
            name: "TraceAnalysis",
            dependencies: [
                "CEventTable", "CTF", "CommandSystem", "PoolModel", "PoolSchedule", "PoolSymbols",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ], exclude: ["README.md"], swiftSettings: swift),
        .target(
            name: "TraceViews", dependencies: ["CSQLite", "CTF", "PoolModel", "TraceAnalysis"],
            exclude: ["README.md"], resources: page + [.embedInCode("Exports/schema.sql")], swiftSettings: swift),
        .target(
            name: "LTTngSession",
            dependencies: ["CEventTable", "CommandSystem", .target(name: "CLTTngControl", condition: lttng)],
            exclude: ["README.md"], swiftSettings: swift),
        .target(
            name: "Exploration",
            dependencies: [
                "CommandSystem", "PoolModel", "PoolSchedule", "PoolSymbols", "TraceAnalysis",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ], exclude: ["README.md"], swiftSettings: swift),
        .target(
            name: "PooltraceCommands",
            dependencies: [
                "CEventTable", "CTF", "CommandSystem", "Exploration", "LTTngSession", "PoolModel", "PoolSchedule",
                "RingAccess", "TraceAnalysis", "TraceViews",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ], exclude: ["README.md"], swiftSettings: swift),
        .executableTarget(name: "pooltrace", dependencies: ["PooltraceCommands"], swiftSettings: swift),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CLTTngUST", pkgConfig: "lttng-ust", providers: [.apt(["liblttng-ust-dev"])]),
        .systemLibrary(name: "CLTTngControl", pkgConfig: "lttng-ctl", providers: [.apt(["liblttng-ctl-dev"])]),

        // MARK: Examples
        .executableTarget(
            name: "jsoncheck",
            dependencies: [
                "PoolModel", "PoolTrace", "PoolTraceArguments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Sources/Examples/jsoncheck", swiftSettings: swift),
        .executableTarget(
            name: "linecountd",
            dependencies: [
                "PoolTrace", "PoolTraceArguments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Sources/Examples/linecountd", exclude: ["linecountd.service"], swiftSettings: swift),
        .executableTarget(
            name: "pixmean",
            dependencies: [
                "PoolTrace", "PoolTraceArguments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Sources/Examples/pixmean", swiftSettings: swift),
        .executableTarget(
            name: "bugs",
            dependencies: [
                "PoolTrace", "PoolTraceArguments", "PoolTraceRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Sources/Examples/bugs", swiftSettings: swift),

        // MARK: Tests
        .target(
            name: "TestSupport",
            dependencies: [
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/TestSupport", swiftSettings: swift),
        .executableTarget(
            name: "every-event", dependencies: ["CEventTable"], path: "Tests/Programs/every-event", cSettings: c,
            linkerSettings: [.linkedLibrary("dl")]),
        .executableTarget(
            name: "pool-program", dependencies: ["PoolTrace"], path: "Tests/Programs/pool-program", swiftSettings: swift
        ),
        .executableTarget(
            name: "ust-sample", dependencies: [.target(name: "CLTTngUST", condition: lttng)],
            path: "Tests/Programs/ust-sample",
            cSettings: c + [.headerSearchPath("."), .define("POOLTRACE_LTTNG", .when(traits: ["LTTng"]))]),
        .executableTarget(
            name: "ring-writer", dependencies: ["CEventTable", "CPoolRecorder", "PoolRecorder"],
            path: "Tests/Programs/ring-writer", swiftSettings: swift),
        .testTarget(
            name: "PoolModelTests", dependencies: ["PoolModel", "CEventTable", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "PoolScheduleTests", dependencies: ["PoolSchedule", "PoolModel"], swiftSettings: swift),
        .executableTarget(
            name: "throw-sites", dependencies: ["PoolSymbols", "CPoolRecorder"], path: "Tests/Programs/throw-sites",
            swiftSettings: swift),
        .testTarget(
            name: "PoolSymbolsTests", dependencies: ["PoolSymbols", "PoolSchedule", "CPoolRecorder", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "PoolRecorderTests",
            dependencies: [
                "PoolRecorder", "PoolModel", "PoolSchedule", "CEventTable", "TestSupport", "ring-writer", "pooltrace",
            ], swiftSettings: swift),
        .executableTarget(
            name: "pool-cases", dependencies: ["CPoolRecorder", "PoolTrace"], path: "Tests/Programs/pool-cases",
            swiftSettings: swift),
        .executableTarget(
            name: "annotation-cases", dependencies: ["PoolTrace"], path: "Tests/Programs/annotation-cases",
            swiftSettings: swift),
        // Knows nothing of PoolTrace but what its tasks say.
        .executableTarget(
            name: "annotated-program", dependencies: ["PoolTraceAnnotations"],
            path: "Tests/Programs/annotated-program", swiftSettings: swift),
        .executableTarget(
            name: "time-cases", dependencies: ["COneProcessor", "PoolTrace"], path: "Tests/Programs/time-cases",
            swiftSettings: swift),
        .target(name: "COneProcessor", path: "Tests/Programs/one-processor", cSettings: c),
        .executableTarget(
            name: "differential", dependencies: ["COneProcessor", "PoolSchedule", "PoolTrace", "PoolTraceRuntime"],
            path: "Tests/Programs/differential",
            swiftSettings: swift),
        .executableTarget(
            name: "pool-features", dependencies: ["CPoolRecorder", "PoolModel", "PoolTrace"],
            path: "Tests/Programs/pool-features",
            swiftSettings: swift),
        .executableTarget(
            name: "blocking-cases", dependencies: ["PoolTrace"], path: "Tests/Programs/blocking-cases",
            swiftSettings: swift),
        .executableTarget(
            name: "profile-cases", dependencies: ["PoolTrace"], path: "Tests/Programs/profile-cases",
            swiftSettings: swift),
        .executableTarget(
            name: "own-frames", dependencies: ["PoolTrace"], path: "Tests/Programs/own-frames", swiftSettings: swift),
        .executableTarget(
            name: "pin-cases", dependencies: ["PoolTrace"], path: "Tests/Programs/pin-cases", swiftSettings: swift),
        .executableTarget(
            name: "fault-cases", dependencies: ["PoolTrace"], path: "Tests/Programs/fault-cases", swiftSettings: swift
        ),
        .executableTarget(
            name: "failure-cases", dependencies: ["PoolTrace"], path: "Tests/Programs/failure-cases",
            swiftSettings: swift),
        .executableTarget(
            name: "thread-cases", dependencies: ["PoolTrace"], path: "Tests/Programs/thread-cases", swiftSettings: swift
        ),
        .executableTarget(
            name: "runtime-cases", dependencies: ["AsyncCases", "PoolTrace", "PoolTraceRuntime"],
            path: "Tests/Programs/runtime-cases", swiftSettings: swift),
        .executableTarget(
            name: "runtime-blocked", dependencies: ["AsyncCases", "PoolTraceRuntime"],
            path: "Tests/Programs/runtime-blocked", swiftSettings: swift),
        .testTarget(
            name: "PoolTraceRuntimeTests",
            // Not the programs: their objects would be part of the tests' bundle, whose own tasks would be taken over.
            dependencies: ["TestSupport", "pooltrace"], swiftSettings: swift),
        // Programs that know nothing of PoolTrace.
        .target(name: "AsyncCases", path: "Tests/Programs/async-cases", swiftSettings: swift),
        .executableTarget(
            name: "async-program", dependencies: ["AsyncCases"], path: "Tests/Programs/async-program",
            swiftSettings: swift),
        .executableTarget(
            name: "blocked-program", dependencies: ["AsyncCases"], path: "Tests/Programs/blocked-program",
            swiftSettings: swift),
        .testTarget(
            name: "PoolTraceTests",
            dependencies: ["PoolTrace", "PoolModel", "TestSupport"],
            swiftSettings: swift),
        .executableTarget(
            name: "process-cases", dependencies: ["PoolModel", "PoolTrace"], path: "Tests/Programs/process-cases",
            swiftSettings: swift),
        .testTarget(
            name: "ProcessPoolTests",
            dependencies: ["PoolTrace", "PoolModel", "TestSupport", "pooltrace", "process-cases"],
            swiftSettings: swift),
        .testTarget(
            name: "PoolTraceArgumentsTests", dependencies: ["pool-options", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "PoolTraceTestingTests", dependencies: ["PoolTrace", "PoolTraceTesting", "TestSupport"],
            swiftSettings: swift),
        .executableTarget(
            name: "pool-options",
            dependencies: [
                "PoolRecorder", "PoolTrace", "PoolTraceArguments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Tests/Programs/pool-options", swiftSettings: swift),
        .testTarget(
            name: "PoolTraceServiceLifecycleTests",
            dependencies: [
                "PoolTrace", "PoolTraceServiceLifecycle",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ], swiftSettings: swift),
        .executableTarget(
            name: "context-cases",
            dependencies: [
                "PoolTrace", "PoolTraceLogging", "PoolTraceMetrics", "PoolTraceTracing",
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ], path: "Tests/Programs/context-cases", swiftSettings: swift),
        .testTarget(name: "ContextTests", dependencies: ["context-cases", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "LineCountTests", dependencies: ["linecountd", "TestSupport"], swiftSettings: swift),
        // Without the program itself, whose objects would take over the tests' own tasks.
        .testTarget(name: "BugExampleTests", dependencies: ["TestSupport"], swiftSettings: swift),
        .testTarget(name: "PixMeanTests", dependencies: ["pixmean", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "JSONCheckTests", dependencies: ["jsoncheck", "TestSupport"], swiftSettings: swift),
        .executableTarget(
            name: "damage-traces", dependencies: ["CTF", "PoolSchedule"], path: "Tests/Programs/damage-traces",
            swiftSettings: swift),
        .testTarget(
            name: "CTFTests", dependencies: ["CTF", "PoolSchedule", "TestSupport", "damage-traces"],
            exclude: ["Samples"], swiftSettings: swift),
        .testTarget(
            name: "CommandSystemTests", dependencies: ["CommandSystem", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "RingAccessTests",
            dependencies: ["RingAccess", "CTF", "CommandSystem", "CEventTable", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "TraceAnalysisTests",
            dependencies: ["TraceAnalysis", "PoolModel"], swiftSettings: swift),
        .testTarget(
            name: "TraceViewsTests", dependencies: ["TraceViews", "TraceAnalysis", "CTF", "PoolModel"],
            swiftSettings: swift),
        .testTarget(
            name: "ExplorationTests",
            dependencies: ["Exploration", "PoolModel", "PoolSchedule", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "LTTngSessionTests", dependencies: ["CEventTable", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "PooltraceCommandsTests",
            dependencies: [
                "PooltraceCommands", "CTF", "RingAccess", "TraceAnalysis", "TraceViews", "PoolModel", "PoolSchedule",
                "CEventTable", "TestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swift),
    ],
    cLanguageStandard: .gnu17
)
