// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]
let c: [CSetting] = [.treatAllWarnings(as: .error)]

// What is measured. Peers that are Swift packages are added to the dependencies below and to the target `bench`.
let poolTrace: Target.Dependency = .product(name: "PoolTrace", package: "PoolTrace")

let package = Package(
    name: "bench",
    products: [
        .executable(name: "bench", targets: ["bench"]),
        .executable(name: "bench-async", targets: ["bench-async"]),
        .library(name: "BenchPreloaded", type: .dynamic, targets: ["BenchPreloaded"]),
    ],
    dependencies: [
        .package(name: "PoolTrace", path: "../../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        .executableTarget(
            name: "bench",
            dependencies: [
                poolTrace, "CBench", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swift),
        .executableTarget(
            name: "bench-async", dependencies: [.product(name: "PoolTraceRuntime", package: "PoolTrace")],
            swiftSettings: swift
        ),
        .target(name: "CBench", dependencies: [poolTrace], cSettings: c),
        // A recorder of its own in a shared library, as a preloaded host has it.
        .target(name: "BenchPreloaded", dependencies: [poolTrace, "CBench"], cSettings: c),
    ],
    cLanguageStandard: .gnu17
)
