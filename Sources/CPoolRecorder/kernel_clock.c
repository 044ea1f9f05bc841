#define _GNU_SOURCE
#include "pooltrace_kernel_clock.h"

#include <dlfcn.h>

#define BILLION 1000000000ll

/// The C library's own functions, past what may be preloaded in front of them; the linked ones where there is no such
/// library.
static __typeof__(&clock_gettime) own_clock_gettime = clock_gettime;
static __typeof__(&pthread_cond_timedwait) own_cond_timedwait = pthread_cond_timedwait;

static _Thread_local bool starts_own_thread;

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// It has to see that the mutex is given back meanwhile.
#define IS_WATCHED
#endif
#endif

#ifndef IS_WATCHED
// Before every other constructor that may look at a clock.
__attribute__((constructor(101))) static void find(void) {
    void *library = dlopen("libc.so.6", RTLD_NOLOAD | RTLD_LAZY);
    if (library == NULL) return;
    void *found = dlsym(library, "clock_gettime");
    if (found != NULL) own_clock_gettime = (__typeof__(&clock_gettime))found;
    // The plain name may mean its oldest version, which is another one.
    found = dlvsym(library, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (found == NULL) found = dlsym(library, "pthread_cond_timedwait");
    if (found != NULL) own_cond_timedwait = (__typeof__(&pthread_cond_timedwait))found;
}
#endif

int64_t pooltrace_kernel_clock(clockid_t clock) {
    struct timespec time = {0};
    own_clock_gettime(clock, &time);
    return time.tv_sec * BILLION + time.tv_nsec;
}

void pooltrace_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t nanoseconds) {
    // Some years are as good as for ever.
    const int64_t limit = nanoseconds < 0 ? 0 : nanoseconds > 1ll << 55 ? 1ll << 55 : nanoseconds;
    const int64_t end = pooltrace_kernel_clock(CLOCK_MONOTONIC) + limit;
    const struct timespec time = {.tv_sec = end / BILLION, .tv_nsec = end % BILLION};
    (void)own_cond_timedwait(condition, mutex, &time);
}

static bool starts_own(void) { return starts_own_thread; }

const struct pooltrace_virtual_clock *pooltrace_virtual_clock_take(bool (*sleep)(int64_t nanoseconds)) {
    const pooltrace_virtual_clock_start_function start =
        (pooltrace_virtual_clock_start_function)dlsym(RTLD_DEFAULT, POOLTRACE_VIRTUAL_CLOCK_START);
    return start == NULL ? NULL : start(sleep, starts_own);
}

void pooltrace_starts_own_thread(bool starts) { starts_own_thread = starts; }
