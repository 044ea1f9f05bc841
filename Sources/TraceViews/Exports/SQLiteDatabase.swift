internal import CSQLite

/// A new database file that rows are put into.
final class SQLiteDatabase {
    private let path: String
    private var handle: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]

    /// Makes the file; one that is there already is an error.
    init(path: String) throws {
        self.path = path
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE
        guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK else { throw failure() }
        // The file is made in one go, and removed where that fails: no journal is needed.
        try run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Runs statements that have no values.
    func run(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// Puts a row into a table.
    func insert(_ table: StaticString, _ values: Value...) throws {
        let statement = try statement(table, values.count)
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let result =
                switch value {
                case .real(let number): sqlite3_bind_double(statement, place, number)
                case .number(let number?): sqlite3_bind_int64(statement, place, number)
                case .text(var text?):
                    text.withUTF8 { bytes in
                        bytes.withMemoryRebound(to: CChar.self) {
                            sqlite3_bind_text(
                                statement, place, $0.baseAddress, Int32(clamping: $0.count),
                                pooltrace_sqlite_transient())
                        }
                    }
                case .number(nil), .text(nil): sqlite3_bind_null(statement, place)
                }
            guard result == SQLITE_OK else { throw failure() }
        }
        guard sqlite3_step(statement) == SQLITE_DONE, sqlite3_reset(statement) == SQLITE_OK else { throw failure() }
    }

    private func statement(_ table: StaticString, _ count: Int) throws -> OpaquePointer? {
        let name = table.description
        if let known = statements[name] { return known }
        var statement: OpaquePointer?
        let places = Array(repeating: "?", count: count).joined(separator: ", ")
        let sql = "INSERT INTO \(name) VALUES (\(places))"
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw failure() }
        statements[name] = statement
        return statement
    }

    private func failure() -> Failure { Failure(path: path, reason: String(cString: sqlite3_errmsg(handle))) }
}

extension SQLiteDatabase {
    /// A value of a row; nothing is NULL.
    enum Value {
        case number(Int64?)
        case real(Double)
        case text(String?)

        /// Bits beyond 63 come from a damaged trace.
        static func integer(_ number: (some BinaryInteger)?) -> Value { .number(number.map { Int64(clamping: $0) }) }
    }

    /// The system refused something.
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "\(path): \(reason)" }
    }
}
