// swift-tools-version: 6.2
import PackageDescription

// Programs with races and their corrected twins: tools/check/races builds them with ThreadSanitizer and runs them one
// task at a time. In the language mode of Swift 5: in that of Swift 6 the compiler refuses some of these races.
let package = Package(
    name: "Races",
    dependencies: [
        .package(name: "PoolTrace", path: "../..", traits: [])
    ],
    targets: [
        // The programs' types, which know of no pool, and what a case is.
        .target(name: "RaceCases"),
        .executableTarget(
            name: "racy-programs", dependencies: ["RaceCases", .product(name: "PoolTrace", package: "PoolTrace")]),
        .executableTarget(name: "racy-async", dependencies: ["RaceCases"]),
    ],
    swiftLanguageModes: [.v5])
