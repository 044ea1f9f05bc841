// Time as the kernel has it, whatever the clocks of the program show in a serial run.
#ifndef POOLTRACE_KERNEL_CLOCK_H
#define POOLTRACE_KERNEL_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "pooltrace_virtual_clock.h"

/// A clock of the kernel's, in nanoseconds.
int64_t pooltrace_kernel_clock(clockid_t clock);

/// Waits on a condition whose clock is CLOCK_MONOTONIC, for so many nanoseconds at most.
void pooltrace_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t nanoseconds);

/// Starts the virtual clock of the preloaded library; NULL if there is none, or it is not wanted.
const struct pooltrace_virtual_clock *pooltrace_virtual_clock_take(bool (*sleep)(int64_t nanoseconds));

/// Says whether the calling thread is about to start a thread of PoolTrace's.
void pooltrace_starts_own_thread(bool starts);

#endif
