internal import Glibc

/// Threads that go over a trace's streams, piece by piece, ahead of one thread that takes the pieces in any order.
///
/// Each stream has at most one piece that is being made or waits to be taken, so the memory in use does not grow with
/// the trace. The taker makes pieces, too, while it has nothing to take: with one processor it makes all.
///
/// A lock of its own and no `Guarded`: a thread that finds nothing to do waits for a condition, and the lock is given
/// up in the middle, while a piece is made.
///
/// A stream's cursor and its piece belong to its maker while it is `.making`, else to the taker; every change of
/// that is under the lock.
final class StreamWorkers<Piece>: @unchecked Sendable {
    private enum State {
        /// In the queue.
        case wanted
        case making
        case made
        /// The taker has it.
        case taken
    }

    private let make: @Sendable (Int) -> Piece
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var states: [State]
    private var pieces: [Piece?]
    /// Streams in the order in which they are wanted, from `first` on; those made meanwhile by the taker are left in
    /// it.
    private var queue: [Int]
    private var first = 0
    private var isEnded = false

    /// A piece of each stream is wanted at first.
    ///
    /// - Parameter make: Makes the next piece of a stream; called by one thread a stream at a time.
    init(streams: Int, make: @escaping @Sendable (Int) -> Piece) {
        self.make = make
        states = Array(repeating: .wanted, count: streams)
        pieces = Array(repeating: nil, count: streams)
        queue = Array(0..<streams)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    /// Takes a stream's piece; it is the stream's only one until `want` is called.
    func take(_ stream: Int) -> Piece {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch states[stream] {
            case .made:
                states[stream] = .taken
                // A piece that was made is there.
                let piece = pieces[stream]!
                pieces[stream] = nil
                return piece
            case .wanted: makeUnlocked(stream)
            case .making: if !makeNext() { pthread_cond_wait(condition, mutex) }
            case .taken: preconditionFailure("a piece of stream \(stream) was not asked for")
            }
        }
    }

    /// Asks for a stream's next piece.
    func want(_ stream: Int) {
        pthread_mutex_lock(mutex)
        states[stream] = .wanted
        queue.append(stream)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Lets `work` return: nothing more is wanted.
    func end() {
        pthread_mutex_lock(mutex)
        isEnded = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Makes pieces until the end: what a thread beside the taker's does.
    func work() {
        pthread_mutex_lock(mutex)
        while !isEnded {
            if !makeNext() { pthread_cond_wait(condition, mutex) }
        }
        pthread_mutex_unlock(mutex)
    }

    /// Makes the piece that is wanted longest; false if none is.
    ///
    /// Called and left with the lock held.
    private func makeNext() -> Bool {
        while first < queue.count {
            let stream = queue[first]
            first += 1
            if first > 64, first * 2 > queue.count {
                queue.removeFirst(first)
                first = 0
            }
            if states[stream] == .wanted {
                makeUnlocked(stream)
                return true
            }
        }
        return false
    }

    private func makeUnlocked(_ stream: Int) {
        states[stream] = .making
        pthread_mutex_unlock(mutex)
        let piece = make(stream)
        pthread_mutex_lock(mutex)
        pieces[stream] = piece
        states[stream] = .made
        pthread_cond_broadcast(condition)
    }
}
