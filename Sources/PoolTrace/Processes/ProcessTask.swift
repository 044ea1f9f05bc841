/// Work that a process of a `ProcessPool` can do: a type, found by its name in the worker, which is the same
/// executable.
///
/// ```swift
/// enum Thumbnail: ProcessTask {
///     static func run(_ path: String) throws -> [UInt8] { try thumbnail(of: path) }
/// }
/// let pictures = try pool.map(Thumbnail.self, over: paths)
/// ```
///
/// The type may be public or internal, and nested in others; a private one, or one inside a function, cannot be found
/// by name, and a submit of it fails with `ProcessPoolError.typeNotFound`.
///
/// A worker never runs `main`: globals of other files are initialized as ever, when they are first used, but **globals
/// declared in main.swift are not**: their bytes are zero. A number reads as 0; an array, a string or an object ends
/// the worker with SIGSEGV, which fails the task with a `WorkerDiedError` that says so. Declare what tasks use in
/// another file.
public protocol ProcessTask: SendableMetatype {
    /// What the task works on.
    ///
    /// Numbers and texts take some bytes; `[UInt8]`, `Data` and other arrays of numbers are copied in one piece through
    /// shared memory.
    associatedtype Input: Codable & Sendable
    /// What it makes.
    associatedtype Output: Codable & Sendable

    /// Does the work, in a worker process; in serial mode in this process.
    ///
    /// What it throws reaches the caller as an error of the same type if that is `Codable` and neither private nor
    /// local, else as a `RemoteError`.
    static func run(_ input: Input) throws -> Output

    /// What reports and views call the task where a submit gives it no name; `nil`, the default: its type's name.
    static var taskName: TaskName? { get }

    /// How the library runs it; not to be implemented.
    static var code: ProcessTaskCode<Input, Output> { get }
}

extension ProcessTask {
    /// Its type's name.
    public static var taskName: TaskName? { nil }

    /// Code made for the task's types.
    @inlinable
    public static var code: ProcessTaskCode<Input, Output> { ProcessTaskCode(of: Self.self) }
}
