// The C library's own functions, whatever is preloaded in front of them: for PoolTrace's own locks, waits and clocks. A
// stand-in for the program's locks would have the engine wait for its own decision.
#ifndef POOLTRACE_REAL_CALLS_H
#define POOLTRACE_REAL_CALLS_H

#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>

int pooltrace_real_mutex_lock(pthread_mutex_t *mutex);
int pooltrace_real_mutex_unlock(pthread_mutex_t *mutex);
/// For so many nanoseconds at most, on a condition whose clock is CLOCK_MONOTONIC; without a limit if that is negative.
void pooltrace_real_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t nanoseconds);
int pooltrace_real_condition_broadcast(pthread_cond_t *condition);
int pooltrace_real_once(pthread_once_t *control, void (*routine)(void));
int pooltrace_real_semaphore_wait(sem_t *semaphore);
int pooltrace_real_semaphore_post(sem_t *semaphore);

/// A clock of the kernel's, in nanoseconds.
int64_t pooltrace_kernel_clock(clockid_t clock);

/// Waits while `*word == value`, at most `nanoseconds` (negative: without a limit). Wakes up spuriously.
void pooltrace_futex_wait(uint32_t *word, uint32_t value, int64_t nanoseconds);
void pooltrace_futex_wake(uint32_t *word, int count);

#endif
