// What the public types have for members (paths, sites, failures): a program that sees a failure sees them with `import
// PoolTrace` alone.
@_exported public import PoolModel
