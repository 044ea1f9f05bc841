import Glibc
import Synchronization

/// The pieces of files that are mapped, so that a file which is cut while it is read does not end the process.
///
/// To touch a mapped page that the file no longer has raises SIGBUS. The handler looks the address up here. If it lies
/// in a piece, it marks the piece as cut and puts a page of zeroes there, the touch succeeds, and the reader, which
/// looks at the mark before it goes on, reports the damage. Any other SIGBUS goes to the handler that was installed
/// before. (systemd's journal reads its files in this way.)
///
/// Races: the handler runs on the thread that touched the page, while that thread holds the piece, so the entry cannot
/// go away meanwhile. Entries are taken by a compare-and-swap and may be read while another thread changes them: a
/// length is set before the start that makes an entry count, and taken back after it.
enum MappedPieces {
    /// Pieces beyond this many at a time are not mapped but copied.
    private static let most = 4096

    private struct Entry: ~Copyable {
        /// 0: free; 1: taken, not mapped.
        let start = Atomic<UInt>(0)
        let length = Atomic<UInt>(0)
        let isCut = Atomic<Bool>(false)
    }

    private nonisolated(unsafe) static let entries: UnsafeMutablePointer<Entry> = {
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: most)
        for index in 0..<most { (entries + index).initialize(to: Entry()) }
        return entries
    }()
    private static let inUse = Atomic<Int>(0)
    private static let pageSize = UInt(sysconf(Int32(_SC_PAGESIZE)))
    private nonisolated(unsafe) static var previous = sigaction()

    /// Installed once, with all that the handler uses made before.
    private static let isInstalled: Bool = {
        _ = (entries, pageSize)
        var action = sigaction()
        action.__sigaction_handler.sa_sigaction = { number, info, context in
            MappedPieces.handle(number, info, context)
        }
        action.sa_flags = SA_SIGINFO | SA_NODEFER | Int32(SA_ONSTACK)
        return sigaction(SIGBUS, &action, &previous) == 0
    }()

    /// Maps a piece of a file.
    ///
    /// - Returns: The place of the piece here and its address; nil if it is to be copied instead.
    static func map(_ descriptor: Int32, offset: Int, length: Int) -> (place: Int, address: UnsafeMutableRawPointer)? {
        guard isInstalled, let place = take() else { return nil }
        guard let address = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, off_t(offset)), address != MAP_FAILED
        else {
            entries[place].start.store(0, ordering: .releasing)
            return nil
        }
        entries[place].isCut.store(false, ordering: .relaxed)
        entries[place].length.store(UInt(length), ordering: .relaxed)
        entries[place].start.store(UInt(bitPattern: address), ordering: .releasing)
        return (place, address)
    }

    /// Takes a piece back.
    static func unmap(_ place: Int, _ address: UnsafeMutableRawPointer, length: Int) {
        entries[place].start.store(1, ordering: .releasing)
        munmap(address, length)
        entries[place].length.store(0, ordering: .relaxed)
        entries[place].start.store(0, ordering: .releasing)
    }

    /// Whether a page of the piece was touched that the file no longer has.
    static func isCut(_ place: Int) -> Bool { entries[place].isCut.load(ordering: .relaxed) }

    private static func take() -> Int? {
        for place in 0..<most
        where entries[place].start.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged {
            // The handler looks no further than this.
            var bound = inUse.load(ordering: .relaxed)
            while bound <= place {
                (_, bound) = inUse.weakCompareExchange(expected: bound, desired: place + 1, ordering: .relaxed)
            }
            return place
        }
        return nil
    }

    /// Runs in a signal handler: loads, stores and system calls only.
    private static func handle(
        _ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
    ) {
        let address = UInt(bitPattern: info?.pointee._sifields._sigfault.si_addr)
        for place in 0..<inUse.load(ordering: .relaxed) {
            let start = entries[place].start.load(ordering: .acquiring)
            guard start > 1, address >= start, address &- start < entries[place].length.load(ordering: .relaxed) else {
                continue
            }
            entries[place].isCut.store(true, ordering: .relaxed)
            let page = UnsafeMutableRawPointer(bitPattern: address & ~(pageSize &- 1))
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED
            if mmap(page, Int(pageSize), PROT_READ, flags, -1, 0) != MAP_FAILED { return }
        }
        // In no piece: the access is repeated after the return, and its SIGBUS goes to the previous handler.
        sigaction(SIGBUS, &previous, nil)
    }
}
