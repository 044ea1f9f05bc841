import Glibc
import PoolTrace

/// The task: reads a picture, a binary PPM, and says how large it is and which colour it has in the mean.
///
/// It runs in a worker process, since the decoder believes what the picture says of itself, as many libraries do that
/// one has not written.
enum Picture: ProcessTask {
    struct Facts: Codable, Sendable {
        let width: Int
        let height: Int
        /// Red, green and blue, 0 to 255.
        let mean: [UInt8]
    }

    static let taskName: TaskName? = "look"

    static func run(_ path: String) throws -> Facts {
        let bytes = try read(path)
        var place = 0
        guard word(&place, in: bytes) == "P6", let width = Int(word(&place, in: bytes)),
            let height = Int(word(&place, in: bytes)), word(&place, in: bytes) == "255", width > 0, height > 0
        else { throw PictureError.noPicture(path) }
        var sums = [0, 0, 0]
        // Whether there are as many pixels, nobody has asked.
        for pixel in 0..<width * height {
            for colour in 0..<3 { sums[colour] += Int(bytes[place + pixel * 3 + colour]) }
        }
        return Facts(width: width, height: height, mean: sums.map { UInt8($0 / (width * height)) })
    }

    /// The header's next word; steps over the white space behind it.
    private static func word(_ place: inout Int, in bytes: [UInt8]) -> String {
        let word = bytes[place...].prefix(16).prefix { $0 > UInt8(ascii: " ") }
        place = min(bytes.count, place + word.count + 1)
        return String(decoding: word, as: UTF8.self)
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw PictureError.unreadable(path, code: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&room, 1, room.count, file)
            guard count > 0 else { break }
            bytes += room[..<count]
        }
        guard ferror(file) == 0 else { throw PictureError.unreadable(path, code: errno) }
        return bytes
    }
}

/// Why a picture was not looked at; `Codable`, so that it comes out of the worker as what it is.
enum PictureError: Error, Codable, CustomStringConvertible {
    case unreadable(String, code: Int32)
    case noPicture(String)

    var description: String {
        switch self {
        case .unreadable(let path, let code): "\(path): cannot be read: \(String(cString: strerror(code)))"
        case .noPicture(let path): "\(path): expected a binary PPM of 8 bits, found something else"
        }
    }
}
