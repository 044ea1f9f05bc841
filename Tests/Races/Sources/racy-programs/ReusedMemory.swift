import PoolTrace
import RaceCases

/// Memory that changes hands: no races.
let reusedMemory: [PoolCase] = [
    // What one task gives back, another one gets.
    .single("memory-reused", .none) {
        try withThreadPool(workers: 2) { pool in
            let tasks = (0..<20).map { number in
                pool.submit(input: number) { number in
                    let scratch = UnsafeMutableBufferPointer<Int>.allocate(capacity: 64)
                    scratch.initialize(repeating: number)
                    defer { scratch.deallocate() }
                    for index in scratch.indices { scratch[index] += index }
                    return scratch[63]
                }
            }
            let last = try tasks.map { try $0.value() }
            precondition(last == (63..<83).map { $0 })
        }
    },
    // Made in a task, released by main, or by the task that gets it.
    .single("released-elsewhere", .none) {
        try withThreadPool(workers: 2) { pool in
            for number in 0..<5 {
                let made = try pool.submit { Order(number) }.value()
                let total = try pool.submit(input: made) { $0.total }.value()
                precondition(total == 3 * number)
            }
        }
    },
    // Both tasks read it; the one that ends last releases it.
    .single("released-by-the-last", .none) {
        try withThreadPool(workers: 2) { pool in
            for number in 0..<5 {
                let futures = tasks(sharing: Order(number), in: pool)
                let totals = try futures.map { try $0.value() }
                precondition(totals.allSatisfy { $0 == 3 * number })
            }
        }
    },
]

private func tasks(sharing order: Order, in pool: ThreadPool) -> [Future<Int>] {
    [pool.submit { order.total }, pool.submit { order.total }]
}

/// Something with memory of its own, which changes as it goes.
private final class Order: @unchecked Sendable {
    private var amounts: [Int]

    init(_ amount: Int) { amounts = [amount, amount, amount] }
    deinit { amounts.removeAll() }

    var total: Int { amounts.reduce(0, +) }
}
