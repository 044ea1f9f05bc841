import Glibc
import PoolModel
import PoolTrace

/// Gives the worker process no more than so much memory beyond what it has.
enum LimitMemory: ProcessTask {
    static func run(_ megabytes: Int) throws -> Int {
        let pages = Int(text(of: "/proc/self/statm").split(separator: " ").first ?? "") ?? 0
        let bytes = rlim_t(pages * sysconf(Int32(_SC_PAGESIZE)) + megabytes << 20)
        var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
        guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { throw Broken(part: Int(errno)) }
        return megabytes
    }
}

/// Takes and uses so many megabytes, and gives them back.
enum Consume: ProcessTask {
    static func run(_ megabytes: Int) -> Int {
        let block = [UInt8](repeating: 1, count: megabytes << 20)
        return block.withUnsafeBytes { $0.count } >> 20
    }
}

/// Makes an output of so many megabytes.
enum Produce: ProcessTask {
    static func run(_ megabytes: Int) -> [UInt8] { [UInt8](repeating: 2, count: megabytes << 20) }
}

/// Workers with little memory, some of whose tasks need much.
func memory() throws {
    var configuration = ProcessPoolConfiguration()
    configuration.initialize(with: LimitMemory.self, 64)
    let pool = try ProcessPool(name: "small", workers: 2, configuration: configuration)
    let inputs = (0..<12).map { $0 % 4 == 2 ? 512 : 1 }
    do { print(try pool.map(Consume.self, over: inputs, chunkSize: 3, onFailure: .collectAll)) } catch let failures
        as TaskFailures
    {
        for failure in failures.failures {
            guard let died = failure.error(as: WorkerDiedError.self) else {
                print(failure)
                continue
            }
            print(failure.failure.path, failure.failure.input ?? "", died.ending, died.reason)
        }
        print("processes", Set(failures.failures.map { $0.error(as: WorkerDiedError.self)?.processID }).count)
    }
    // Room for the value, but not for its way back.
    do { print(try pool.apply(Produce.self, 40).count) } catch let failure as TaskFailure { print(failure.error) }
    // No room for the input.
    do { print(try pool.apply(Count.self, [UInt8](repeating: 1, count: 128 << 20))) } catch let failure
        as TaskFailure
    {
        print(failure.error)
    }
    print(try pool.map(Consume.self, over: 1...8))
    try pool.shutdown()
    print("children", children().count)
}

enum Count: ProcessTask {
    static func run(_ input: [UInt8]) -> Int { input.count }
}
