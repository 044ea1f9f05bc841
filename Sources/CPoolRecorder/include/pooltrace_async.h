// What the pool needs to know of Swift's async tasks and has no public way to ask; looked into once, and left alone
// where it differs.
#ifndef POOLTRACE_ASYNC_H
#define POOLTRACE_ASYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "swift_abi.h"

// The Swift runtime's. Weak: a program need not have this runtime.
extern uint64_t swift_task_getJobTaskId(void *job) __attribute__((swiftcall, weak));
extern void *swift_task_getCurrent(void) __attribute__((swiftcall, weak));
void *swift_retain(void *object);
void swift_release(void *object);

/// The number of the async task that a job goes on with, as the job's description shows it; 0 if it is another kind of
/// job.
static inline uint64_t pooltrace_async_id(void *job) {
    return swift_task_getJobTaskId ? swift_task_getJobTaskId(job) : 0;
}
/// The same of the task that Swift runs on this thread; 0 if it runs none, or one that is about to leave the thread.
static inline uint64_t pooltrace_async_current(void) {
    void *task = swift_task_getCurrent ? swift_task_getCurrent() : NULL;
    return task ? pooltrace_async_id(task) : 0;
}

/// A job's flags.
static inline uint32_t pooltrace_async_flags(const void *job) {
    return *(const uint32_t *)((const uint8_t *)job + POOLTRACE_JOB_FLAGS);
}
/// Where a task goes on.
static inline uintptr_t pooltrace_async_resume(const void *job) {
    return *(const uintptr_t *)((const uint8_t *)job + POOLTRACE_JOB_RESUME);
}
/// Whether a task, which is a job, has ended.
static inline bool pooltrace_async_is_complete(const void *task) {
    return __atomic_load_n((const uint32_t *)((const uint8_t *)task + POOLTRACE_TASK_STATUS), __ATOMIC_ACQUIRE) &
        POOLTRACE_TASK_COMPLETE;
}

/// Where a suspended task goes on, and the functions that wait for that one, innermost first, as the addresses of what
/// they go on with. Safe for an address that is not a task. Returns how many there are, at most `most`.
uint32_t pooltrace_async_chain(const void *task, uint64_t *frames, uint32_t most);

#endif
