import Foundation
public import PoolSchedule
public import Testing

/// A trait of tests whose pools and async tasks run one at a time, in a reproducible order.
///
/// The test runs in a process of its own, one for each order, with all of its arguments. Of the traits of a test and
/// its suites the innermost counts. Where the environment says already how pools run (`POOLTRACE_MODE`,
/// `POOLTRACE_REPLAY`) the test runs here, as it says: so the line that runs a failure again means the same order, and
/// `POOLTRACE_MODE=parallel` is the way to do without.
public struct OrderTrait: TestTrait, SuiteTrait, TestScoping, Equatable {
    let search: Search
    /// The longest that the test may take in one order.
    let limit: Duration

    /// A suite's trait is each of its tests'.
    public var isRecursive: Bool { true }

    /// Takes the place of a whole test, not of its cases, unless it runs in order already.
    public func scopeProvider(for test: Test, testCase: Test.Case?) -> OrderTrait? {
        guard !test.isSuite, testCase == nil, !Self.isOrdered else { return nil }
        return test.traits.compactMap { $0 as? OrderTrait }.last == self ? self : nil
    }

    /// Runs the test in other processes, and records an issue if it failed in one.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = try RunFolder()
        defer { folder.removeIfEmpty() }
        guard let found = await search.run(TestRun(test: test, folder: folder, limit: limit)) else { return }
        let report = FailureReport(test: test, found: found)
        Issue.record(Comment(rawValue: report.text), sourceLocation: report.sourceLocation)
    }

    /// `pooltrace run --races` without an order says how the tests without traits run.
    private static let isOrdered: Bool = {
        let environment = ProcessInfo.processInfo.environment
        guard environment[TestRun.races] != TestRun.racesByTraits else { return false }
        return ["POOLTRACE_MODE", "POOLTRACE_REPLAY"].contains { environment[$0]?.isEmpty == false }
    }()
}

extension Trait where Self == OrderTrait {
    /// Tasks run one at a time, first in, first out.
    public static var serial: Self { .strategy(.fifo) }

    /// Tasks run one at a time, in the order of a strategy.
    ///
    /// - Parameters:
    ///   - strategy: Who of the ready tasks is next.
    ///   - seed: Of a strategy that has one.
    ///   - limit: The longest that the test may take.
    public static func strategy(
        _ strategy: StrategyName, seed: UInt64 = 0, limit: Duration = .seconds(60)
    ) -> Self {
        OrderTrait(search: .one(Order(strategy: strategy, seed: seed)), limit: limit)
    }

    /// Tasks run one at a time, in many orders, until the test fails in one: first in, first out; last in, first out;
    /// then by strategies with seeds.
    ///
    /// - Parameters:
    ///   - schedules: How many orders, at least 1.
    ///   - seed: The first seed.
    ///   - limit: The longest that the test may take in one of them.
    public static func explored(schedules: Int, seed: UInt64 = 1, limit: Duration = .seconds(60)) -> Self {
        OrderTrait(search: .many(max(1, schedules), seed: seed), limit: limit)
    }
}
