// What the pool needs of threads and memory that Swift's Glibc module does not offer.
#ifndef POOLTRACE_THREAD_H
#define POOLTRACE_THREAD_H

#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "pooltrace_delay.h"

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
    /// The kernel's number, once somebody has asked for it; see `pooltrace_own_thread_id`.
    uint32_t id;
    /// Everything else.
    void *state;
    /// The async task that this thread is about to hand to Swift, which hands it to the pool before it returns.
    void *async_task;
    /// The worker that stands for this thread where Swift's own threads run async tasks.
    void *async_worker;
};

extern _Thread_local struct pooltrace_thread pooltrace_thread_slots __attribute__((tls_model("initial-exec")));

static inline struct pooltrace_thread *pooltrace_thread(void) { return &pooltrace_thread_slots; }

/// The frame of the function that this is inlined into.
static inline __attribute__((always_inline)) const void *pooltrace_frame_address(void) {
    return __builtin_frame_address(0);
}

static inline void pooltrace_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Orders everything before it with everything after it; the light side of the park protocol.
static inline void pooltrace_full_fence(void) {
    pooltrace_delay();
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
    // Orders ordinary memory as `mfence` does, which the compiler would write, in 6 ns and not 15.
    __asm__ volatile("lock; orl $0, -64(%%rsp)" ::: "memory", "cc");
#else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/// A job is eight words. A thief may read one that its owner writes again: then its claim fails and what it read is
/// dropped, but the words have to be atomic for that to be defined.
static inline void pooltrace_words_store(uint64_t *to, const uint64_t *from) {
    for (int i = 0; i < 8; i++) __atomic_store_n(to + i, from[i], __ATOMIC_RELAXED);
}
static inline void pooltrace_words_load(uint64_t *to, const uint64_t *from) {
    for (int i = 0; i < 8; i++) to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
}

/// Brings a line that will be written.
static inline void pooltrace_prefetch(uintptr_t address) { __builtin_prefetch((const void *)address, 1); }

static inline uint32_t pooltrace_word_load(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline uint32_t pooltrace_word_exchange(uint32_t *word, uint32_t value) {
    return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);
}
static inline uint32_t pooltrace_word_add(uint32_t *word, uint32_t value) {
    return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST);
}

/// Waits while `*word == value`, at most `nanoseconds` (negative: without a limit). Wakes up spuriously.
void pooltrace_futex_wait(uint32_t *word, uint32_t value, int64_t nanoseconds);
void pooltrace_futex_wake(uint32_t *word, int count);

/// How many processors the process may run on; at least 1.
uint32_t pooltrace_processors(void);

uint32_t pooltrace_thread_id(void);
/// The thread that the process began with.
pthread_t pooltrace_main_thread(void);
/// The same without a system call but the first time.
static inline uint32_t pooltrace_own_thread_id(void) {
    struct pooltrace_thread *thread = pooltrace_thread();
    if (__builtin_expect(thread->id == 0, 0)) thread->id = pooltrace_thread_id();
    return thread->id;
}
void pooltrace_thread_set_name(const char *name);
/// The name of the calling thread, at most 15 bytes.
void pooltrace_thread_name(char name[16]);

// The Swift runtime's: an unowned reference keeps the memory of an object whose last strong reference is gone.
void *swift_unownedRetain(void *object);
void swift_unownedRelease(void *object);
/// Whether an object is the box of a closure's captures: a closure that captures one object alone has that object for
/// its context, and not every kind of object keeps its memory for an unowned reference (a `Task` does not). The kind is
/// the first word of its metadata.
static inline bool pooltrace_is_closure_box(const void *object) { return **(const uintptr_t *const *)object == 0x400; }
static inline void pooltrace_unowned_retain(void *object) { (void)swift_unownedRetain(object); }
static inline void pooltrace_unowned_release(void *object) { swift_unownedRelease(object); }

/// Makes every thread of the process pass a full fence; false where the kernel cannot.
bool pooltrace_heavy_fence(void);

#endif
