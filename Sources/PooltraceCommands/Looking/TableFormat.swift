internal import ArgumentParser

/// How a command writes a table.
enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case csv
    case json
}
