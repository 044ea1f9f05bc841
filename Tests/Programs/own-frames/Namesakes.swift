import PoolTrace

/// Types and functions of the program that are called as PoolTrace calls its own.
enum Namesakes {
    struct Fork {
        @inline(never)
        func runFrame<Input>(_: Input.Type) throws -> Int { try explode() + 20 }
    }

    final class Future {
        @inline(never)
        func takeAndRunBody() throws -> Int { try explode() + 21 }
    }
}

extension ThreadPool {
    @inline(never)
    func submit(twice number: Int) throws -> Int {
        try [number, number].map { try explode() + $0 }.count
    }
}
