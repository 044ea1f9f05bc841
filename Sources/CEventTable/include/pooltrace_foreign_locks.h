// The locks of the program in a serial run: between the engine, in the program, and the preloaded library that takes
// the place of the C library's locks.
#ifndef POOLTRACE_FOREIGN_LOCKS_H
#define POOLTRACE_FOREIGN_LOCKS_H

#include <stdbool.h>
#include <stdint.h>

/// What the engine does for a thread that would block.
struct pooltrace_turns {
    /// Whether each lock that the program takes is a place where others may go on.
    bool searches;
    /// Others may go on before the calling thread does.
    void (*point)(void);
    /// Whether the calling thread is in the middle of a decision.
    bool (*is_inside)(void);
    /// Whether the calling thread, which takes part and is not inside, may wait for its turn here.
    bool (*may_wait)(void);
    /// Something to wait for, until `end`.
    void *(*prepare)(void);
    /// Lets others go on until `wake`; false if that has not come within so many nanoseconds (negative: no limit), or
    /// can never come.
    bool (*wait)(void *turn, int64_t nanoseconds);
    /// Called by any thread, for a turn that it has kept.
    void (*wake)(void *turn);
    void (*keep)(void *turn);
    /// Ends what `prepare` or `keep` began.
    void (*end)(void *turn);
};

/// What a thread waits for.
struct pooltrace_foreign_wait {
    /// In words: "a mutex".
    const char *kind;
    /// Where it lies.
    const void *lock;
    /// The number of the thread that holds it; 0 if that is unknown.
    uint32_t holder;
    /// The code that took it for that thread, and what called that, which may have no line; NULL: not known.
    const void *taken_at[2];
};

struct pooltrace_foreign_locks {
    /// The calling thread takes part until `leave`: it has its turn, or is stopped in the middle of a task. The main
    /// thread always does.
    void (*enter)(void);
    /// A thread takes no part: it has not got its turn, and may run all the same.
    void (*leave)(uint32_t thread);
    /// The calling thread is about to end.
    void (*end)(void);
    /// Wakes all where a handler of a signal gave something back at a bad moment; whether one did.
    bool (*settle)(void);
    /// What a thread waits for; false if it is for none of these.
    bool (*find)(uint32_t thread, struct pooltrace_foreign_wait *wait);
};

/// Has the program's locks go by turns, from now on.
///
/// - runtime: A function of the Swift runtime that the program uses.
///
/// NULL if that is not wanted. Found by its name.
typedef const struct pooltrace_foreign_locks *(*pooltrace_foreign_locks_start_function)(
    const struct pooltrace_turns *turns, const void *runtime);
#define POOLTRACE_FOREIGN_LOCKS_START "pooltrace_foreign_locks_start"

#endif
