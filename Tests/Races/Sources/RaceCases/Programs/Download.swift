import Synchronization

/// A flag without an edge: it is atomic, and says nothing about what was written before it.
package class Download: @unchecked Sendable {
    fileprivate let isDone = Atomic<Bool>(false)
    fileprivate var size = 0

    package init() {}

    package func finish(size: Int) {
        self.size = size  // race: flag
        isDone.store(true, ordering: .relaxed)
    }

    package var finishedSize: Int? {
        guard isDone.load(ordering: .relaxed) else { return nil }
        return size  // race: flag
    }
}

package final class ReleasedDownload: Download, @unchecked Sendable {
    override package func finish(size: Int) {
        self.size = size
        isDone.store(true, ordering: .releasing)
    }

    override package var finishedSize: Int? {
        guard isDone.load(ordering: .acquiring) else { return nil }
        return size
    }
}
