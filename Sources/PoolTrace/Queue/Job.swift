import PoolModel

/// One entry of a queue: what to run, and who it is.
///
/// Eight words, copied as bits; it owns one reference to `context` and, unless the parent is immortal, one to `parent`.
struct Job {
    enum Kind: UInt8 {
        /// `code` and `context` are a Swift closure, `@Sendable () throws -> Void`.
        case closure
        /// `context` is an `AnyFuture`; `code`, unless it is 0, and `context` are a closure that runs its body.
        case future
        /// `context` is a `Map`; `index` is the chunk.
        case chunk
        /// `code` is a job of Swift's, `context` an `AsyncTask` or 0: see `PoolCore+Segments`.
        case segment
    }

    var code: UInt = 0
    var context: UInt = 0
    /// A `TaskNode`: who submitted it.
    var parent: UInt
    /// The task's number; for a chunk, the map's.
    var task: UInt64
    /// Its place among the parent's children, from 1.
    var ordinal: UInt32
    var name: UInt32
    var site: UInt32
    var kind: Kind
    var priority = ThreadPool.Priority.normal
    /// When it was submitted, as a stamp of the recorder's clock.
    var submitted: UInt64
    /// The element of a map, or `TaskNode.noIndex`.
    var index: UInt64
}

/// A closure as it lies in a job.
///
/// The struct keeps it from being wrapped once more each time it is stored through a pointer.
struct JobBody {
    let call: @Sendable () throws -> Void
}

extension Job {
    /// Moves a closure into `code` and `context`.
    mutating func store(_ body: consuming @escaping @Sendable () throws -> Void) {
        let body = JobBody(call: body)
        withUnsafeMutablePointer(to: &self) { job in
            _ = UnsafeMutableRawPointer(job).initializeMemory(as: JobBody.self, to: body)
        }
    }

    /// Moves the closure out again.
    mutating func takeBody() -> JobBody {
        withUnsafeMutablePointer(to: &self) { job in
            UnsafeMutableRawPointer(job).assumingMemoryBound(to: JobBody.self).move()
        }
    }

    var parentPointer: UnsafeRawPointer { TaskNode.pointer(bits: parent) }

    /// The submitter's node.
    var parentNode: TaskNode { TaskNode.from(bits: parent) }

    /// Gives up the reference to the parent.
    func releaseParent() { TaskNode.release(bits: parent) }

    var path: TaskPath { TaskNode.path(parent: parentNode, ordinal: ordinal, index: index) }

    /// What `context` points at, for futures and maps.
    var contextPointer: UnsafeRawPointer {
        // Never zero: the ticket's maker wrote an object's address.
        UnsafeRawPointer(bitPattern: context)!
    }
}
