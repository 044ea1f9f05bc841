// Worker processes: how one is started, what it shares with its pool's process, and how the two wake each other.
#ifndef POOL_WORKER_H
#define POOL_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define POOLTRACE_CHANNEL_MAGIC 0x6C656E6E61684350u
/// Requests and answers begin here in their memory.
#define POOLTRACE_CHANNEL_BYTES 4096u
/// Where in the first page a worker that crashes writes how: a `struct pooltrace_shared_fault`.
#define POOLTRACE_CHANNEL_FAULT 1024u

/// The first page of the memory that holds requests. See WorkerChannel.swift for who writes what, and when.
struct pooltrace_channel {
    uint64_t magic;
    /// A futex, written by the pool: counts requests.
    uint32_t request;
    /// A futex, written by the worker: the request that it has answered last. By the pool: that the worker has died.
    uint32_t answer;
    /// Whether the worker, or the pool's thread, is about to sleep on its futex.
    uint32_t worker_sleeps;
    uint32_t pool_sleeps;
    /// Of the request's tasks: how many the worker has begun, and how many it has answered.
    uint32_t started;
    uint32_t answered;
    /// Written by the pool: the worker begins no more of the request's tasks.
    uint32_t stop;
    uint32_t unused;
    /// How many bytes the request has, and how many the answers have so far; without the first page.
    uint64_t request_bytes;
    uint64_t answer_bytes;
};

static inline uint32_t pooltrace_shared_load(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
static inline void pooltrace_shared_store(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}
/// For what nobody sleeps on: in the order of the other stores, and no more.
static inline void pooltrace_shared_count(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}
static inline bool pooltrace_shared_exchange_if(uint32_t *word, uint32_t expected, uint32_t value) {
    return __atomic_compare_exchange_n(word, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
static inline uint64_t pooltrace_shared_load_size(const uint64_t *word) {
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}
static inline void pooltrace_shared_store_size(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/// As pooltrace_futex_wait and _wake, between processes. Returns early at any signal.
void pooltrace_shared_wait(uint32_t *word, uint32_t value, int64_t nanoseconds);
void pooltrace_shared_wake(uint32_t *word);

// MARK: Memory

/// A memory file, close-on-exec, that nobody can make shorter under a mapping of it. Returns a descriptor, or -1 with
/// errno set.
int pooltrace_shared_make(const char *name, size_t size);

/// The size of a memory file, 0 where it cannot be told.
size_t pooltrace_shared_size(int descriptor);

/// Makes a memory file longer, with pages, so that a machine without memory says so here. Returns 0 or an errno.
int pooltrace_shared_grow(int descriptor, size_t from, size_t to);

/// Maps a memory file. Null with errno set.
void *pooltrace_shared_map(int descriptor, size_t size);
/// Maps more of it. Null with errno set: then the old mapping is as it was.
void *pooltrace_shared_remap(void *base, size_t from, size_t to);

// MARK: Starting

/// What a worker process inherits, by these numbers, and nothing else but the standard streams.
enum pooltrace_worker_descriptor {
    POOLTRACE_WORKER_REQUESTS = 3,
    POOLTRACE_WORKER_ANSWERS = 4,
    POOLTRACE_WORKER_RING = 5,
    POOLTRACE_WORKER_DESCRIPTORS = 6
};

struct pooltrace_spawn {
    int requests;
    int answers;
    /// The worker's ring, or -1.
    int ring;
    /// What becomes the worker's standard error, or -1.
    int error;
};

/// Starts this executable again as a worker, which ends with the calling thread. Returns 0 with `*process` and
/// `*descriptor` (a pidfd), or an errno.
int pooltrace_worker_spawn(const struct pooltrace_spawn *start, pid_t *process, int *descriptor);

/// How a process ended. `code`: the exit status or the signal.
enum pooltrace_worker_end {
    POOLTRACE_WORKER_RUNS,
    POOLTRACE_WORKER_EXITED,
    POOLTRACE_WORKER_SIGNALLED,
    POOLTRACE_WORKER_GONE
};
enum pooltrace_worker_end pooltrace_worker_reap(pid_t process, int *code);

/// Bytes that were written to a pipe and not read yet.
uint32_t pooltrace_pipe_unread(int descriptor);

/// A pipe, close-on-exec, whose reading end does not block. Returns 0 or an errno.
int pooltrace_worker_pipe(int ends[2]);

/// How often the kernel has killed a process of this control group for want of memory; 0 where it cannot be told.
uint64_t pooltrace_memory_kills(void);

/// Serves requests until it is told to end: the Swift side of a worker process. Does not return.
__attribute__((weak)) void pooltrace_worker_serve(int parent);

#endif
