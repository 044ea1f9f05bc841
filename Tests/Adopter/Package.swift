// swift-tools-version: 6.2
import PackageDescription

// A program of somebody else's: it depends on the library by path, without the trait that needs LTTng's headers.
let package = Package(
    name: "Adopter",
    dependencies: [
        .package(name: "PoolTrace", path: "../..", traits: [])
    ],
    targets: [
        .executableTarget(
            name: "adopter", dependencies: ["Halving", .product(name: "PoolTrace", package: "PoolTrace")]),
        // A library that knows no pool, and says what it does.
        .target(name: "Halving", dependencies: [.product(name: "PoolTraceAnnotations", package: "PoolTrace")]),
    ]
)
