import Testing

/// Whose balance is checked before a suspension and changed after it.
actor Account {
    private(set) var balance = 100

    func withdraw(_ amount: Int) async {
        guard balance >= amount else { return }
        await Task {}.value
        balance -= amount
    }
}

@Test func anAccountIsNotOverdrawn() async {
    let account = Account()
    let early = Task { await account.withdraw(70) }
    // The other one comes after it, nearly always.
    for _ in 0..<4 { await Task.yield() }
    let late = Task { await account.withdraw(70) }
    await early.value
    await late.value
    #expect(await account.balance >= 0)
}

@Test(arguments: 1...3) func aGroupHasItsSum(count: Int) async {
    let sum = await withTaskGroup(of: Int.self) { group in
        for number in 0..<count { group.addTask { number } }
        var sum = 0
        for await number in group { sum += number }
        return sum
    }
    #expect(sum == count * (count - 1) / 2)
}
