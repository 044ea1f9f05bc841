// What the public types have for members (paths, sites, failures): a program that sees a failure sees them with `import
// PoolTrace` alone.
@_exported public import PoolModel
// Code that says what its tasks do needs nothing of PoolTrace; here it comes along.
@_exported public import PoolTraceAnnotations
