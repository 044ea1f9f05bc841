// swift-tools-version: 6.2
import PackageDescription

// A program of somebody else's: it depends on the library by path, without the trait that needs LTTng's headers.
let package = Package(
    name: "Adopter",
    dependencies: [
        .package(name: "PoolTrace", path: "../..", traits: [])
    ],
    targets: [
        .executableTarget(name: "adopter", dependencies: [.product(name: "PoolTrace", package: "PoolTrace")])
    ]
)
