#include "pooltrace_delay.h"

#ifdef POOLTRACE_DELAYS

#include <stdint.h>
#include <stdlib.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>

static _Thread_local uint64_t state;

static uint64_t next(void) {
    if (state == 0) {
        const char *seed = getenv("POOLTRACE_DELAYS_SEED");
        state = (seed ? strtoull(seed, NULL, 10) : 1) * 0x9E3779B97F4A7C15u + (uint64_t)syscall(SYS_gettid);
        if (state == 0) state = 1;
    }
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/// One step in eight takes some hundred nanoseconds, one in 64 gives up its processor, one in 1024 sleeps.
void pooltrace_delay_at_random(void) {
    const uint64_t bits = next() >> 20;
    if ((bits & 1023) == 0) {
        const struct timespec time = {.tv_nsec = (long)((bits >> 10) % 200000)};
        nanosleep(&time, NULL);
    } else if ((bits & 63) == 0) {
        sched_yield();
    } else if ((bits & 7) == 0) {
        for (volatile uint64_t turns = (bits >> 10) & 255; turns > 0; turns--) {
        }
    }
}

#endif
