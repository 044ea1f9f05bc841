public import CPoolRecorder
public import PoolModel

// MARK: - Numbers for sites and names

extension Recorder {
    /// The number of a place in the source, from 1: a few nanoseconds once this thread has seen it.
    ///
    /// Works, and gives the same numbers, when recording is off: reports need them too.
    @inlinable
    public static func intern(site file: StaticString, line: UInt32, function: StaticString) -> UInt32 {
        let number = pooltrace_intern_find(file.utf8Start, function.utf8Start, line)
        return number != 0 ? number : internSlowly(site: file, line: line, function: function)
    }

    /// The number of a task's name, from 1; 0 for the empty name.
    @inlinable
    public static func intern(name: StaticString) -> UInt32 {
        let number = pooltrace_intern_find(name.utf8Start, nil, 0)
        return number != 0 ? number : internSlowly(name: name)
    }

    /// The number of a name made at run time: a lock and a look-up.
    ///
    /// There are at most 16,384 of these; the next ones are 0, no name.
    public static func intern(name: String) -> UInt32 {
        Interning.number(ofName: name, isBounded: true)
    }

    /// The number of a name in UTF-8; 0 for an empty name, and for one made at run time where there are too many.
    ///
    /// - Parameter isLiteral: Its address stands for it for as long as the process lives.
    public static func intern(name: UnsafeBufferPointer<UInt8>, isLiteral: Bool) -> UInt32 {
        if isLiteral {
            let number = pooltrace_intern_find(name.baseAddress, nil, 0)
            if number != 0 { return number }
        }
        let number = Interning.number(ofName: String(decoding: name, as: UTF8.self), isBounded: !isLiteral)
        if isLiteral, number != 0 { pooltrace_intern_remember(name.baseAddress, nil, 0, number) }
        return number
    }

    /// The number that stands for a pool, a site and a name together in the submits of their tasks.
    ///
    /// Defined in the trace the first time: to be asked for only while recording.
    @inlinable
    public static func intern(originInPool pool: UInt32, site: UInt32, name: UInt32) -> UInt32 {
        // The cache is keyed by addresses, and a pool's number is not an address.
        let key = UnsafeRawPointer(bitPattern: UInt(site) << 32 | UInt(name))
        let number = pooltrace_intern_find(key, UnsafeRawPointer(bitPattern: UInt(pool)), 0)
        return number != 0 ? number : internSlowly(originInPool: pool, site: site, name: name)
    }

    /// The number of the place from which Swift's runtime was called on this thread; 0 where that is unknown.
    public static func internCallers() -> UInt32 {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Int(POOLTRACE_CALLERS)) { frames in
            guard let first = frames.baseAddress else { return 0 }
            let length = Int(pooltrace_callers(first))
            guard length > 0 else { return 0 }
            // Two places that share the nearest two callers are one.
            let key = (
                UnsafeRawPointer(bitPattern: UInt(first[0])),
                UnsafeRawPointer(bitPattern: UInt(first[length > 1 ? 1 : 0]))
            )
            let known = pooltrace_intern_find(key.0, key.1, UInt32(length))
            if known != 0 { return known }
            let number = Interning.number(ofCallers: (0..<length).map { first[$0] })
            pooltrace_intern_remember(key.0, key.1, UInt32(length), number)
            return number
        }
    }

    /// The callers that name the place with a number, as return addresses, innermost first; `nil` for one that is named
    /// by itself.
    public static func callers(_ number: UInt32) -> [UInt64]? { Interning.callers(number) }

    /// The place with a number.
    public static func site(_ number: UInt32) -> Site? { Interning.site(number) }

    /// The name with a number.
    public static func name(_ number: UInt32) -> String? { Interning.name(number) }

    @usableFromInline
    @inline(never)
    static func internSlowly(site file: StaticString, line: UInt32, function: StaticString) -> UInt32 {
        let site = Site(file: file.description, line: line, function: function.description)
        let number = Interning.number(of: site)
        pooltrace_intern_remember(file.utf8Start, function.utf8Start, line, number)
        return number
    }

    @usableFromInline
    @inline(never)
    static func internSlowly(originInPool pool: UInt32, site: UInt32, name: UInt32) -> UInt32 {
        let number = Interning.number(of: Interning.Origin(pool: pool, site: site, name: name))
        let key = UnsafeRawPointer(bitPattern: UInt(site) << 32 | UInt(name))
        pooltrace_intern_remember(key, UnsafeRawPointer(bitPattern: UInt(pool)), 0, number)
        return number
    }

    @usableFromInline
    @inline(never)
    static func internSlowly(name: StaticString) -> UInt32 {
        let number = Interning.number(ofName: name.description, isBounded: false)
        if number != 0 { pooltrace_intern_remember(name.utf8Start, nil, 0, number) }
        return number
    }
}

/// The tables behind: by content, since one literal may lie at several addresses.
enum Interning {
    private static let maximumMadeNames = 16_384

    struct Origin: Hashable {
        let pool: UInt32
        let site: UInt32
        let name: UInt32
    }

    private struct Tables {
        var sites: [Site] = []
        var siteNumbers: [Site: UInt32] = [:]
        /// Of the sites that are known by their callers alone.
        var callers: [UInt32: [UInt64]] = [:]
        var callerNumbers: [[UInt64]: UInt32] = [:]
        var names: [String] = []
        var nameNumbers: [String: UInt32] = [:]
        var madeNames = 0
        /// A program that makes pools for ever adds to them for ever: a few dozen bytes beside what a pool costs.
        var origins: [Origin: UInt32] = [:]
    }

    private static let tables = Guarded(Tables())

    // A definition is recorded under the lock: no event can bear a number whose definition is not on its way before it.

    static func number(of site: Site) -> UInt32 {
        tables.withLock { tables in
            if let number = tables.siteNumbers[site] { return number }
            tables.sites.append(site)
            let number = UInt32(tables.sites.count)
            tables.siteNumbers[site] = number
            record(site, number)
            return number
        }
    }

    static func number(ofCallers callers: [UInt64]) -> UInt32 {
        tables.withLock { tables in
            if let number = tables.callerNumbers[callers] { return number }
            tables.sites.append(.unknown)
            let number = UInt32(tables.sites.count)
            tables.callerNumbers[callers] = number
            tables.callers[number] = callers
            record(callers, number)
            return number
        }
    }

    static func callers(_ number: UInt32) -> [UInt64]? { tables.withLock { $0.callers[number] } }

    static func number(ofName name: String, isBounded: Bool) -> UInt32 {
        if name.isEmpty { return 0 }
        return tables.withLock { tables in
            if let number = tables.nameNumbers[name] { return number }
            if isBounded {
                if tables.madeNames == maximumMadeNames { return 0 }
                tables.madeNames += 1
            }
            tables.names.append(name)
            let number = UInt32(tables.names.count)
            tables.nameNumbers[name] = number
            record(name, number)
            return number
        }
    }

    static func number(of origin: Origin) -> UInt32 {
        tables.withLock { tables in
            if let number = tables.origins[origin] { return number }
            let number = UInt32(tables.origins.count + 1)
            tables.origins[origin] = number
            pooltrace_record_origin(pooltrace_clock_now(), number, origin.pool, origin.site, origin.name)
            return number
        }
    }

    static func site(_ number: UInt32) -> Site? {
        tables.withLock { number >= 1 && number <= $0.sites.count ? $0.sites[Int(number) - 1] : nil }
    }

    static func name(_ number: UInt32) -> String? {
        tables.withLock { number >= 1 && number <= $0.names.count ? $0.names[Int(number) - 1] : nil }
    }

    /// Records what was numbered before the recorder started.
    static func recordAll() {
        tables.withLock { tables in
            for (index, site) in tables.sites.enumerated() {
                let number = UInt32(index + 1)
                if let callers = tables.callers[number] { record(callers, number) } else { record(site, number) }
            }
            for (index, name) in tables.names.enumerated() { record(name, UInt32(index + 1)) }
        }
    }

    private static func record(_ site: Site, _ number: UInt32) {
        guard Recorder.isOn else { return }
        pooltrace_record_site(pooltrace_clock_now(), number, site.line, site.file, site.function)
    }

    private static func record(_ callers: [UInt64], _ number: UInt32) {
        guard Recorder.isOn else { return }
        pooltrace_record_call_site(pooltrace_clock_now(), number, UInt32(callers.count), callers)
    }

    private static func record(_ name: String, _ number: UInt32) {
        guard Recorder.isOn else { return }
        pooltrace_record_name(pooltrace_clock_now(), number, name)
    }
}
