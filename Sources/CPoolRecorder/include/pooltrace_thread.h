// What the pool needs of threads that Swift's Glibc module does not offer.
#ifndef POOLTRACE_THREAD_H
#define POOLTRACE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/// What a pool keeps for each thread; looked at by every submit.
struct pooltrace_thread {
    /// The worker that this thread is, and the core of its pool.
    void *worker;
    const void *worker_core;
    /// The lane that this thread used last, and the core it belongs to.
    void *lane;
    uint64_t lane_core;
    /// Who submits here outside of tasks: the root's node, as bits, 0 before its first submit; its task; how many
    /// children it has had.
    uintptr_t root;
    uint64_t root_task;
    uint32_t children;
    /// The last submit woke a worker, which takes longer than it is worth spinning for.
    bool has_woken;
    /// The thread ID, once somebody has asked for it; see `pooltrace_own_thread_id`.
    uint32_t id;
    /// Everything else.
    void *state;
    /// The async task that this thread is about to hand to Swift, which hands it to the pool before it returns.
    void *async_task;
    /// The worker that stands for this thread where Swift's own threads run async tasks.
    void *async_worker;
    /// How many monitors of the serial engine this thread has.
    uint32_t monitors;
    /// How many values it guards while code of the program's runs, which is then no place to stop.
    uint32_t guards;
};

extern _Thread_local struct pooltrace_thread pooltrace_thread_slots __attribute__((tls_model("initial-exec")));

static inline struct pooltrace_thread *pooltrace_thread(void) { return &pooltrace_thread_slots; }

/// The frame of the function that this is inlined into.
static inline __attribute__((always_inline)) const void *pooltrace_frame_address(void) {
    return __builtin_frame_address(0);
}

/// How many processors the process may run on; at least 1.
uint32_t pooltrace_processors(void);

uint32_t pooltrace_thread_id(void);
/// The same; a thread that asks for the first time may be about to run tasks, and is sampled from then on if threads
/// are.
uint32_t pooltrace_thread_first_id(void);
/// The thread that the process began with.
pthread_t pooltrace_main_thread(void);
/// The same without a system call but the first time.
static inline uint32_t pooltrace_own_thread_id(void) {
    struct pooltrace_thread *thread = pooltrace_thread();
    if (__builtin_expect(thread->id == 0, 0)) thread->id = pooltrace_thread_first_id();
    return thread->id;
}
void pooltrace_thread_set_name(const char *name);
/// The calling thread, when it is woken, takes no processor away from one that runs; else it gets its share.
void pooltrace_thread_yield_first(void);
/// The name of the calling thread, at most 15 bytes.
void pooltrace_thread_name(char name[16]);

#endif
