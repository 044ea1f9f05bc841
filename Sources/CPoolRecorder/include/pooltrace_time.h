// Where a worker's time goes: on a processor, ready without one, or blocked.
#ifndef POOLTRACE_TIME_H
#define POOLTRACE_TIME_H

#include <stdbool.h>
#include <stdint.h>

/// What the kernel had counted for this thread when it was last asked.
struct pooltrace_thread_time {
    /// When that was; 0: never.
    uint64_t stamp;
    /// Nanoseconds on a processor, and waiting for one.
    uint64_t on_cpu;
    uint64_t ready;
    /// Nanoseconds off the processor since `ready` was last read.
    uint64_t unread;
    /// One more than the place of its open descriptor; 0: none.
    uint32_t file;
};

extern _Thread_local struct pooltrace_thread_time pooltrace_this_time __attribute__((tls_model("initial-exec")));

/// The kernel is asked at most once in so many ticks of each worker: INT64_MAX while it is never asked.
extern int64_t pooltrace_time_grain;

/// Tasks that take fewer ticks are never slow: INT64_MAX while none is.
extern int64_t pooltrace_slow_ticks;

/// Has long tasks count as slow, once the clock is known.
void pooltrace_slow_start(void);

/// Starts asking, once the clock is known.
void pooltrace_time_start(void);

void pooltrace_time_measure(uint64_t stamp, uint32_t worker);
void pooltrace_time_restart(uint64_t stamp);

/// Whether a task that ran from one stamp to the other may be a slow one.
static inline bool pooltrace_may_be_slow(uint64_t start, uint64_t end) {
    return __builtin_expect((int64_t)(end - start) >= __atomic_load_n(&pooltrace_slow_ticks, __ATOMIC_RELAXED), 0);
}

/// No time of this thread is measured from now on: it waits for what another process measures.
static inline void pooltrace_time_stop(void) {
    // No stamp is so late.
    pooltrace_this_time.stamp = INT64_MAX;
}

static inline bool pooltrace_time_is_due(uint64_t stamp) {
    // A stamp may be a little older than the last one.
    const int64_t age = (int64_t)(stamp - pooltrace_this_time.stamp);
    return __builtin_expect(age >= __atomic_load_n(&pooltrace_time_grain, __ATOMIC_RELAXED), 0);
}

/// A task of the worker ends, leaves it, or starts one on top of itself: records where the time since the last call
/// went, unless that was very recently.
static inline void pooltrace_time_ends(uint64_t stamp, uint32_t worker) {
    if (pooltrace_time_is_due(stamp)) pooltrace_time_measure(stamp, worker);
}

/// A task starts after a time in which the worker had none, which is not counted.
static inline void pooltrace_time_begins(uint64_t stamp) {
    if (pooltrace_time_is_due(stamp)) pooltrace_time_restart(stamp);
}

/// Gives up, in a forked child, what counts its parent's threads.
void pooltrace_time_abandon(void);

#endif
