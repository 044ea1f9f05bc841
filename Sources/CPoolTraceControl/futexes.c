// Stands in for waits for a word in memory, which are what a contended `Mutex`, `static let` and Dispatch wait by; see
// turns.c.
#define _GNU_SOURCE
#include <errno.h>
#include <link.h>
#include <linux/futex.h>

#include "turns.h"

static uint32_t word_holder(const void *word) {
    return __atomic_load_n((const uint32_t *)word, __ATOMIC_RELAXED) & FUTEX_TID_MASK;
}

/// Takes a word that holds the number of the thread that has it; if that is another one, it is to make a call when it
/// gives it back.
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

/// Whether a word may hold the number of a thread that takes no part, as Dispatch's do: who has it is not stopped.
static bool is_held_elsewhere(uint32_t value) {
    const uint32_t holder = value & FUTEX_TID_MASK;
    return holder > 1 && !is_stopped(holder) && pooltrace_call(SYS_tgkill, main_number, holder, 0, 0, 0, 0) == 0;
}

static clockid_t clock_of_operation(long operation, int command) {
    return (operation & FUTEX_CLOCK_REALTIME) != 0 || command == FUTEX_LOCK_PI ? CLOCK_REALTIME : CLOCK_MONOTONIC;
}

long pooltrace_futex(const long words[6], const void *caller, void *const *frame) {
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
        if (takes_part() && is_private(words[1], caller) && !is_held_elsewhere(value) && !turns->is_inside() &&
            turns->may_wait()) {
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
                if (taken == 0) took(word, find_code(caller, frame));
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
