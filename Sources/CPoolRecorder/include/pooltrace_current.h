// The task that runs on this thread: what the throw hook and the pool share.
#ifndef POOLTRACE_CURRENT_H
#define POOLTRACE_CURRENT_H

#include <stdint.h>

/// Written by the pool around a task's body, saved and restored where one body waits for another on the same stack.
struct pooltrace_current {
    /// The task's number; 0: no task runs here, and throws are not looked at.
    uint64_t task;
    /// The frame address of the pool's function that called the body: a walk of the stack ends there.
    const void *frame;
    /// The pool's own context of the task. Its first word is the element that runs, where one context serves several of
    /// a map.
    void *context;
    /// Throws noted on this thread: the first that belongs to this task, and the end.
    uint32_t first_throw;
    uint32_t throws;
};

extern _Thread_local struct pooltrace_current pooltrace_current_task __attribute__((tls_model("initial-exec")));

static inline struct pooltrace_current *pooltrace_current(void) { return &pooltrace_current_task; }

/// The element that runs on this thread; 0 where there is no context.
static inline uint64_t pooltrace_current_place(void) {
    const uint64_t *place = pooltrace_current_task.context;
    return place ? __atomic_load_n(place, __ATOMIC_RELAXED) : 0;
}

#endif
