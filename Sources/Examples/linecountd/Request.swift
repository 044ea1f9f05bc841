import Glibc
import PoolTrace

/// One connection: paths come in, a line each, and the number of each file's lines goes out.
struct Request: ~Copyable {
    private let connection: UnsafeMutablePointer<FILE>

    init(_ descriptor: Int32) throws {
        guard let file = fdopen(descriptor, "r+") else { throw SystemError(path: "connection", code: errno) }
        connection = file
    }

    deinit { fclose(connection) }

    func answer() throws {
        var line: UnsafeMutablePointer<CChar>?
        var room = 0
        defer { free(line) }
        while !CurrentTask.isCancelled, case let count = getline(&line, &room, connection), count > 0, let line {
            let path = String(decoding: UnsafeRawBufferPointer(start: line, count: count), as: UTF8.self)
            fputs(reply(to: path.trimmingSuffix("\n")) + "\n", connection)
            fflush(connection)
        }
    }

    private func reply(to path: String) -> String {
        guard let file = fopen(path, "re") else { return String(describing: SystemError(path: path, code: errno)) }
        defer { fclose(file) }
        var count = 0
        while case let byte = getc(file), byte != EOF { if byte == 10 { count += 1 } }
        return String(count)
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
