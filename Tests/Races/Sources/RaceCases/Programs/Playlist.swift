import Foundation

/// The wrong lock: what adds and what removes have one each.
package final class Playlist: @unchecked Sendable {
    private let adding = NSLock()
    private let removing: NSLock
    private var songs = ["Overture"]

    /// - Parameter sharesLock: Whether both have the same.
    package init(sharesLock: Bool) { removing = sharesLock ? adding : NSLock() }

    package func add(_ song: String) {
        adding.lock()
        songs.append(song)  // race: wrong-lock
        adding.unlock()
    }

    package func removeFirst() {
        removing.lock()
        songs.removeFirst()  // race: wrong-lock
        removing.unlock()
    }
}
