// What the benchmarks need from C: clocks, a barrier for the optimizer, counters for each thread, and the throw hooks
// taken out.
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "pool_recorder.h"
#include "pooltrace_lttng.h"

// MARK: Clocks

/// The cycle counter, read as the recorder reads it.
static inline uint64_t bench_cycles(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t count;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
    return count;
#else
#error "no cycle counter is known for this processor"
#endif
}

/// CLOCK_MONOTONIC, in nanoseconds.
static inline uint64_t bench_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Processor time in nanoseconds: of all threads of this process, or of its children that have ended.
uint64_t bench_cpu(bool of_children);

/// The largest resident size, in bytes, of any child that has ended.
uint64_t bench_largest_child(void);

// MARK: Terminals

/// Starts a program on a terminal of its own, of 120 columns and 40 rows. Returns its number and, in `descriptor`, the
/// other end of the terminal; a negative number if the system has none.
int bench_terminal_start(const char *program, char *const arguments[], int *descriptor);

// MARK: The optimizer

/// Uses a value: whatever makes it cannot be left out, and no memory access moves across.
static inline void bench_use(uint64_t value) { __asm__ volatile("" : : "r"(value) : "memory"); }

// MARK: Counters

/// What one thread did: allocated alone on its cache lines, written by its thread only. (Aligned by hand: Swift does
/// not import C types of such an alignment.)
struct bench_tally {
    uint64_t tasks;
    uint64_t sum;
    struct bench_tally *next;
};

extern _Thread_local struct bench_tally *bench_this_tally __attribute__((tls_model("initial-exec")));

/// The calling thread's tally, made on first use and never freed.
struct bench_tally *bench_tally_make(void);

/// The calling thread's tally, or null if it has counted nothing yet.
static inline const struct bench_tally *bench_own_tally(void) { return bench_this_tally; }

/// All tallies, the newest first.
const struct bench_tally *bench_tallies(void);

/// The body of the pool's benchmarks: counts a task on the thread that runs it.
static inline void bench_count(uint64_t value) {
    struct bench_tally *tally = bench_this_tally;
    if (__builtin_expect(!tally, 0)) tally = bench_tally_make();
    tally->tasks += 1;
    tally->sum += value;
}

// MARK: Processors and threads

/// The calling thread's number, as the kernel has it.
int bench_thread(void);

/// Lets this process, and the threads it makes from now on, run on the first `count` of its processors alone. Returns
/// how many they are.
int bench_restrict_processors(int count);

// MARK: The throw hooks

/// Takes the runtime's throw hooks out, for the whole process. The caller sees to it that nothing else throws
/// meanwhile.
void bench_throw_hooks_remove(void);
/// Puts them in again.
void bench_throw_hooks_restore(void);

// MARK: A recorder in a preloaded library

#define BENCH_PRELOADED_SYMBOL "bench_preloaded"

/// What the library offers, as a table of functions.
struct bench_preloaded {
    /// Starts its recorder. `directory`: null for memory. Returns null, or what was wrong.
    const char *(*start)(bool ring, const char *directory, uint64_t limit);
    /// Where events go, to be looked at before a call: 0 where recording is off.
    const uint32_t *sinks;
    /// Records a task_start event with a stamp of its own, if recording is on.
    void (*record_task_start)(uint64_t task, uint32_t worker);
    /// The events that found no room.
    uint64_t (*discarded)(void);
};

typedef const struct bench_preloaded *bench_preloaded_function(void);

/// The preloaded library's table, or null if none is loaded.
const struct bench_preloaded *bench_preloaded_find(void);

static inline void bench_preloaded_record(const struct bench_preloaded *table, uint64_t task, uint32_t worker) {
    if (__builtin_expect(__atomic_load_n(table->sinks, __ATOMIC_RELAXED) != 0, 1))
        table->record_task_start(task, worker);
}

// MARK: Memory

/// Bytes that are allocated and not freed, in all arenas.
uint64_t bench_allocated(void);

// MARK: LTTng

typedef void (*bench_tracepoint)(const void *event);

/// The tracepoint for task_start of the provider library at `path`, which stays open; null, with a sentence in
/// `problem`, if there is none or no session listens to it.
bench_tracepoint bench_tracepoint_find(const char *path, const char **problem);

static inline void bench_tracepoint_record(bench_tracepoint record, uint64_t task, uint32_t worker) {
    const struct pooltrace_task_start event = {.task = task, .worker = worker};
    record(&event);
}

// MARK: The linked recorder

/// The events that this thread's stream has stored.
static inline uint64_t bench_events_stored(void) { return pooltrace_this_writer.events; }

#endif
