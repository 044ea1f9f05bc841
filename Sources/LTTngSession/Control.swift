#if LTTng
    import CLTTngControl
    import Glibc

    /// liblttng-ctl as Swift wants it: the one file that calls it.
    enum Control {
        static let isSupported = true

        /// Whether a session daemon answers this user.
        static var daemonAnswers: Bool { lttng_session_daemon_alive() == 1 }

        static func createSession(_ name: String, directory: String) throws {
            let descriptor = lttng_session_descriptor_local_create(name, directory)
            defer { lttng_session_descriptor_destroy(descriptor) }
            let code = lttng_create_session_ext(descriptor)
            try check(code == LTTNG_OK ? 0 : -Int32(code.rawValue), "create the session \(name) in \(directory)")
        }

        static func sessionNames() throws -> [String] {
            var sessions: UnsafeMutablePointer<lttng_session>?
            let count = lttng_list_sessions(&sessions)
            defer { free(sessions) }
            try check(count, "list the sessions")
            return (0..<count).map { String(cString: pooltrace_session_name(sessions, $0)) }
        }

        static func addChannel(_ channel: Channel, to session: String) throws {
            try withHandle(session) { handle in
                let code = pooltrace_enable_channel(handle, channel.name, channel.bufferSize, channel.bufferCount)
                try check(code, "add the channel \(channel.name)")
                try check(pooltrace_add_contexts(handle, channel.name), "add contexts to the channel \(channel.name)")
                var excluded = channel.excluded.map { strdup($0) }
                defer { for name in excluded { free(name) } }
                for pattern in channel.patterns {
                    let code = pooltrace_enable_events(handle, channel.name, pattern, Int32(excluded.count), &excluded)
                    try check(code, "enable the events \(pattern)")
                }
            }
        }

        static func start(_ session: String) throws {
            try check(lttng_start_tracing(session), "start the session \(session)")
        }

        /// Waits until everything recorded has been written.
        static func stop(_ session: String) throws {
            let code = lttng_stop_tracing(session)
            if code == -Int32(LTTNG_ERR_TRACE_ALREADY_STOPPED.rawValue) { return }
            try check(code, "stop the session \(session)")
        }

        static func destroy(_ session: String) throws {
            try check(lttng_destroy_session(session), "destroy the session \(session)")
        }

        static func discardedEvents(of session: String) throws -> UInt64 {
            try withHandle(session) { handle in
                var discarded: UInt64 = 0
                try check(pooltrace_discarded_events(handle, &discarded), "count the discarded events of \(session)")
                return discarded
            }
        }

        private static func withHandle<Result>(
            _ session: String, _ body: (UnsafeMutablePointer<lttng_handle>) throws -> Result
        ) throws -> Result {
            guard let handle = pooltrace_session_handle(session) else {
                throw LTTngError("LTTng could not make a handle for the session \(session): out of memory")
            }
            defer { lttng_destroy_handle(handle) }
            return try body(handle)
        }

        private static func check(_ code: Int32, _ step: String) throws {
            guard code < 0 else { return }
            throw LTTngError("LTTng could not \(step): \(String(cString: lttng_strerror(code)))")
        }
    }
#else
    /// In place of liblttng-ctl, where the package was built without it.
    enum Control {
        private static let missing = LTTngError(
            """
            this pooltrace was built without LTTng; build it with the package trait LTTng, which needs liblttng-ust-dev and \
            liblttng-ctl-dev, or use `pooltrace run`, which needs neither
            """)

        static let isSupported = false
        static var daemonAnswers: Bool { false }
        static func createSession(_ name: String, directory: String) throws { throw missing }
        static func sessionNames() throws -> [String] { throw missing }
        static func addChannel(_ channel: Channel, to session: String) throws { throw missing }
        static func start(_ session: String) throws { throw missing }
        static func stop(_ session: String) throws { throw missing }
        static func destroy(_ session: String) throws { throw missing }
        static func discardedEvents(of session: String) throws -> UInt64 { throw missing }
    }
#endif
