internal import Glibc
internal import TraceViews

/// Drives a full-screen view: waits for keys, signals and news, and draws a frame when there was any.
struct ScreenLoop<Model: ScreenModel> {
    private var model: Model
    private let news: (inout Model) -> Void
    private let terminal: Terminal
    private var decoder = InputDecoder()
    private var diff = FrameDiff()
    private var isEnded = false

    /// A lone Escape is one if nothing follows for this long, in milliseconds.
    private static var escapeDelay: Int32 { 30 }

    private init(_ model: Model, _ news: @escaping (inout Model) -> Void, _ terminal: Terminal) {
        self.model = model
        self.news = news
        self.terminal = terminal
    }

    /// Shows the view until the user ends it; returns it as it was then.
    ///
    /// - Parameters:
    ///   - start: Called once the terminal is taken.
    ///   - news: Gives the view what came since, when `WakePipe.wake` was called.
    @discardableResult
    static func run(
        _ model: Model, start: () -> Void = {}, news: @escaping (inout Model) -> Void = { _ in }
    ) throws -> Model {
        let terminal = try Terminal()
        let wake = try WakePipe.open()
        Terminal.restoreOnCrash()
        try terminal.enter()
        defer { Terminal.restore() }
        start()
        var loop = ScreenLoop(model, news, terminal)
        while !loop.isEnded {
            loop.draw()
            loop.wait(wake)
        }
        return loop.model
    }

    private mutating func draw() {
        let size = terminal.size
        let text = diff.update(to: model.frame(columns: size.columns, rows: size.rows))
        if !text.isEmpty, !terminal.write(text) { isEnded = true }
    }

    private mutating func wait(_ wake: Int32) {
        var polled = [
            pollfd(fd: terminal.input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        let ready = poll(&polled, 2, decoder.isWaiting ? Self.escapeDelay : -1)
        if ready == 0 { take(decoder.flush()) }
        guard ready > 0 else { return }
        if polled[0].revents != 0 { readKeys() }
        if polled[1].revents != 0 { readWakes(wake) }
    }

    private mutating func readKeys() {
        guard let bytes = Self.bytes(from: terminal.input) else {
            // The terminal is gone.
            isEnded = true
            return
        }
        take(decoder.decode(bytes))
    }

    private mutating func take(_ events: [InputEvent]) {
        for event in events where !isEnded {
            switch model.take(event) {
            case .redraw: break
            case .quit: isEnded = true
            case .suspend: suspend()
            }
            if event == .key(.control("l")) { diff.forget() }
        }
    }

    private mutating func readWakes(_ wake: Int32) {
        for byte in Self.bytes(from: wake) ?? [] {
            switch Int32(byte) {
            case SIGTERM, SIGHUP, SIGINT, SIGQUIT: isEnded = true
            case SIGTSTP: suspend()
            case SIGWINCH, SIGCONT: diff.forget()
            default: break
            }
        }
        news(&model)
    }

    /// Gives the terminal back, stops as Ctrl-Z stops a program, and takes it again when continued.
    private mutating func suspend() {
        Terminal.restore()
        raise(SIGSTOP)
        do { try terminal.enter() } catch { isEnded = true }
        diff.forget()
    }

    /// What is there to read; nil at the end.
    private static func bytes(from descriptor: Int32) -> [UInt8]? {
        var ended = false
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, filled in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            ended = count == 0 || count < 0 && errno != EINTR && errno != EAGAIN
            filled = max(0, count)
        }
        return ended ? nil : bytes
    }
}
