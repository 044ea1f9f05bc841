// Stands in for the locks of the C library, and for what Dispatch makes of its own; see turns.c.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "turns.h"

// MARK: - Mutexes

static void *real_pthread_mutex_lock, *real_pthread_mutex_trylock, *real_pthread_mutex_unlock,
    *real_pthread_mutex_timedlock, *real_pthread_mutex_clocklock;

static uint32_t mutex_holder(const void *lock) {
    return (uint32_t)__atomic_load_n(&((const pthread_mutex_t *)lock)->__data.__owner, __ATOMIC_RELAXED);
}

static int take_mutex(void *lock) {
    pthread_mutex_t *mutex = lock;
    const int result = REAL(pthread_mutex_trylock)(mutex);
    const bool checks = (mutex->__data.__kind & 3) == PTHREAD_MUTEX_ERRORCHECK;
    return result == EBUSY && checks && mutex_holder(mutex) == own_number() ? EDEADLK : result;
}

/// Takes a mutex; BLOCKS if the calling thread is to block as ever.
static int take_mutex_in_turn(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *limit, struct code code) {
    int result = take_mutex(mutex);
    if (result == EBUSY)
        result = take_in_turn(&(struct wanted){mutex, "a mutex", take_mutex, mutex_holder, clock, limit});
    if (result == 0 || result == EOWNERDEAD) took(mutex, code);
    return result;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    if (!takes_part()) return REAL(pthread_mutex_lock)(mutex);
    const struct code code = CODE();
    point(code);
    int result = take_mutex_in_turn(mutex, CLOCK_MONOTONIC, NULL, code);
    if (result != BLOCKS) return result;
    result = REAL(pthread_mutex_lock)(mutex);
    if (result == 0) took(mutex, code);
    return result;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex) {
    if (!takes_part()) return REAL(pthread_mutex_trylock)(mutex);
    const struct code code = CODE();
    tries(code);
    point(code);
    const int result = REAL(pthread_mutex_trylock)(mutex);
    if (result == 0 || result == EOWNERDEAD) took(mutex, code);
    return result;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    if (!runs()) return REAL(pthread_mutex_unlock)(mutex);
    const struct code code = takes_part() ? CODE() : (struct code){0};
    if (takes_part()) {
        if (__atomic_load_n(&is_tried, __ATOMIC_RELAXED)) point(code);
        gave(mutex);
    }
    const int result = REAL(pthread_mutex_unlock)(mutex);
    (void)wake(mutex, INT32_MAX);
    point(code);
    return result;
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict limit) {
    int result = BLOCKS;
    if (takes_part()) {
        const struct code code = CODE();
        tries(code);
        point(code);
        result = take_mutex_in_turn(mutex, CLOCK_REALTIME, limit, code);
    }
    LIMITED(result, CLOCK_REALTIME, limit, REAL(pthread_mutex_timedlock)(mutex, kernels))
}

int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock, const struct timespec *restrict limit) {
    int result = BLOCKS;
    if (takes_part()) {
        const struct code code = CODE();
        tries(code);
        point(code);
        result = take_mutex_in_turn(mutex, clock, limit, code);
    }
    LIMITED(result, clock, limit, REAL(pthread_mutex_clocklock)(mutex, clock, kernels))
}

// MARK: - Conditions

static void *real_pthread_cond_wait, *real_pthread_cond_timedwait, *real_pthread_cond_clockwait,
    *real_pthread_cond_signal, *real_pthread_cond_broadcast;

static bool is_shared_condition(const pthread_cond_t *condition) {
    // The lowest bit of this word, as glibc has it since 2.25.
    return (__atomic_load_n(&condition->__data.__wrefs, __ATOMIC_RELAXED) & 1) != 0;
}

/// Waits for a signal; BLOCKS if the calling thread is to block as ever.
static int wait_in_turn(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
    const struct timespec *limit, struct code code) {
    if (is_shared_condition(condition) || turns->is_inside() || !turns->may_wait()) return BLOCKS;
    struct waiter waiter = {.lock = condition, .kind = "a condition"};
    enter(&waiter);
    int result = REAL(pthread_mutex_unlock)(mutex);
    if (result != 0) {
        (void)leave(&waiter);
        return result;
    }
    gave(mutex);
    (void)wake(mutex, INT32_MAX);
    const int64_t left = pooltrace_left(clock, limit);
    const bool is_woken = left != 0 && turns->wait(waiter.turn, left);
    const bool is_over = leave(&waiter) && !is_woken && limit != NULL;
    result = take_mutex_in_turn(mutex, CLOCK_MONOTONIC, NULL, code);
    if (result == BLOCKS) {
        result = REAL(pthread_mutex_lock)(mutex);
        if (result == 0) took(mutex, code);
    }
    return result == 0 && is_over ? ETIMEDOUT : result;
}

int pthread_cond_wait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex) {
    int result = BLOCKS;
    if (takes_part()) result = wait_in_turn(condition, mutex, CLOCK_MONOTONIC, NULL, CODE());
    return result != BLOCKS ? result : REAL(pthread_cond_wait)(condition, mutex);
}

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict limit) {
    const clockid_t clock = pooltrace_clock_of(limit);
    int result = BLOCKS;
    if (takes_part()) result = wait_in_turn(condition, mutex, clock, limit, CODE());
    LIMITED(result, clock, limit, REAL(pthread_cond_timedwait)(condition, mutex, kernels))
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, clockid_t clock,
    const struct timespec *restrict limit) {
    int result = BLOCKS;
    if (takes_part()) result = wait_in_turn(condition, mutex, clock, limit, CODE());
    LIMITED(result, clock, limit, REAL(pthread_cond_clockwait)(condition, mutex, clock, kernels))
}

int pthread_cond_signal(pthread_cond_t *condition) {
    const int result = wake(condition, 1) > 0 ? 0 : REAL(pthread_cond_signal)(condition);
    if (takes_part()) point(CODE());
    return result;
}

int pthread_cond_broadcast(pthread_cond_t *condition) {
    (void)wake(condition, INT32_MAX);
    const int result = REAL(pthread_cond_broadcast)(condition);
    if (takes_part()) point(CODE());
    return result;
}

// MARK: - Read-write locks

static void *real_pthread_rwlock_rdlock, *real_pthread_rwlock_wrlock, *real_pthread_rwlock_tryrdlock,
    *real_pthread_rwlock_trywrlock, *real_pthread_rwlock_timedrdlock, *real_pthread_rwlock_timedwrlock,
    *real_pthread_rwlock_clockrdlock, *real_pthread_rwlock_clockwrlock, *real_pthread_rwlock_unlock;

static uint32_t writer_of(const void *lock) {
    return (uint32_t)__atomic_load_n(&((const pthread_rwlock_t *)lock)->__data.__cur_writer, __ATOMIC_RELAXED);
}

static int take_rdlock(void *lock) { return REAL(pthread_rwlock_tryrdlock)(lock); }
static int take_wrlock(void *lock) { return REAL(pthread_rwlock_trywrlock)(lock); }

static int take_rwlock_in_turn(
    pthread_rwlock_t *lock, int (*take)(void *), clockid_t clock, const struct timespec *limit, struct code code) {
    int result = take(lock);
    if (result == EBUSY && lock->__data.__shared != 0) return BLOCKS;
    if (result == EBUSY)
        result = take_in_turn(&(struct wanted){lock, "a read-write lock", take, writer_of, clock, limit});
    if (result == 0) took(lock, code);
    return result;
}

#define RWLOCK(name, kind)                                                                                   \
    int pthread_rwlock_##name(pthread_rwlock_t *lock) {                                                      \
        int result = BLOCKS;                                                                                 \
        if (takes_part()) {                                                                                  \
            const struct code code = CODE();                                                                 \
            point(code);                                                                                     \
            result = take_rwlock_in_turn(lock, kind, CLOCK_MONOTONIC, NULL, code);                           \
        }                                                                                                    \
        return result != BLOCKS ? result : REAL(pthread_rwlock_##name)(lock);                                \
    }                                                                                                        \
    int pthread_rwlock_try##name(pthread_rwlock_t *lock) {                                                   \
        if (!takes_part()) return REAL(pthread_rwlock_try##name)(lock);                                      \
        const struct code code = CODE();                                                                     \
        tries(code);                                                                                         \
        point(code);                                                                                         \
        const int result = kind(lock);                                                                       \
        if (result == 0) took(lock, code);                                                                   \
        return result;                                                                                       \
    }                                                                                                        \
    int pthread_rwlock_timed##name(pthread_rwlock_t *restrict lock, const struct timespec *restrict limit) { \
        int result = BLOCKS;                                                                                 \
        if (takes_part()) {                                                                                  \
            const struct code code = CODE();                                                                 \
            tries(code);                                                                                     \
            point(code);                                                                                     \
            result = take_rwlock_in_turn(lock, kind, CLOCK_REALTIME, limit, code);                           \
        }                                                                                                    \
        LIMITED(result, CLOCK_REALTIME, limit, REAL(pthread_rwlock_timed##name)(lock, kernels))              \
    }                                                                                                        \
    int pthread_rwlock_clock##name(                                                                          \
        pthread_rwlock_t *restrict lock, clockid_t clock, const struct timespec *restrict limit) {           \
        int result = BLOCKS;                                                                                 \
        if (takes_part()) {                                                                                  \
            const struct code code = CODE();                                                                 \
            tries(code);                                                                                     \
            point(code);                                                                                     \
            result = take_rwlock_in_turn(lock, kind, clock, limit, code);                                    \
        }                                                                                                    \
        LIMITED(result, clock, limit, REAL(pthread_rwlock_clock##name)(lock, clock, kernels))                \
    }
RWLOCK(rdlock, take_rdlock)
RWLOCK(wrlock, take_wrlock)

int pthread_rwlock_unlock(pthread_rwlock_t *lock) {
    if (!runs()) return REAL(pthread_rwlock_unlock)(lock);
    const struct code code = takes_part() ? CODE() : (struct code){0};
    if (takes_part()) {
        if (__atomic_load_n(&is_tried, __ATOMIC_RELAXED)) point(code);
        gave(lock);
    }
    const int result = REAL(pthread_rwlock_unlock)(lock);
    (void)wake(lock, INT32_MAX);
    point(code);
    return result;
}

// MARK: - Semaphores

static void *real_sem_wait, *real_sem_trywait, *real_sem_timedwait, *real_sem_clockwait, *real_sem_post;

/// As glibc has it, on machines of 64 bits: the value, then whether processes share it.
static bool is_shared_semaphore(const sem_t *semaphore) { return ((const int *)(const void *)semaphore)[2] != 0; }

static int take_semaphore(void *semaphore) {
    if (REAL(sem_trywait)(semaphore) == 0) return 0;
    return errno == EAGAIN ? EBUSY : errno;
}

static int take_semaphore_in_turn(sem_t *semaphore, clockid_t clock, const struct timespec *limit) {
    if (is_shared_semaphore(semaphore)) return BLOCKS;
    const int result = take_semaphore(semaphore);
    if (result != EBUSY) return result;
    return take_in_turn(&(struct wanted){semaphore, "a semaphore", take_semaphore, NULL, clock, limit});
}

static int by_errno(int result) {
    if (result == 0) return 0;
    errno = result;
    return -1;
}

int sem_wait(sem_t *semaphore) {
    if (takes_part()) {
        point(CODE());
        const int result = take_semaphore_in_turn(semaphore, CLOCK_MONOTONIC, NULL);
        if (result != BLOCKS) return by_errno(result);
    }
    return REAL(sem_wait)(semaphore);
}

int sem_trywait(sem_t *semaphore) {
    if (takes_part()) point(CODE());
    return REAL(sem_trywait)(semaphore);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict limit) {
    if (takes_part()) {
        point(CODE());
        const int result = take_semaphore_in_turn(semaphore, CLOCK_REALTIME, limit);
        if (result != BLOCKS) return by_errno(result);
    }
    LIMITED_BY_ERRNO(CLOCK_REALTIME, limit, REAL(sem_timedwait)(semaphore, kernels))
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, const struct timespec *restrict limit) {
    if (takes_part()) {
        point(CODE());
        const int result = take_semaphore_in_turn(semaphore, clock, limit);
        if (result != BLOCKS) return by_errno(result);
    }
    LIMITED_BY_ERRNO(clock, limit, REAL(sem_clockwait)(semaphore, clock, kernels))
}

int sem_post(sem_t *semaphore) {
    const int result = REAL(sem_post)(semaphore);
    (void)wake(semaphore, INT32_MAX);
    if (takes_part()) point(CODE());
    return result;
}

// MARK: - What is done once

static void *real_pthread_once;

/// glibc's word of something that has been done.
#define DONE 2

static int take_once(void *control) {
    if (__atomic_load_n((pthread_once_t *)control, __ATOMIC_ACQUIRE) == DONE) return 0;
    // Done by nobody that takes part: then the C library says who does it.
    return listed_holder(control, NULL) == 0 ? ECANCELED : EBUSY;
}

int pthread_once(pthread_once_t *control, void (*routine)(void)) {
    if (!takes_part() || __atomic_load_n(control, __ATOMIC_ACQUIRE) == DONE)
        return REAL(pthread_once)(control, routine);
    const struct code code = CODE();
    point(code);
    if (take_once(control) == EBUSY) {
        const int result = take_in_turn(&(struct wanted){
            control, "the end of what is done once", take_once, listed_or_other, CLOCK_MONOTONIC, NULL});
        if (result == 0 || result == EDEADLK) return result;
    }
    took(control, code);
    const int result = REAL(pthread_once)(control, routine);
    gave(control);
    (void)wake(control, INT32_MAX);
    point(code);
    return result;
}

// MARK: - Files of the C library

static void *real_flockfile, *real_funlockfile;

static int take_file(void *file) { return ftrylockfile(file) == 0 ? 0 : EBUSY; }

void flockfile(FILE *file) {
    int result = BLOCKS;
    if (takes_part()) {
        result = take_file(file);
        if (result == EBUSY)
            result = take_in_turn(
                &(struct wanted){file, "a file's lock", take_file, listed_or_other, CLOCK_MONOTONIC, NULL});
    }
    if (result != 0) REAL(flockfile)(file);
    if (takes_part()) took(file, CODE());
}

void funlockfile(FILE *file) {
    if (takes_part()) gave(file);
    REAL(funlockfile)(file);
    (void)wake(file, INT32_MAX);
}

// MARK: - Dispatch

// Its locks are its own, but what they stand for is the program's.
#define DISPATCH(name) ((__typeof__(&name))pooltrace_real(#name, &real_##name))

#define TAKES(name, thing)                       \
    static void *real_##name;                    \
    intptr_t name(void *thing, uint64_t limit);  \
    intptr_t name(void *thing, uint64_t limit) { \
        if (takes_part()) point(CODE());         \
        return DISPATCH(name)(thing, limit);     \
    }
TAKES(dispatch_semaphore_wait, semaphore)
TAKES(dispatch_group_wait, group)

static void *real_dispatch_semaphore_signal, *real_dispatch_group_leave;

intptr_t dispatch_semaphore_signal(void *semaphore);
intptr_t dispatch_semaphore_signal(void *semaphore) {
    const intptr_t result = DISPATCH(dispatch_semaphore_signal)(semaphore);
    if (takes_part()) point(CODE());
    return result;
}

void dispatch_group_leave(void *group);
void dispatch_group_leave(void *group) {
    DISPATCH(dispatch_group_leave)(group);
    if (takes_part()) point(CODE());
}

/// Both.
#define RUNS(name, parameters, ...)                                        \
    static void *real_##name;                                              \
    void name parameters;                                                  \
    void name parameters {                                                 \
        const struct code code = takes_part() ? CODE() : (struct code){0}; \
        point(code);                                                       \
        DISPATCH(name)(__VA_ARGS__);                                       \
        point(code);                                                       \
    }
RUNS(dispatch_sync, (void *queue, void *block), queue, block)
RUNS(dispatch_sync_f, (void *queue, void *context, void (*work)(void *)), queue, context, work)
RUNS(dispatch_barrier_sync, (void *queue, void *block), queue, block)
RUNS(dispatch_barrier_sync_f, (void *queue, void *context, void (*work)(void *)), queue, context, work)
