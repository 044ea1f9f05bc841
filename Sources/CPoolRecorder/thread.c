#define _GNU_SOURCE
#include "pooltrace_thread.h"

#include <pthread.h>
#include <sched.h>
#include <stddef.h>

_Thread_local struct pooltrace_thread pooltrace_thread_slots;

void pooltrace_futex_wait(uint32_t *word, uint32_t value, int64_t nanoseconds) {
    struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, nanoseconds < 0 ? NULL : &limit, NULL, 0);
}

void pooltrace_futex_wake(uint32_t *word, int count) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

uint32_t pooltrace_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return (uint32_t)CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (uint32_t)online : 1;
}

static pthread_t main_thread;

// Runs before main, on the main thread.
__attribute__((constructor)) static void note_main_thread(void) { main_thread = pthread_self(); }

pthread_t pooltrace_main_thread(void) { return main_thread; }

uint32_t pooltrace_thread_id(void) { return (uint32_t)syscall(SYS_gettid); }

void pooltrace_thread_set_name(const char *name) { pthread_setname_np(pthread_self(), name); }

void pooltrace_thread_name(char name[16]) {
    if (pthread_getname_np(pthread_self(), name, 16) != 0) name[0] = 0;
}

bool pooltrace_heavy_fence(void) {
    // 0: not asked yet, 1: registered, 2: the kernel has none.
    static int state;
    int known = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
    if (known == 0) {
        known = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0 ? 1 : 2;
        __atomic_store_n(&state, known, __ATOMIC_RELEASE);
    }
    return known == 1 && syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}
