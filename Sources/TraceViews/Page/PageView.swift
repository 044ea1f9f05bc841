public import TraceAnalysis

/// Runs as one page of HTML that needs nothing else: timeline, task list, failures, histograms.
///
/// The page asks no network for anything, and its content security policy says so to the browser: nothing is loaded,
/// and no script or style runs but those whose hashes it names.
public struct PageView {
    /// The parts of the script, each below those that it uses.
    private static let scripts = [
        PackageResources.data_js, PackageResources.rows_js, PackageResources.run_js, PackageResources.format_js,
        PackageResources.canvas_js, PackageResources.timeline_js, PackageResources.overview_js,
        PackageResources.list_js, PackageResources.histogram_js, PackageResources.flames_js,
        PackageResources.details_js, PackageResources.view_js,
        PackageResources.main_js,
    ]

    private let runs: [Run]

    /// Makes a page of at least one run.
    public init(_ runs: [Run]) { self.runs = runs }

    /// Writes the page.
    public func write(to sink: @escaping ByteSink) {
        let html = HTMLText(to: sink)
        let script = Array("\n\"use strict\";\n".utf8) + Self.scripts.joined()
        let style = PackageResources.page_css
        html.markup(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; script-src '
            """)
        html.markup(Self.source(script))
        html.markup("'; style-src '")
        html.markup(Self.source(style))
        html.markup(
            """
            '">
            <meta name="referrer" content="no-referrer">
            <meta name="viewport" content="width=device-width">
            <title>pooltrace</title>
            <style>
            """)
        html.markup(style)
        html.markup("</style>\n</head>\n<body>\n")
        html.markup(PackageResources.page_html)
        PageData(runs).write(to: html)
        html.markup("<script type=\"module\">")
        html.markup(script)
        html.markup("</script>\n</body>\n</html>\n")
    }

    /// How a policy names what may run.
    private static func source(_ bytes: [UInt8]) -> [UInt8] {
        var hash = Array("sha256-".utf8)
        var base64 = Base64Writer(to: { hash += $0 })
        for byte in SHA256.hash(bytes) { base64.append(byte) }
        base64.finish()
        return hash
    }
}
