// swift-tools-version: 6.2
import PackageDescription

// A program and a bundle of tests that know nothing of PoolTrace: `run` has them under its commands.
let package = Package(
    name: "Stranger",
    targets: [
        .executableTarget(name: "stranger"),
        .testTarget(name: "StrangerTests"),
    ])
