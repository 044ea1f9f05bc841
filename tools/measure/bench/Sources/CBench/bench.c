#define _GNU_SOURCE
#include "bench.h"

#include <string.h>
#include <stdio.h>
#include <malloc.h>
#include <pty.h>
#include <dlfcn.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

// MARK: Clocks

static uint64_t nanoseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

uint64_t bench_cpu(bool of_children) {
    struct rusage usage;
    getrusage(of_children ? RUSAGE_CHILDREN : RUSAGE_SELF, &usage);
    return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

uint64_t bench_largest_child(void) {
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (uint64_t)usage.ru_maxrss * 1024u;
}

// MARK: Terminals

int bench_terminal_start(const char *program, char *const arguments[], int *descriptor) {
    const struct winsize size = {.ws_row = 40, .ws_col = 120};
    const pid_t child = forkpty(descriptor, NULL, NULL, &size);
    if (child == 0) {
        // Nobody's pipe is kept open by it.
        close_range(3, ~0u, 0);
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        execv(program, arguments);
        _exit(127);
    }
    return child;
}

// MARK: Counters

/// Two lines: the processor fetches them in pairs.
#define CACHE_LINES 128
_Static_assert(sizeof(struct bench_tally) <= CACHE_LINES, "a tally has its cache lines to itself");

_Thread_local struct bench_tally *bench_this_tally;
static _Atomic(struct bench_tally *) tallies;

struct bench_tally *bench_tally_make(void) {
    struct bench_tally *tally = aligned_alloc(CACHE_LINES, CACHE_LINES);
    if (!tally) abort();
    *tally = (struct bench_tally){.next = atomic_load(&tallies)};
    while (!atomic_compare_exchange_weak(&tallies, &tally->next, tally)) {
    }
    bench_this_tally = tally;
    return tally;
}

const struct bench_tally *bench_tallies(void) { return atomic_load(&tallies); }

// MARK: Processors and threads

int bench_thread(void) { return gettid(); }

int bench_restrict_processors(int count) {
    cpu_set_t allowed, chosen;
    CPU_ZERO(&chosen);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 0;
    int found = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && found < count; cpu++) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        CPU_SET(cpu, &chosen);
        found++;
    }
    return sched_setaffinity(0, sizeof chosen, &chosen) == 0 ? found : 0;
}

// MARK: The throw hooks

// Exported by the Swift runtime: atomic pointers to functions, null where nobody hooks.
extern _Atomic(void *) _swift_willThrow;
extern _Atomic(void *) _swift_willThrowTypedImpl __attribute__((weak));
static void *untyped, *typed;

void bench_throw_hooks_remove(void) {
    untyped = atomic_exchange(&_swift_willThrow, NULL);
    if (&_swift_willThrowTypedImpl) typed = atomic_exchange(&_swift_willThrowTypedImpl, NULL);
}

void bench_throw_hooks_restore(void) {
    atomic_store(&_swift_willThrow, untyped);
    if (&_swift_willThrowTypedImpl) atomic_store(&_swift_willThrowTypedImpl, typed);
}

// MARK: Memory

/// The last number of an attribute `size` after `element`, 0 if there is none.
static uint64_t last_size(const char *text, const char *element) {
    const char *last = NULL;
    for (const char *next = text; (next = strstr(next, element)); next += 1) last = next;
    const char *size = last ? strstr(last, "size=\"") : NULL;
    return size ? strtoull(size + strlen("size=\""), NULL, 10) : 0;
}

uint64_t bench_allocated(void) {
    // Of all arenas, unlike mallinfo2. The totals come last.
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream) return 0;
    malloc_info(0, stream);
    fclose(stream);
    const uint64_t system = last_size(text, "<system type=\"current\"") + last_size(text, "<total type=\"mmap\"");
    const uint64_t unused = last_size(text, "<total type=\"fast\"") + last_size(text, "<total type=\"rest\"");
    free(text);
    return system - unused;
}

// MARK: Libraries

const struct bench_preloaded *bench_preloaded_find(void) {
    bench_preloaded_function *function = (bench_preloaded_function *)dlsym(RTLD_DEFAULT, BENCH_PRELOADED_SYMBOL);
    return function ? function() : NULL;
}

bench_tracepoint bench_tracepoint_find(const char *path, const char **problem) {
    *problem = NULL;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        *problem = dlerror();
        return NULL;
    }
    pooltrace_lttng_provider_function *function =
        (pooltrace_lttng_provider_function *)dlsym(library, POOLTRACE_LTTNG_SYMBOL);
    const struct pooltrace_lttng_provider *provider = function ? function() : NULL;
    if (!provider || provider->version != POOLTRACE_LTTNG_VERSION) {
        *problem = "the provider library is of another version";
        return NULL;
    }
    if (provider->listeners() == 0) {
        *problem = "no session listens to the provider";
        return NULL;
    }
    return provider->record[POOLTRACE_EVENT_task_start];
}
