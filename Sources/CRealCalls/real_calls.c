#define _GNU_SOURCE
#include "pooltrace_real_calls.h"

#include <dlfcn.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BILLION 1000000000ll

// The linked ones until it is known where the C library's are, and where there are no others.
static __typeof__(&pthread_mutex_lock) mutex_lock = pthread_mutex_lock;
static __typeof__(&pthread_mutex_unlock) mutex_unlock = pthread_mutex_unlock;
static __typeof__(&pthread_cond_wait) cond_wait = pthread_cond_wait;
static __typeof__(&pthread_cond_timedwait) cond_timedwait = pthread_cond_timedwait;
static __typeof__(&pthread_cond_broadcast) cond_broadcast = pthread_cond_broadcast;
static __typeof__(&pthread_once) once = pthread_once;
static __typeof__(&sem_wait) semaphore_wait = sem_wait;
static __typeof__(&sem_post) semaphore_post = sem_post;
static __typeof__(&clock_gettime) clock_time = clock_gettime;

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define IS_WATCHED
#endif
#endif

/// Whether ThreadSanitizer has to see what is done with the locks: it stands in for these functions. Where it looks for
/// races between tasks (`--races`) it looks away from all of PoolTrace's.
static bool is_watched(void) {
#ifdef IS_WATCHED
    return dlsym(RTLD_DEFAULT, "pooltrace_races_start") == NULL;
#else
    return false;
#endif
}

// Before every other constructor that may take a lock or look at a clock.
__attribute__((constructor(101))) static void find(void) {
    if (is_watched()) return;
    void *library = dlopen("libc.so.6", RTLD_NOLOAD | RTLD_LAZY);
    if (library == NULL) return;
#define FIND(variable, name)                            \
    do {                                                \
        void *found = dlsym(library, name);             \
        if (found != NULL) *(void **)&variable = found; \
    } while (0)
// The plain name may mean the oldest version, which is another function.
#define FIND_CONDITION(variable, name)                      \
    do {                                                    \
        FIND(variable, name);                               \
        void *newer = dlvsym(library, name, "GLIBC_2.3.2"); \
        if (newer != NULL) *(void **)&variable = newer;     \
    } while (0)
    FIND(mutex_lock, "pthread_mutex_lock");
    FIND(mutex_unlock, "pthread_mutex_unlock");
    FIND_CONDITION(cond_wait, "pthread_cond_wait");
    FIND_CONDITION(cond_timedwait, "pthread_cond_timedwait");
    FIND_CONDITION(cond_broadcast, "pthread_cond_broadcast");
    FIND(once, "pthread_once");
    FIND(semaphore_wait, "sem_wait");
    FIND(semaphore_post, "sem_post");
    FIND(clock_time, "clock_gettime");
}

int pooltrace_real_mutex_lock(pthread_mutex_t *mutex) { return mutex_lock(mutex); }
int pooltrace_real_mutex_unlock(pthread_mutex_t *mutex) { return mutex_unlock(mutex); }
int pooltrace_real_condition_broadcast(pthread_cond_t *condition) { return cond_broadcast(condition); }
int pooltrace_real_once(pthread_once_t *control, void (*routine)(void)) { return once(control, routine); }
int pooltrace_real_semaphore_wait(sem_t *semaphore) { return semaphore_wait(semaphore); }
int pooltrace_real_semaphore_post(sem_t *semaphore) { return semaphore_post(semaphore); }

int64_t pooltrace_kernel_clock(clockid_t clock) {
    struct timespec time = {0};
    clock_time(clock, &time);
    return time.tv_sec * BILLION + time.tv_nsec;
}

void pooltrace_real_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t nanoseconds) {
    if (nanoseconds < 0) {
        (void)cond_wait(condition, mutex);
        return;
    }
    // Some years are as good as for ever.
    const int64_t most = 1ll << 55;
    const int64_t end = pooltrace_kernel_clock(CLOCK_MONOTONIC) + (nanoseconds > most ? most : nanoseconds);
    const struct timespec limit = {.tv_sec = end / BILLION, .tv_nsec = end % BILLION};
    (void)cond_timedwait(condition, mutex, &limit);
}

// MARK: - Futexes

/// Past `syscall`, which is a function of the C library like the others.
static void pooltrace_futex_call(uint32_t *word, int operation, uint32_t value, const struct timespec *limit) {
#if defined(__x86_64__)
    register const struct timespec *r10 __asm__("r10") = limit;
    register long r8 __asm__("r8") = 0;
    register long r9 __asm__("r9") = 0;
    long result;
    __asm__ volatile(
        "syscall"
        : "=a"(result)
        : "a"((long)SYS_futex), "D"(word), "S"((long)operation), "d"((long)value), "r"(r10), "r"(r8), "r"(r9)
        : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = SYS_futex;
    register long x0 __asm__("x0") = (long)word;
    register long x1 __asm__("x1") = operation;
    register long x2 __asm__("x2") = value;
    register long x3 __asm__("x3") = (long)limit;
    register long x4 __asm__("x4") = 0;
    register long x5 __asm__("x5") = 0;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
#else
    syscall(SYS_futex, word, operation, value, limit, NULL, 0);
#endif
}

void pooltrace_futex_wait(uint32_t *word, uint32_t value, int64_t nanoseconds) {
    const struct timespec limit = {nanoseconds / BILLION, nanoseconds % BILLION};
    pooltrace_futex_call(word, FUTEX_WAIT_PRIVATE, value, nanoseconds < 0 ? NULL : &limit);
}

void pooltrace_futex_wake(uint32_t *word, int count) {
    pooltrace_futex_call(word, FUTEX_WAKE_PRIVATE, (uint32_t)count, NULL);
}
