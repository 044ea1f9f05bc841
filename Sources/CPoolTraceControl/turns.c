// The locks of a program that runs one task at a time: a thread that would block lets others go on, by the engine.
//
// - From when the engine says so, threads that take part never block in a lock that another of them holds. One enters
//   the list of those who wait, tries once more, and hands its turn on. A thread that gives the lock back wakes all
//   that wait for it, and they try again, in an order that the engine decides.
// - Main takes part, and each thread that has its turn or is stopped in the middle of a task. A thread of the engine's
//   that is about to start, or to wait, does not: it is not stopped, and may be in one of the runtime's locks.
// - A lock that is free is taken as ever. Where orders are searched for, others may go on before, and when it has been
//   given back, if the program's own code takes it (see `find_code`).
// - Conditions, and what waits for a word in memory (futexes), are woken by who signals, in the order in which they
//   began to wait, as by the kernel. Waiters that take no part are left to the C library.
// - Threads that take no part go straight to the C library, and so does a thread that takes part where one that does
//   not holds the lock: that one is not stopped.
//
// What waits is entered before its lock is tried for the last time, and who gives a lock back looks for waiters
// afterwards, with a full fence in between on both sides: so no wake is lost, whatever thread it comes from.
//
// Nothing here takes a lock that the engine's decisions may need: the list has one of its own, held for moments, and
// never while the engine is called.
#define _GNU_SOURCE
#include "turns.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

const struct pooltrace_turns *turns;
uint32_t main_number;
_Thread_local struct thread own;
/// Guarded by the list's lock.
static struct thread *threads;

// MARK: - Those who wait

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

void enter(struct waiter *waiter) {
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

bool leave(struct waiter *waiter) {
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

int wake(const void *lock, int most) {
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
    __atomic_store_n(&own.takes_part, true, __ATOMIC_RELAXED);
    if (own.is_listed) return;
    lock_list();
    list_own();
    unlock_list();
}

static void thread_leaves(uint32_t number) {
    lock_list();
    for (struct thread *next = threads; next != NULL; next = next->next)
        if (next->number == number) __atomic_store_n(&next->takes_part, false, __ATOMIC_RELAXED);
    unlock_list();
}

static void thread_ends(void) {
    __atomic_store_n(&own.takes_part, false, __ATOMIC_RELAXED);
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

void took(const void *lock, struct code code) {
    if (!own.is_listed) {
        lock_list();
        list_own();
        unlock_list();
    }
    if (own.count == MOST_HELD) return;
    own.held[own.count].lock = lock;
    own.held[own.count].code = code;
    own.count++;
}

void gave(const void *lock) {
    for (uint32_t i = own.count; i > 0; i--) {
        if (own.held[i - 1].lock != lock) continue;
        memmove(&own.held[i - 1], &own.held[i], (own.count - i) * sizeof own.held[0]);
        own.count--;
        return;
    }
}

bool is_stopped(uint32_t number) {
    if (number == main_number || number == own_number()) return true;
    lock_list();
    struct thread *next = threads;
    while (next != NULL && !(next->number == number && next->takes_part)) next = next->next;
    unlock_list();
    return next != NULL;
}

// Those threads are stopped, or at worst about to be: an entry may be out of date, but is never garbage.
uint32_t listed_holder(const void *lock, struct code *code) {
    uint32_t number = 0;
    lock_list();
    for (struct thread *next = threads; next != NULL && number == 0; next = next->next)
        for (uint32_t i = 0; i < next->count && i < MOST_HELD; i++) {
            if (next->held[i].lock != lock) continue;
            number = next->number;
            if (code != NULL) *code = next->held[i].code;
            break;
        }
    unlock_list();
    return number;
}

uint32_t listed_or_other(const void *lock) {
    const uint32_t holder = listed_holder(lock, NULL);
    return holder != 0 ? holder : UINT32_MAX;
}

// MARK: - Waiting

void point(struct code code) {
    if (code.is_program && turns->searches && has_own_runtime && !turns->is_inside()) turns->point();
}

bool is_tried;

int take_in_turn(const struct wanted *wanted) {
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
    struct code code = {0};
    wait->holder = listed_holder(wait->lock, &code);
    wait->taken_at[0] = code.caller;
    wait->taken_at[1] = code.above;
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
    const struct pooltrace_turns *of_engine, const void *runtime) {
    static const struct pooltrace_foreign_locks locks = {thread_enters, thread_leaves, thread_ends, settle, find};
    if (runs()) {
        // Another execution of many in one process.
        __atomic_store_n(&is_tried, false, __ATOMIC_RELAXED);
        __atomic_store_n(&turns, of_engine, __ATOMIC_RELEASE);
        return &locks;
    }
    main_number = (uint32_t)getpid();
    find_program(runtime);
    (void)pthread_atfork(NULL, NULL, begin_in_child);
    __atomic_store_n(&turns, of_engine, __ATOMIC_RELEASE);
    return &locks;
}
