import PoolTrace

struct Broken: Error, Codable {
    var code = 1
}

/// The number of arguments, which the optimizer does not know.
let given = CommandLine.arguments.count

@inline(never)
func explode() throws -> Int {
    if given > 0 { throw Broken(code: given) }
    return given
}

/// Uses a value, so that what makes it does not return to the caller at once.
@inline(never)
func use(_ number: Int) { if number > 1_000_000 { print(number) } }

/// Splits in two on and on; the last of the second halves, each of which runs in its caller, throws.
@inline(never)
func split(_ depth: Int, _ pool: ThreadPool) throws -> Int {
    if depth == 1 { return try explode() + 1 }
    if depth < 1 { return 0 }
    let (left, right) = try pool.both(0, depth / 2) { try split($0, $1) }
    return left + right
}

enum Local {
    @TaskLocal static var word = "none"
}

enum Explosion: ProcessTask {
    static func run(_ input: Int) throws -> Int { try explode() + input }
}
