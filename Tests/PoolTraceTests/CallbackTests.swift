import PoolModel
import PoolTrace
import Synchronization
import Testing

@Suite("Callbacks")
struct CallbackTests {
    struct Broken: Error, Equatable {}

    /// A pool of one worker, which is busy until the gate opens.
    private func busyPool() throws -> (pool: ThreadPool, gate: Gate) {
        let pool = try ThreadPool(workers: 1)
        let (gate, started) = (Gate(), Gate())
        pool.execute {
            started.open()
            gate.wait()
        }
        started.wait()
        return (pool, gate)
    }

    @Test("Callbacks run in the order of their registration, each once, with a future that has ended")
    func order() throws {
        let (pool, gate) = try busyPool()
        let seen = Collected<Int>()
        let task = pool.submit { 7 }
        for number in 0..<10 {
            task.whenDone { ended in
                #expect(ended === task && ended.isDone && !ended.isRunning)
                seen.add(number)
            }
        }
        gate.open()
        try pool.shutdown()
        #expect(seen.all == Array(0..<10))
    }

    @Test("A callback runs at once, on the thread that asks, if the future has ended")
    func atOnce() throws {
        let pool = try ThreadPool(workers: 1)
        let task = pool.submit { 7 }
        _ = try task.value()
        let seen = Collected<Int>()
        task.whenDone { seen.add((try? $0.value()) ?? 0) }.whenSucceeded { seen.add($0) }
        #expect(seen.all == [7, 7])
        try pool.shutdown()
    }

    @Test("Values go to whenSucceeded, failures to whenFailed, a cancellation to neither")
    func outcomes() throws {
        let (pool, gate) = try busyPool()
        let seen = Collected<String>()
        func listen(_ name: String, to task: Future<Int>) {
            task.whenSucceeded { seen.add("\(name) \($0)") }
                .whenFailed { seen.add("\(name) \($0.error)") }
                .whenDone { seen.add("\(name) done \($0.isCancelled)") }
        }
        let doomed = pool.submit { 3 }
        listen("good", to: pool.submit { 1 })
        listen("bad", to: pool.submit { throw Broken() })
        listen("doomed", to: doomed)
        doomed.cancel()
        #expect(seen.all == ["doomed done true"])
        gate.open()
        try pool.shutdown()
        #expect(seen.all.dropFirst() == ["good 1", "good done false", "bad Broken()", "bad done false"])
    }

    @Test("A callback that takes long holds up nobody who waits, nor the other tasks of its worker")
    func slowCallback() throws {
        let (pool, gate) = try busyPool()
        let (entered, release) = (Gate(), Gate())
        let task = pool.submit { 7 }
        task.whenDone { _ in
            entered.open()
            release.wait()
        }
        gate.open()
        entered.wait()
        #expect(try task.value(timeout: .seconds(60)) == 7)
        release.open()
        try pool.shutdown()
    }

    @Test("A callback may submit to its pool and wait for that, also on one worker")
    func submitsAndWaits() throws {
        for round in 0..<300 {
            let pool = try ThreadPool(workers: 1 + round % 2)
            let answer = Collected<Int>()
            let done = Gate()
            pool.submit { 20 }.whenSucceeded { value in
                answer.add((try? pool.submit { value + 1 }.value()) ?? 0)
                done.open()
            }
            done.wait()
            #expect(answer.all == [21])
            try pool.shutdown()
        }
    }

    @Test("What a callback submits hangs below it, and it below whoever registered it, whether it ran at once or later")
    func paths() throws {
        let (pool, gate) = try busyPool()
        let paths = Collected<String>()
        let outer = pool.submit { () -> String in
            let task = pool.submit { 7 }
            task.whenDone { _ in paths.add(pool.submit {}.path) }
            _ = try task.value()
            task.whenDone { _ in
                paths.add(CurrentTask.path ?? "")
                paths.add(pool.submit {}.path)
            }
            return task.path
        }
        gate.open()
        let child = try outer.value()
        try pool.shutdown()
        #expect(child == "\(outer.path).1")
        #expect(paths.all.sorted() == ["\(outer.path).2.1", "\(outer.path).3", "\(outer.path).3.1"])
    }

    @Test("A callback may not end its own pool, since the pool waits for it")
    func shutdownInside() throws {
        let (pool, gate) = try busyPool()
        let thrown = Collected<PoolError>()
        pool.submit {}.whenDone { _ in
            do { try pool.shutdown() } catch let error as PoolError { thrown.add(error) } catch {}
        }
        gate.open()
        pool.close()
        try pool.join()
        #expect(thrown.all == [.joinedFromInside(pool: pool.name)])
        try pool.shutdown()
    }

    @Test("A callback that waits for a task which waits for it is found to wait in a circle")
    func cycle() throws {
        let (pool, gate) = try busyPool()
        let outers = Collected<Future<Void>>()
        let found = Collected<String>()
        let known = Gate()
        let outer = pool.submit {
            known.wait()
            let inner = pool.submit {}
            inner.whenDone { _ in
                do { try outers.all[0].value() } catch let cycle as WaitCycleError {
                    found.add(cycle.members.map(\.task).joined(separator: " "))
                } catch {}
            }
            try inner.value()
        }
        outers.add(outer)
        known.open()
        gate.open()
        try outer.value(timeout: .seconds(60))
        #expect(found.all == ["\(outer.path) \(outer.path).2"])
        try pool.shutdown()
    }

    @Test("A failure that whenFailed was given counts as retrieved, in the callback and after")
    func retrieved() throws {
        let pool = try ThreadPool(workers: 1)
        let failures = Collected<TaskFailure>()
        let bad = pool.submit(name: "bad") { throw Broken() }
        bad.whenFailed { failures.add($0) }
        pool.close()
        try pool.join()
        #expect(failures.all.count == 1)
        #expect(failures.all.first?.error as? Broken == Broken())
        #expect(failures.all.first?.failure.name == "bad")
        try pool.shutdown()
    }

    @Test("Callbacks registered while the future ends run once each")
    func racing() throws {
        let pool = try ThreadPool(workers: 2)
        for _ in 0..<500 {
            let ran = Collected<Int>()
            let gate = Gate()
            let task = pool.submit { gate.wait() }
            let other = pool.submit {
                gate.open()
                for number in 0..<20 { task.whenDone { _ in ran.add(number) } }
            }
            try task.value()
            try other.value()
            while ran.all.count < 20 { yield() }
            #expect(ran.all.sorted() == Array(0..<20))
        }
        try pool.shutdown()
    }
}
