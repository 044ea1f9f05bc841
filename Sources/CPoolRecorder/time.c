// Where a worker's time goes, asked of the kernel by the worker itself as its tasks end: what any process may know of
// its own threads, in every container. Two calls: the thread's processor time, which is exact and brings the kernel's
// own books up to date, and, where the thread was off the processor, the time that it waited for one, from its
// schedstat file. What is left of the time is the time that it was blocked.
//
// Short tasks would cost more to measure than to run: the kernel is asked at most once in POOLTRACE_TIME_GRAIN. The
// event `worker_time` is about all that the worker ran since it was asked before, and that began after that.
#define _GNU_SOURCE
#include "pooltrace_time.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "descriptor.h"
#include "pooltrace_clock.h"
#include "pooltrace_real_calls.h"
#include "pooltrace_record.h"

/// In nanoseconds. The two calls take 0.9 us: less than 1 % of it.
#define POOLTRACE_TIME_GRAIN 100000
/// The schedstat file is read only when the thread was off the processor for so many nanoseconds: what it says may then
/// be wrong by as much.
#define UNREAD_MOST 10000
/// A program may have few descriptors left: no more threads than these keep theirs open, and the others, which open
/// it each time, do so only for longer times.
#define FILES_MOST 128
#define UNREAD_MOST_WITHOUT_FILE 1000000

_Thread_local struct pooltrace_thread_time pooltrace_this_time;
int64_t pooltrace_time_grain = INT64_MAX;
int64_t pooltrace_slow_ticks = INT64_MAX;

/// Open descriptors, plus one, each its thread's; 0: free.
static int files[FILES_MOST];
/// Has each thread's descriptor closed as it ends.
static pthread_key_t thread_end;

static void close_own(void *unused) {
    (void)unused;
    struct pooltrace_thread_time *time = &pooltrace_this_time;
    if (time->file == 0) return;
    int *file = &files[time->file - 1];
    close(__atomic_load_n(file, __ATOMIC_RELAXED) - 1);
    __atomic_store_n(file, 0, __ATOMIC_RELEASE);
    *time = (struct pooltrace_thread_time){0};
}

static int64_t grain(void) {
    return (int64_t)(pooltrace_clock_state().frequency / (1000000000 / POOLTRACE_TIME_GRAIN));
}

void pooltrace_time_start(void) {
    if (pthread_key_create(&thread_end, close_own) != 0) return;
    __atomic_store_n(&pooltrace_time_grain, grain(), __ATOMIC_RELAXED);
}

void pooltrace_slow_start(void) { __atomic_store_n(&pooltrace_slow_ticks, grain(), __ATOMIC_RELAXED); }

static int open_own(void) { return open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC); }

/// The place of the calling thread's descriptor, plus one; 0 if it has to do without.
static uint32_t take_place(void) {
    for (uint32_t place = 0; place < FILES_MOST; place++) {
        int free = 0;
        if (__atomic_load_n(&files[place], __ATOMIC_RELAXED) != 0 ||
            !__atomic_compare_exchange_n(&files[place], &free, -1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            continue;
        const int file = pooltrace_above_standard(open_own());
        __atomic_store_n(&files[place], file >= 0 ? file + 1 : 0, __ATOMIC_RELEASE);
        if (file < 0) return 0;
        // The value only has to be other than null.
        (void)pthread_setspecific(thread_end, files);
        return place + 1;
    }
    return 0;
}

/// How long the thread has waited for a processor so far. False if the kernel does not say: then what is not on a
/// processor may be ready or blocked, and is not measured.
static bool read_ready(uint64_t *ready) {
    struct pooltrace_thread_time *time = &pooltrace_this_time;
    if (time->file == 0) time->file = take_place();
    const int own = time->file != 0 ? __atomic_load_n(&files[time->file - 1], __ATOMIC_RELAXED) - 1 : open_own();
    char text[64];
    const ssize_t size = own >= 0 ? pread(own, text, sizeof text - 1, 0) : 0;
    if (time->file == 0 && own >= 0) close(own);
    if (size <= 0) return false;
    text[size] = 0;
    // ON_CPU READY SWITCHES; zeros where the kernel was built without them.
    char *end;
    if (strtoull(text, &end, 10) == 0) return false;
    *ready = strtoull(end, NULL, 10);
    return true;
}

void pooltrace_time_restart(uint64_t stamp) {
    struct pooltrace_thread_time *time = &pooltrace_this_time;
    time->stamp = stamp;
    time->on_cpu = (uint64_t)pooltrace_kernel_clock(CLOCK_THREAD_CPUTIME_ID);
    (void)read_ready(&time->ready);
    time->unread = 0;
}

void pooltrace_time_measure(uint64_t stamp, uint32_t worker) {
    struct pooltrace_thread_time *time = &pooltrace_this_time;
    if (time->stamp == 0 || !pooltrace_is_recording()) {
        pooltrace_time_restart(stamp);
        return;
    }
    const uint64_t elapsed = pooltrace_clock_nanoseconds(time->stamp, stamp);
    const uint64_t total = (uint64_t)pooltrace_kernel_clock(CLOCK_THREAD_CPUTIME_ID);
    uint64_t on_cpu = total - time->on_cpu;
    // Two clocks, which differ a little.
    if (on_cpu > elapsed) on_cpu = elapsed;
    const uint64_t off = elapsed - on_cpu;
    uint64_t ready = 0;
    time->unread += off;
    if (time->unread > (time->file != 0 ? UNREAD_MOST : UNREAD_MOST_WITHOUT_FILE)) {
        uint64_t total_ready;
        if (!read_ready(&total_ready)) {
            pooltrace_time_restart(stamp);
            return;
        }
        ready = total_ready - time->ready;
        if (ready > off) ready = off;
        time->ready = total_ready;
        time->unread = 0;
    }
    time->stamp = stamp;
    time->on_cpu = total;
    pooltrace_record_worker_time(stamp, worker, elapsed, on_cpu, ready);
}

void pooltrace_time_abandon(void) {
    for (uint32_t place = 0; place < FILES_MOST; place++) {
        const int file = __atomic_exchange_n(&files[place], 0, __ATOMIC_RELAXED);
        if (file > 0) close(file - 1);
    }
    pooltrace_this_time = (struct pooltrace_thread_time){0};
}
