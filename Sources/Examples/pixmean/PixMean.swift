import ArgumentParser
import Glibc
import PoolTrace
import PoolTraceArguments

/// The program: has each picture looked at by a worker process, and goes on when one of them crashes.
@main
struct PixMean: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pixmean",
        abstract: "Print the size and the mean colour of pictures.",
        discussion: """
            Reads binary PPM files, each in a task of a worker process. A picture that crashes the decoder ends that worker, and nothing \
            else. Exit status: 0 if every picture was read, 1 if any was not, 64 for a usage error.
            """)

    @OptionGroup(title: "Pool") var pool: PoolOptions

    @Argument(help: "Pictures.", completion: .file(extensions: ["ppm"]))
    var pictures: [String]

    func run() throws {
        var missed = 0
        try withProcessPool(name: "pictures") { pool in
            // A line for each, in their order, as soon as it can be.
            for (picture, result) in zip(pictures, pool.lazyMap(Picture.self, over: pictures)) {
                do {
                    let facts = try result.get()
                    let colour = facts.mean.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                    print("\(picture): \(facts.width) x \(facts.height), #\(colour)")
                } catch let failure as TaskFailure {
                    missed += 1
                    if let died = failure.error(as: WorkerDiedError.self) {
                        print("\(picture): crashed worker process \(died.processID)")
                        complain("\(failure)\n")
                    } else {
                        print(failure.error)
                    }
                }
            }
        }
        print("read \(pictures.count - missed) of \(pictures.count) pictures")
        if missed > 0 { throw ExitCode(1) }
    }

    private func complain(_ report: String) {
        var report = report
        report.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
