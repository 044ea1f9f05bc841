/// The keys of the full-screen view.
enum HelpText {
    static let lines: [StyledText] = sections.flatMap { section in
        [StyledText(section.title, .bold)]
            + section.keys.map { keys, what in
                var line = StyledText("  ")
                line.append(keys, .cyan)
                line.pad(to: 20)
                line.append(what)
                return line
            }
    }

    private static let sections: [(title: String, keys: [(String, String)])] = [
        (
            "everywhere",
            [
                ("q, Ctrl-C", "quit"), ("1 2 3 4 5, Tab", "timeline, tasks, failures, times, one task"),
                ("hjkl, arrows", "move; g G first and last; PgUp PgDn, Ctrl-U Ctrl-D pages"),
                ("Enter", "open the selected task; Esc, Backspace back"), ("t", "the selected task on the timeline"),
                ("6", "lints: likely performance problems and mistakes, if any"),
                ("/ then n N", "search tasks, next, previous"), ("f", "filter tasks: failed worker:2 run>10ms name"),
                ("space", "pause and resume a live view"), ("r", "the next run of the trace"),
            ]
        ),
        (
            "timeline",
            [
                ("+ - or wheel", "zoom around the cursor"), ("H L", "pan by half a screen; 0 shows the whole run"),
                ("n N", "next, previous failure"), ("F", "follow the end of a live run"),
            ]
        ),
        ("tasks", [("s S", "sort by the next column, reverse")]),
        ("times", [("j k", "another name")]),
    ]
}
