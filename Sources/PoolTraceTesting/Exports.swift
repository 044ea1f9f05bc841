// What a trait names, so that a test says `.strategy(.pct(depth: 2, steps: 100), seed: 7)` with `import
// PoolTraceTesting` alone.
@_exported public import enum PoolSchedule.StrategyName
