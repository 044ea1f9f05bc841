import PoolTrace

struct OddNumber: Error, CustomStringConvertible {
    let number: Int

    var description: String { "\(number) cannot be halved" }
}

func half(of number: Int) throws -> Int {
    guard number.isMultiple(of: 2) else { throw OddNumber(number: number) }
    return number / 2
}

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
