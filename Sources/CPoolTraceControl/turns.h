// The turns of the threads of a program that runs one task at a time, for what stands in for its locks; see turns.c.
#ifndef POOLTRACE_CONTROL_TURNS_H
#define POOLTRACE_CONTROL_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

#include "pooltrace_foreign_locks.h"
#include "real.h"

#pragma GCC visibility push(hidden)

/// What the engine does; NULL before it has begun.
extern const struct pooltrace_turns *turns;
/// The main thread's number.
extern uint32_t main_number;

static inline bool runs(void) { return __atomic_load_n(&turns, __ATOMIC_ACQUIRE) != NULL; }

// MARK: - Code

/// Where a lock is taken: the program's code, or else the caller's, and what has called that; NULL: unknown.
struct code {
    const void *caller;
    const void *above;
    bool is_program;
};

/// The program's own code that takes a lock; or Swift's runtime, Dispatch or Foundation, which take them for themselves
/// anywhere, and whose locks no program means.
struct code find_code(const void *caller, void *const *frame);

/// The code that calls the function which this is in.
#define CODE() find_code(__builtin_return_address(0), (void *const *)__builtin_frame_address(0))

/// Whether a file's name has a part.
bool is_name(const char *path, const char *part);

/// Whether Swift's runtime is a library, whose code can be told from the program's.
extern bool has_own_runtime;
/// Finds out what the program's files are, by a function of the runtime that it uses.
void find_program(const void *runtime);

// MARK: - Threads

#define MOST_HELD 16

/// What a thread that takes part holds, the last to be taken last; there is room for so many.
struct thread {
    uint32_t number;
    bool takes_part;
    bool is_listed;
    uint32_t count;
    struct {
        const void *lock;
        struct code code;
    } held[MOST_HELD];
    struct thread *next;
};

extern _Thread_local struct thread own __attribute__((tls_model("initial-exec")));

static inline uint32_t own_number(void) {
    if (own.number == 0) own.number = (uint32_t)pooltrace_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
    return own.number;
}

/// Whether the calling thread takes part.
static inline bool takes_part(void) {
    return runs() && (__atomic_load_n(&own.takes_part, __ATOMIC_RELAXED) || own_number() == main_number);
}

/// Whether a thread is one of those that take part: then it is stopped, or is the calling one.
bool is_stopped(uint32_t number);

/// The calling thread has taken a lock, and has given it back.
void took(const void *lock, struct code code);
void gave(const void *lock);

/// The thread that takes part and holds a lock, and the code that took it; 0 if there is none.
uint32_t listed_holder(const void *lock, struct code *code);
/// The same, and UINT32_MAX if there is none: another thread has it.
uint32_t listed_or_other(const void *lock);

// MARK: - Waiting

/// Others may go on: before the calling thread takes something, and when it has given something back.
void point(struct code code);

/// Whether the program tries if a lock is free: then it makes a difference when one is about to be given back.
extern bool is_tried;
static inline void tries(struct code code) {
    if (code.is_program) __atomic_store_n(&is_tried, true, __ATOMIC_RELAXED);
}

/// A lock that was not free.
struct wanted {
    void *lock;
    const char *kind;
    /// Tries: 0, an error, or EBUSY.
    int (*take)(void *lock);
    /// The number of the thread that holds it; 0: nobody, or it is unknown. NULL: no thread does.
    uint32_t (*holder)(const void *lock);
    clockid_t clock;
    /// Until when it is wanted, by that clock; NULL: no limit.
    const struct timespec *limit;
};

/// The calling thread is to block as ever.
#define BLOCKS (-1)

/// Lets others go on until the lock can be taken; its error, ETIMEDOUT, or BLOCKS.
int take_in_turn(const struct wanted *wanted);

struct waiter {
    const void *lock;
    const char *kind;
    /// As in `wanted`.
    uint32_t (*holder)(const void *lock);
    uint32_t thread;
    void *turn;
    bool is_entered;
    struct waiter *next;
};

/// Enters the list of those who wait; a full fence.
void enter(struct waiter *waiter);
/// It waits no more; false if it was woken before.
bool leave(struct waiter *waiter);
/// Wakes so many that wait for a lock, the first to wait first; returns how many.
int wake(const void *lock, int most);

#pragma GCC visibility pop

#endif
