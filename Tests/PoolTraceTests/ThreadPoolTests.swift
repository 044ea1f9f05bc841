import PoolTrace
import Testing

@Suite("ThreadPool")
struct ThreadPoolTests {
    @Test("A map returns its results in the order of the inputs", arguments: [1, 2, 5])
    func mapKeepsOrder(workers: Int) throws {
        let pool = try ThreadPool(workers: workers)
        #expect(try pool.map(0..<1000) { $0 * 3 } == (0..<1000).map { $0 * 3 })
        try pool.shutdown()
    }
}
