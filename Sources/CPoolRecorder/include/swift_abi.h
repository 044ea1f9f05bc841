// What PoolTrace knows of the inside of Swift's runtime: every number that no interface of Swift's promises, in one
// place.
//
// Checked on Linux, x86-64, with Swift 6.3.1; all are for 64-bit machines. What each comes from is said below, as the
// file of Swift's sources (github.com/swiftlang/swift) and the declaration there. When a new version of Swift comes:
// compare these, and run the tests of throws (PoolSymbolsTests), of async tasks (PoolTraceTests) and of the runtime
// (PoolTraceRuntimeTests).
//
// What is said here of async tasks is compared with a task of PoolTrace's own once in each process, and not used where
// it does not hold: see AsyncIdentity in PoolTrace. What is said of metadata and errors is a part of the ABI on Darwin,
// which Linux has in common with it.
//
// Not numbers, and so not here: the names of the hooks of throws (throw_hook.c), those of the runtime's functions on a
// stack (FunctionName and OwnFrames in PoolSymbols), and that an `any Error` and a `Task` are a pointer each.
#ifndef POOLTRACE_SWIFT_ABI_H
#define POOLTRACE_SWIFT_ABI_H

// Jobs and async tasks.

/// include/swift/ABI/Task.h, `class Job`: a heap object's two words and two of the scheduler's, then the flags; before
/// the words with which a task goes on (`ResumeTask`, then `ResumeContext`) come the number, the voucher and a reserved
/// word.
enum { POOLTRACE_JOB_FLAGS = 32, POOLTRACE_JOB_RESUME = 56 };
/// The same file, `class AsyncTask`, and stdlib/public/Concurrency/TaskPrivate.h, `PrivateStorage`: the private part
/// begins at 80, with two words on exclusive accesses.
enum { POOLTRACE_TASK_STATUS = 96 };
/// include/swift/ABI/MetadataValues.h, `enum class JobKind`, the lowest byte of the flags: the job that makes a task go
/// on after it has yielded (`NullaryContinuation`).
enum { POOLTRACE_JOB_YIELDED = 195 };
/// The same file, `JobFlags::Task_IsAsyncLetTask`: its memory is its parent's.
#define POOLTRACE_JOB_ASYNC_LET (1u << 28)
/// stdlib/public/Concurrency/TaskPrivate.h, `ActiveTaskStatus::IsComplete`.
#define POOLTRACE_TASK_COMPLETE 0x2000u
/// lib/IRGen and LLVM's AArch64 and X86 frame lowering: of an async function's frame the saved frame pointer has this
/// bit.
#define POOLTRACE_ASYNC_FRAME ((uintptr_t)1 << 60)

// Metadata and values.

/// include/swift/ABI/MetadataKind.def: the first word of a type's metadata says of what kind it is; a class has a
/// pointer there, or 0. A box of a closure's captures is a `HeapLocalVariable`.
enum {
    POOLTRACE_KIND_CLASS = 0,
    POOLTRACE_KIND_EXISTENTIAL = 0x303,
    POOLTRACE_KIND_CLOSURE_BOX = 0x400,
    POOLTRACE_KIND_LAST_ENUMERATED = 0x7FF,
};
/// include/swift/ABI/MetadataValues.h, `ExistentialTypeFlags` and `SpecialProtocol`: the flags of an existential's
/// metadata say whether it is `any Error`.
enum {
    POOLTRACE_SPECIAL_PROTOCOL_SHIFT = 24,
    POOLTRACE_SPECIAL_PROTOCOL_MASK = 0x3F,
    POOLTRACE_SPECIAL_PROTOCOL_ERROR = 1,
};
/// include/swift/ABI/ValueWitness.def: where a type's value witnesses, in the word before its metadata, keep its size,
/// and its flags whose low byte is the alignment's mask.
enum { POOLTRACE_WITNESS_SIZE = 8, POOLTRACE_WITNESS_FLAGS = 10 };

/// include/swift/ABI/Metadata.h, `TargetContextDescriptor`, and MetadataValues.h, `ContextDescriptorKind`: a context's
/// flags, whose lowest bits say of what kind it is, its parent, and, in a module's and a type's, its name: four bytes
/// each, the latter two relative to where they lie.
enum {
    POOLTRACE_CONTEXT_KIND = 0x1F,
    POOLTRACE_CONTEXT_MODULE = 0,
    POOLTRACE_CONTEXT_FIRST_TYPE = 16,
    POOLTRACE_CONTEXT_PARENT = 1,
    POOLTRACE_CONTEXT_NAME = 2,
};

/// stdlib/public/runtime/ErrorObject.h, `SwiftErrorHeader`: an error's box begins with a heap object's header of two
/// words; then come the type's metadata and the conformance to Error, then the value at the type's alignment.
struct pooltrace_error_box {
    const void *header[2];
    const void *type;
    const void *conformance;
};

// Sizes of code.

/// stdlib/public/runtime/ErrorObjectNative.cpp: `swift_willThrow` ends within this many bytes, of which there are no
/// functions of a program.
enum { POOLTRACE_WILL_THROW_SIZE = 128 };

// Dispatch, as the runtime uses it.

/// libdispatch, private/queue_private.h, `DISPATCH_QUEUE_WIDTH_MAX_LOGICAL_CPUS`, for the runtime's own queues in
/// stdlib/public/Concurrency/DispatchGlobalExecutor.cpp: a queue as wide as there are processors.
enum { POOLTRACE_QUEUE_WIDTH_OF_PROCESSORS = -3 };

#endif
