import Halving
import PoolTrace

let pool = try ThreadPool(name: "adopter", workers: 2)
let halves = [84, 7].map { number in
    pool.submit(name: "halve", input: number) { try half(of: $0) }
}
for half in halves {
    do {
        print("a half is \(try half.value())")
    } catch let failure as TaskFailure {
        print(failure)
    }
}
try pool.shutdown()
