// The locks of a program that runs one task at a time: a thread that would block lets others go on, by the engine.
//
// - From when the engine says so, threads that take part (its own, those of the program that it knows, and main) never
//   block in a lock that another of them holds. Such a thread enters the list of those who wait, tries once more, and
//   hands its turn on. Whoever gives the lock back wakes all that wait for it, and they try again, in an order that the
//   engine decides.
// - A lock that is free is taken as ever. Where orders are searched for, it is a place where others may go on before,
//   if the program's own code takes it (see `program_code`).
// - Conditions, and what waits for a word in memory (futexes), are woken by who signals, in the order in which they
//   have begun to wait, as the kernel does. A part of the waiters that take no part is left to the C library.
// - Threads that take no part go straight to the C library, and so does a thread that takes part where one that does
//   not holds the lock: that one is not stopped.
//
// What waits is entered before its lock is tried for the last time, and who gives a lock back looks for waiters
// afterwards, with a full fence in between on both sides: so no wake is lost, whatever thread it comes from.
//
// Nothing here takes a lock that the engine's decisions may need: the list has one of its own, held for moments, and
// never while the engine is called.
#define _GNU_SOURCE
#include "real.h"

#include <errno.h>
#include <link.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pooltrace_foreign_locks.h"

static const struct pooltrace_turns *turns;

/// The main thread's number.
static uint32_t main_number;
/// Whether Swift's runtime is a library, whose code can be told from the program's.
static bool has_own_runtime;

static bool runs(void) { return __atomic_load_n(&turns, __ATOMIC_ACQUIRE) != NULL; }

// MARK: - Threads

#define MOST_HELD 16

/// What a thread that takes part holds, the last to be taken last; more than there is room for are not known.
struct thread {
    uint32_t number;
    bool takes_part;
    bool is_listed;
    uint32_t count;
    struct {
        const void *lock;
        const void *caller;
    } held[MOST_HELD];
    struct thread *next;
};

static __attribute__((tls_model("initial-exec"))) _Thread_local struct thread own;
/// Guarded by the list's lock.
static struct thread *threads;

static uint32_t own_number(void) {
    if (own.number == 0) own.number = (uint32_t)pooltrace_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
    return own.number;
}

static bool takes_part(void) { return runs() && (own.takes_part || own_number() == main_number); }

// MARK: - Those who wait

struct waiter {
    const void *lock;
    const char *kind;
    /// As in `wanted`.
    uint32_t (*holder)(const void *lock);
    uint32_t thread;
    void *turn;
    bool is_entered;
    struct waiter *next;
};

static struct waiter *first;
static uint32_t waiters;
/// The number of the thread that looks at the lists; 0: none.
static uint32_t list_owner;

static void lock_list(void) {
    const uint32_t number = own_number();
    uint32_t expected = 0;
    while (!__atomic_compare_exchange_n(&list_owner, &expected, number, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        expected = 0;
        sched_yield();
    }
}

static void unlock_list(void) { __atomic_store_n(&list_owner, 0, __ATOMIC_RELEASE); }

static void enter(struct waiter *waiter) {
    waiter->thread = own_number();
    waiter->turn = turns->prepare();
    lock_list();
    struct waiter **last = &first;
    while (*last != NULL) last = &(*last)->next;
    *last = waiter;
    waiter->is_entered = true;
    __atomic_store_n(&waiters, waiters + 1, __ATOMIC_SEQ_CST);
    unlock_list();
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/// Inside the list's lock.
static void take_out(struct waiter *waiter) {
    for (struct waiter **place = &first; *place != NULL; place = &(*place)->next) {
        if (*place != waiter) continue;
        *place = waiter->next;
        waiter->is_entered = false;
        __atomic_store_n(&waiters, waiters - 1, __ATOMIC_SEQ_CST);
        return;
    }
}

/// It waits no more; false if it was woken before.
static bool leave(struct waiter *waiter) {
    lock_list();
    const bool was_entered = waiter->is_entered;
    if (was_entered) take_out(waiter);
    unlock_list();
    turns->end(waiter->turn);
    return was_entered;
}

/// The first that waits for a lock (NULL: for any), taken out; NULL if there is none.
///
/// - Returns: What it waits for, kept: the waiter's memory is gone once it goes on.
static void *take_first(const void *lock) {
    lock_list();
    struct waiter *next = first;
    while (next != NULL && lock != NULL && next->lock != lock) next = next->next;
    void *turn = NULL;
    if (next != NULL) {
        turn = next->turn;
        turns->keep(turn);
        take_out(next);
    }
    unlock_list();
    return turn;
}

/// A handler of a signal has given something back while its thread was in here or in the engine.
static bool is_unsettled;

static int wake_first(const void *lock, int most) {
    int count = 0;
    while (count < most) {
        void *turn = take_first(lock);
        if (turn == NULL) break;
        turns->wake(turn);
        turns->end(turn);
        count++;
    }
    return count;
}

/// Wakes so many that wait for a lock, the first to wait first; returns how many.
static int wake(const void *lock, int most) {
    if (!runs()) return 0;
    // Those that take part have entered before this thread had its turn.
    if (!takes_part()) __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (__atomic_load_n(&waiters, __ATOMIC_RELAXED) == 0) return 0;
    if (__atomic_load_n(&list_owner, __ATOMIC_RELAXED) == own_number() || turns->is_inside()) {
        __atomic_store_n(&is_unsettled, true, __ATOMIC_RELEASE);
        return 0;
    }
    return wake_first(lock, most);
}

static bool settle(void) {
    if (!__atomic_exchange_n(&is_unsettled, false, __ATOMIC_ACQ_REL)) return false;
    return wake_first(NULL, INT32_MAX) > 0;
}

// MARK: - Who holds what

/// Inside the list's lock.
static void list_own(void) {
    if (own.is_listed) return;
    own.is_listed = true;
    (void)own_number();
    own.next = threads;
    threads = &own;
}

static void thread_enters(void) {
    own.takes_part = true;
    lock_list();
    list_own();
    unlock_list();
}

static void thread_leaves(void) {
    own.takes_part = false;
    lock_list();
    for (struct thread **place = &threads; *place != NULL; place = &(*place)->next) {
        if (*place != &own) continue;
        *place = own.next;
        break;
    }
    own.is_listed = false;
    own.count = 0;
    unlock_list();
}

static void took(const void *lock, const void *caller) {
    if (!own.is_listed) {
        lock_list();
        list_own();
        unlock_list();
    }
    if (own.count == MOST_HELD) return;
    own.held[own.count].lock = lock;
    own.held[own.count].caller = caller;
    own.count++;
}

static void gave(const void *lock) {
    for (uint32_t i = own.count; i > 0; i--) {
        if (own.held[i - 1].lock != lock) continue;
        memmove(&own.held[i - 1], &own.held[i], (own.count - i) * sizeof own.held[0]);
        own.count--;
        return;
    }
}

/// Whether a thread is one of those that take part: then it is stopped, or is the calling one.
static bool is_stopped(uint32_t number) {
    if (number == main_number || number == own_number()) return true;
    lock_list();
    struct thread *next = threads;
    while (next != NULL && !(next->number == number && next->takes_part)) next = next->next;
    unlock_list();
    return next != NULL;
}

/// The thread that takes part and holds a lock, and the code that took it; 0 if there is none.
///
/// Those threads are stopped, or at worst about to be: an entry may be out of date, but is never garbage.
static uint32_t listed_holder(const void *lock, const void **caller) {
    uint32_t number = 0;
    lock_list();
    for (struct thread *next = threads; next != NULL && number == 0; next = next->next)
        for (uint32_t i = 0; i < next->count && i < MOST_HELD; i++) {
            if (next->held[i].lock != lock) continue;
            number = next->number;
            if (caller != NULL) *caller = next->held[i].caller;
            break;
        }
    unlock_list();
    return number;
}

// MARK: - Waiting

/// A lock that was not free.
struct wanted {
    void *lock;
    const char *kind;
    /// Tries: 0, an error, or EBUSY.
    int (*take)(void *lock);
    /// The number of the thread that holds it; 0: nobody, or it is not known. NULL: no thread does.
    uint32_t (*holder)(const void *lock);
    clockid_t clock;
    /// Until when it is wanted, by that clock; NULL: no limit.
    const struct timespec *limit;
};

/// The calling thread is to block as ever.
#define BLOCKS (-1)

/// Lets others go on until the lock can be taken.
static int take_in_turn(const struct wanted *wanted) {
    for (;;) {
        const uint32_t holder = wanted->holder != NULL ? wanted->holder(wanted->lock) : 0;
        if (holder != 0 && !is_stopped(holder)) return BLOCKS;
        if (turns->is_inside() || !turns->may_wait()) return BLOCKS;
        struct waiter waiter = {.lock = wanted->lock, .kind = wanted->kind, .holder = wanted->holder};
        enter(&waiter);
        int result = wanted->take(wanted->lock);
        if (result != EBUSY) {
            (void)leave(&waiter);
            return result;
        }
        const int64_t left = pooltrace_left(wanted->clock, wanted->limit);
        const bool is_woken = left != 0 && turns->wait(waiter.turn, left);
        if (!leave(&waiter) || is_woken) continue;
        result = wanted->take(wanted->lock);
        return result != EBUSY ? result : wanted->limit != NULL ? ETIMEDOUT : EDEADLK;
    }
}

// MARK: - Whose code it is

enum owner { UNKNOWN, PROGRAM, LOCK_METHOD, OTHERS };

static char program_folder[4096];

static bool is_name(const char *path, const char *part) {
    const char *name = strrchr(path, '/');
    return strstr(name != NULL ? name : path, part) != NULL;
}

static enum owner find_owner(const void *code) {
    struct dl_find_object found;
    if (_dl_find_object((void *)code, &found) != 0) return OTHERS;
    const char *path = found.dlfo_link_map->l_name;
    if (*path == 0) return PROGRAM;
    if (is_name(path, "libPoolTrace")) return OTHERS;
    if (is_name(path, "libswiftDispatch")) return LOCK_METHOD;
    if (is_name(path, "Foundation")) {
        // NSLock and its relatives are the program's, if the program calls them.
        Dl_info method;
        if (dladdr(code, &method) != 0 && method.dli_sname != NULL &&
            (strstr(method.dli_sname, "6NSLock") != NULL || strstr(method.dli_sname, "15NSRecursiveLock") != NULL ||
                strstr(method.dli_sname, "11NSCondition") != NULL || strstr(method.dli_sname, "9NSLocking") != NULL))
            return LOCK_METHOD;
        return OTHERS;
    }
    const size_t length = strlen(program_folder);
    return length > 0 && strncmp(path, program_folder, length) == 0 && strchr(path + length, '/') == NULL ? PROGRAM
                                                                                                          : OTHERS;
}

#define MOST_CALLERS 1024

/// Each caller is looked up once. An entry is written once: the code, then what it is.
static struct {
    const void *code;
    enum owner owner;
} callers[MOST_CALLERS];

static enum owner owner_of(const void *code) {
    size_t place = ((uintptr_t)code >> 2) % MOST_CALLERS;
    for (int tries = 0; tries < 8; tries++, place = (place + 1) % MOST_CALLERS) {
        const void *known = __atomic_load_n(&callers[place].code, __ATOMIC_ACQUIRE);
        if (known == NULL) {
            const enum owner owner = find_owner(code);
            if (__atomic_compare_exchange_n(
                    &callers[place].code, &known, code, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
                __atomic_store_n(&callers[place].owner, owner, __ATOMIC_RELEASE);
            return owner;
        }
        if (known != code) continue;
        const enum owner owner = __atomic_load_n(&callers[place].owner, __ATOMIC_ACQUIRE);
        return owner != UNKNOWN ? owner : find_owner(code);
    }
    return find_owner(code);
}

/// The program's own code that takes a lock; NULL if Swift's runtime, Dispatch or Foundation take it for themselves,
/// which may be anywhere, and which no program means.
///
/// A frame begins with the address of the one below, and the place where its function was called.
static const void *program_code(const void *caller, void *const *frame) {
    for (int depth = 0; depth < 6; depth++) {
        switch (owner_of(caller)) {
        case PROGRAM: return caller;
        case LOCK_METHOD: break;
        default: return NULL;
        }
        void *const *below = (void *const *)frame[0];
        // A stack grows downward, and no such frame is large.
        if (below <= frame || (uintptr_t)below - (uintptr_t)frame > 65536 || (uintptr_t)below % sizeof(void *) != 0)
            return NULL;
        frame = below;
        caller = frame[1];
    }
    return NULL;
}

/// The code that calls the function which this is in.
#define CALLER() program_code(__builtin_return_address(0), (void *const *)__builtin_frame_address(0))

/// Others may go on: before the calling thread takes something, and when it has given something back.
static void point(const void *caller) {
    if (caller != NULL && turns->searches && has_own_runtime && !turns->is_inside()) turns->point();
}

/// The program tries whether a lock is free: from now on it makes a difference when one is given back.
static bool is_tried;

static void tries(const void *caller) {
    if (caller != NULL) __atomic_store_n(&is_tried, true, __ATOMIC_RELAXED);
}

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
static int take_mutex_in_turn(
    pthread_mutex_t *mutex, clockid_t clock, const struct timespec *limit, const void *caller) {
    int result = take_mutex(mutex);
    if (result == EBUSY)
        result = take_in_turn(&(struct wanted){mutex, "a mutex", take_mutex, mutex_holder, clock, limit});
    if (result == 0 || result == EOWNERDEAD) took(mutex, caller);
    return result;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    if (!takes_part()) return REAL(pthread_mutex_lock)(mutex);
    const void *caller = CALLER();
    point(caller);
    int result = take_mutex_in_turn(mutex, CLOCK_MONOTONIC, NULL, caller);
    if (result != BLOCKS) return result;
    result = REAL(pthread_mutex_lock)(mutex);
    if (result == 0) took(mutex, caller);
    return result;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex) {
    if (!takes_part()) return REAL(pthread_mutex_trylock)(mutex);
    const void *caller = CALLER();
    tries(caller);
    point(caller);
    const int result = REAL(pthread_mutex_trylock)(mutex);
    if (result == 0 || result == EOWNERDEAD) took(mutex, caller);
    return result;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    if (!runs()) return REAL(pthread_mutex_unlock)(mutex);
    const void *caller = takes_part() ? CALLER() : NULL;
    if (takes_part()) {
        if (__atomic_load_n(&is_tried, __ATOMIC_RELAXED)) point(caller);
        gave(mutex);
    }
    const int result = REAL(pthread_mutex_unlock)(mutex);
    (void)wake(mutex, INT32_MAX);
    point(caller);
    return result;
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict limit) {
    int result = BLOCKS;
    if (takes_part()) {
        const void *caller = CALLER();
        tries(caller);
        point(caller);
        result = take_mutex_in_turn(mutex, CLOCK_REALTIME, limit, caller);
    }
    LIMITED(result, CLOCK_REALTIME, limit, REAL(pthread_mutex_timedlock)(mutex, kernels))
}

int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock, const struct timespec *restrict limit) {
    int result = BLOCKS;
    if (takes_part()) {
        const void *caller = CALLER();
        tries(caller);
        point(caller);
        result = take_mutex_in_turn(mutex, clock, limit, caller);
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
    const struct timespec *limit, const void *caller) {
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
    result = take_mutex_in_turn(mutex, CLOCK_MONOTONIC, NULL, caller);
    if (result == BLOCKS) {
        result = REAL(pthread_mutex_lock)(mutex);
        if (result == 0) took(mutex, caller);
    }
    return result == 0 && is_over ? ETIMEDOUT : result;
}

int pthread_cond_wait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex) {
    int result = BLOCKS;
    if (takes_part()) result = wait_in_turn(condition, mutex, CLOCK_MONOTONIC, NULL, CALLER());
    return result != BLOCKS ? result : REAL(pthread_cond_wait)(condition, mutex);
}

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict limit) {
    const clockid_t clock = pooltrace_clock_of(limit);
    int result = BLOCKS;
    if (takes_part()) result = wait_in_turn(condition, mutex, clock, limit, CALLER());
    LIMITED(result, clock, limit, REAL(pthread_cond_timedwait)(condition, mutex, kernels))
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, clockid_t clock,
    const struct timespec *restrict limit) {
    int result = BLOCKS;
    if (takes_part()) result = wait_in_turn(condition, mutex, clock, limit, CALLER());
    LIMITED(result, clock, limit, REAL(pthread_cond_clockwait)(condition, mutex, clock, kernels))
}

int pthread_cond_signal(pthread_cond_t *condition) {
    const int result = wake(condition, 1) > 0 ? 0 : REAL(pthread_cond_signal)(condition);
    if (takes_part()) point(CALLER());
    return result;
}

int pthread_cond_broadcast(pthread_cond_t *condition) {
    (void)wake(condition, INT32_MAX);
    const int result = REAL(pthread_cond_broadcast)(condition);
    if (takes_part()) point(CALLER());
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
    pthread_rwlock_t *lock, int (*take)(void *), clockid_t clock, const struct timespec *limit, const void *caller) {
    int result = take(lock);
    if (result == EBUSY && lock->__data.__shared != 0) return BLOCKS;
    if (result == EBUSY)
        result = take_in_turn(&(struct wanted){lock, "a read-write lock", take, writer_of, clock, limit});
    if (result == 0) took(lock, caller);
    return result;
}

#define RWLOCK(name, kind)                                                                                   \
    int pthread_rwlock_##name(pthread_rwlock_t *lock) {                                                      \
        int result = BLOCKS;                                                                                 \
        if (takes_part()) {                                                                                  \
            const void *caller = CALLER();                                                                   \
            point(caller);                                                                                   \
            result = take_rwlock_in_turn(lock, kind, CLOCK_MONOTONIC, NULL, caller);                         \
        }                                                                                                    \
        return result != BLOCKS ? result : REAL(pthread_rwlock_##name)(lock);                                \
    }                                                                                                        \
    int pthread_rwlock_try##name(pthread_rwlock_t *lock) {                                                   \
        if (!takes_part()) return REAL(pthread_rwlock_try##name)(lock);                                      \
        const void *caller = CALLER();                                                                       \
        tries(caller);                                                                                       \
        point(caller);                                                                                       \
        const int result = kind(lock);                                                                       \
        if (result == 0) took(lock, caller);                                                                 \
        return result;                                                                                       \
    }                                                                                                        \
    int pthread_rwlock_timed##name(pthread_rwlock_t *restrict lock, const struct timespec *restrict limit) { \
        int result = BLOCKS;                                                                                 \
        if (takes_part()) {                                                                                  \
            const void *caller = CALLER();                                                                   \
            tries(caller);                                                                                   \
            point(caller);                                                                                   \
            result = take_rwlock_in_turn(lock, kind, CLOCK_REALTIME, limit, caller);                         \
        }                                                                                                    \
        LIMITED(result, CLOCK_REALTIME, limit, REAL(pthread_rwlock_timed##name)(lock, kernels))              \
    }                                                                                                        \
    int pthread_rwlock_clock##name(                                                                          \
        pthread_rwlock_t *restrict lock, clockid_t clock, const struct timespec *restrict limit) {           \
        int result = BLOCKS;                                                                                 \
        if (takes_part()) {                                                                                  \
            const void *caller = CALLER();                                                                   \
            tries(caller);                                                                                   \
            point(caller);                                                                                   \
            result = take_rwlock_in_turn(lock, kind, clock, limit, caller);                                  \
        }                                                                                                    \
        LIMITED(result, clock, limit, REAL(pthread_rwlock_clock##name)(lock, clock, kernels))                \
    }
RWLOCK(rdlock, take_rdlock)
RWLOCK(wrlock, take_wrlock)

int pthread_rwlock_unlock(pthread_rwlock_t *lock) {
    if (!runs()) return REAL(pthread_rwlock_unlock)(lock);
    const void *caller = takes_part() ? CALLER() : NULL;
    if (takes_part()) {
        if (__atomic_load_n(&is_tried, __ATOMIC_RELAXED)) point(caller);
        gave(lock);
    }
    const int result = REAL(pthread_rwlock_unlock)(lock);
    (void)wake(lock, INT32_MAX);
    point(caller);
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
        point(CALLER());
        const int result = take_semaphore_in_turn(semaphore, CLOCK_MONOTONIC, NULL);
        if (result != BLOCKS) return by_errno(result);
    }
    return REAL(sem_wait)(semaphore);
}

int sem_trywait(sem_t *semaphore) {
    if (takes_part()) point(CALLER());
    return REAL(sem_trywait)(semaphore);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict limit) {
    if (takes_part()) {
        point(CALLER());
        const int result = take_semaphore_in_turn(semaphore, CLOCK_REALTIME, limit);
        if (result != BLOCKS) return by_errno(result);
    }
    LIMITED_BY_ERRNO(CLOCK_REALTIME, limit, REAL(sem_timedwait)(semaphore, kernels))
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, const struct timespec *restrict limit) {
    if (takes_part()) {
        point(CALLER());
        const int result = take_semaphore_in_turn(semaphore, clock, limit);
        if (result != BLOCKS) return by_errno(result);
    }
    LIMITED_BY_ERRNO(clock, limit, REAL(sem_clockwait)(semaphore, clock, kernels))
}

int sem_post(sem_t *semaphore) {
    const int result = REAL(sem_post)(semaphore);
    (void)wake(semaphore, INT32_MAX);
    if (takes_part()) point(CALLER());
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

static uint32_t listed_or_other(const void *lock) {
    const uint32_t holder = listed_holder(lock, NULL);
    return holder != 0 ? holder : UINT32_MAX;
}

int pthread_once(pthread_once_t *control, void (*routine)(void)) {
    if (!takes_part() || __atomic_load_n(control, __ATOMIC_ACQUIRE) == DONE)
        return REAL(pthread_once)(control, routine);
    const void *caller = CALLER();
    point(caller);
    if (take_once(control) == EBUSY) {
        const int result = take_in_turn(&(struct wanted){
            control, "the end of what is done once", take_once, listed_or_other, CLOCK_MONOTONIC, NULL});
        if (result == 0 || result == EDEADLK) return result;
    }
    took(control, caller);
    const int result = REAL(pthread_once)(control, routine);
    gave(control);
    (void)wake(control, INT32_MAX);
    point(caller);
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
    if (takes_part()) took(file, CALLER());
}

void funlockfile(FILE *file) {
    if (takes_part()) gave(file);
    REAL(funlockfile)(file);
    (void)wake(file, INT32_MAX);
}

// MARK: - Words in memory

static uint32_t word_holder(const void *word) {
    return __atomic_load_n((const uint32_t *)word, __ATOMIC_RELAXED) & FUTEX_TID_MASK;
}

/// Takes a word that holds the number of the thread that has it; if that is another one, it is to tell of its end.
static int take_word(void *lock) {
    uint32_t *word = lock;
    const uint32_t number = own_number();
    uint32_t value = __atomic_load_n(word, __ATOMIC_ACQUIRE);
    for (;;) {
        const uint32_t holder = value & FUTEX_TID_MASK;
        if (holder == number) return EDEADLK;
        // Others that wait are to hear of this one's end; if there are none, it is a system call too many.
        const uint32_t next = holder == 0 ? number | FUTEX_WAITERS : value | FUTEX_WAITERS;
        if (__atomic_compare_exchange_n(word, &value, next, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return holder == 0 ? 0 : EBUSY;
    }
}

static long wait_for_word(uint32_t *word, uint32_t value, int64_t limit) {
    struct waiter waiter = {.lock = word, .kind = "a word in memory"};
    enter(&waiter);
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) {
        (void)leave(&waiter);
        return -EAGAIN;
    }
    const bool is_woken = limit != 0 && turns->wait(waiter.turn, limit);
    return !leave(&waiter) || is_woken ? 0 : limit < 0 ? -EINTR : -ETIMEDOUT;
}

/// The C++ library says of no word that it is this process's own.
static bool is_private(long operation, const void *caller) {
    if ((operation & FUTEX_PRIVATE_FLAG) != 0) return true;
    struct dl_find_object found;
    return _dl_find_object((void *)caller, &found) == 0 &&
        (is_name(found.dlfo_link_map->l_name, "libstdc++") || is_name(found.dlfo_link_map->l_name, "libc++"));
}

static clockid_t clock_of_operation(long operation, int command) {
    return (operation & FUTEX_CLOCK_REALTIME) != 0 || command == FUTEX_LOCK_PI ? CLOCK_REALTIME : CLOCK_MONOTONIC;
}

long pooltrace_futex(const long words[6], const void *caller) {
    uint32_t *word = (uint32_t *)words[0];
    const int command = (int)words[1] & FUTEX_CMD_MASK;
    const uint32_t value = (uint32_t)words[2];
    const struct timespec *limit = (const struct timespec *)words[3];
    const clockid_t clock = clock_of_operation(words[1], command);
    struct timespec changed;
    long result;
    switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        if (takes_part() && is_private(words[1], caller) && !turns->is_inside() && turns->may_wait()) {
            const bool is_relative = command == FUTEX_WAIT;
            const int64_t left = !is_relative ? pooltrace_left(clock, limit)
                : limit != NULL               ? limit->tv_sec * 1000000000ll + limit->tv_nsec
                                              : -1;
            return wait_for_word(word, value, left);
        }
        if (command == FUTEX_WAIT_BITSET) limit = pooltrace_kernel_limit(clock, limit, &changed);
        break;
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET: {
        const int count = wake(word, (int)value);
        if (count >= (int)value) return count;
        result = pooltrace_call(SYS_futex, words[0], words[1], (long)value - count, words[3], words[4], words[5]);
        return result < 0 ? result : result + count;
    }
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_WAKE_OP:
        // Those that wait look at the word again.
        (void)wake(word, INT32_MAX);
        break;
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
        // One that has it already is told so by the kernel.
        if (takes_part() && word_holder(word) != own_number()) {
            const int taken = take_in_turn(&(struct wanted){word, "a Mutex", take_word, word_holder, clock, limit});
            if (taken != BLOCKS) {
                if (taken == 0) took(word, caller);
                return -taken;
            }
        }
        limit = pooltrace_kernel_limit(clock, limit, &changed);
        break;
    case FUTEX_UNLOCK_PI:
        gave(word);
        result = pooltrace_call(SYS_futex, words[0], words[1], words[2], words[3], words[4], words[5]);
        (void)wake(word, INT32_MAX);
        return result;
    default: break;
    }
    return pooltrace_call(SYS_futex, words[0], words[1], words[2], (long)limit, words[4], words[5]);
}

// MARK: - Dispatch

// Its locks are its own, but what they stand for is the program's.
#define DISPATCH(name) ((__typeof__(&name))pooltrace_real(#name, &real_##name))

#define TAKES(name, thing)                       \
    static void *real_##name;                    \
    intptr_t name(void *thing, uint64_t limit);  \
    intptr_t name(void *thing, uint64_t limit) { \
        if (takes_part()) point(CALLER());       \
        return DISPATCH(name)(thing, limit);     \
    }
TAKES(dispatch_semaphore_wait, semaphore)
TAKES(dispatch_group_wait, group)

static void *real_dispatch_semaphore_signal, *real_dispatch_group_leave;

intptr_t dispatch_semaphore_signal(void *semaphore);
intptr_t dispatch_semaphore_signal(void *semaphore) {
    const intptr_t result = DISPATCH(dispatch_semaphore_signal)(semaphore);
    if (takes_part()) point(CALLER());
    return result;
}

void dispatch_group_leave(void *group);
void dispatch_group_leave(void *group) {
    DISPATCH(dispatch_group_leave)(group);
    if (takes_part()) point(CALLER());
}

/// Both.
#define RUNS(name, parameters, ...)                          \
    static void *real_##name;                                \
    void name parameters;                                    \
    void name parameters {                                   \
        const void *caller = takes_part() ? CALLER() : NULL; \
        point(caller);                                       \
        DISPATCH(name)(__VA_ARGS__);                         \
        point(caller);                                       \
    }
RUNS(dispatch_sync, (void *queue, void *block), queue, block)
RUNS(dispatch_sync_f, (void *queue, void *context, void (*work)(void *)), queue, context, work)
RUNS(dispatch_barrier_sync, (void *queue, void *block), queue, block)
RUNS(dispatch_barrier_sync_f, (void *queue, void *context, void (*work)(void *)), queue, context, work)

// MARK: - The engine's side

static bool find(uint32_t thread, struct pooltrace_foreign_wait *wait) {
    lock_list();
    const struct waiter *next = first;
    while (next != NULL && next->thread != thread) next = next->next;
    const bool is_found = next != NULL;
    if (is_found) *wait = (struct pooltrace_foreign_wait){.kind = next->kind, .lock = next->lock};
    uint32_t (*const holder)(const void *) = is_found ? next->holder : NULL;
    unlock_list();
    if (!is_found) return false;
    wait->holder = listed_holder(wait->lock, &wait->taken_at);
    // One that was taken before the run began, or without a call, says itself who has it.
    if (wait->holder == 0 && holder != NULL && holder != listed_or_other) wait->holder = holder(wait->lock);
    return true;
}

static void begin_in_child(void) {
    // The threads of the engine are not there.
    __atomic_store_n(&turns, NULL, __ATOMIC_RELEASE);
    own.number = 0;
    first = NULL;
    waiters = 0;
    __atomic_store_n(&list_owner, 0, __ATOMIC_RELEASE);
}

__attribute__((visibility("default"))) const struct pooltrace_foreign_locks *pooltrace_foreign_locks_start(
    const struct pooltrace_turns *of_engine) {
    static const struct pooltrace_foreign_locks locks = {thread_enters, thread_leaves, settle, find};
    if (runs()) {
        // Another execution of many in one process.
        __atomic_store_n(&is_tried, false, __ATOMIC_RELAXED);
        __atomic_store_n(&turns, of_engine, __ATOMIC_RELEASE);
        return &locks;
    }
    main_number = (uint32_t)getpid();
    // Where Swift's runtime is part of the program, its locks could not be told from the program's.
    has_own_runtime =
        dlsym(RTLD_DEFAULT, "swift_retain") != NULL && find_owner(dlsym(RTLD_DEFAULT, "swift_retain")) != PROGRAM;
    const ssize_t length = readlink("/proc/self/exe", program_folder, sizeof program_folder - 1);
    program_folder[length > 0 ? length : 0] = 0;
    char *name = strrchr(program_folder, '/');
    if (name != NULL) name[1] = 0;
    (void)pthread_atfork(NULL, NULL, begin_in_child);
    __atomic_store_n(&turns, of_engine, __ATOMIC_RELEASE);
    return &locks;
}
