// Where another thread of the process is blocked, read without a signal.
#ifndef POOLTRACE_BLOCKED_STACK_H
#define POOLTRACE_BLOCKED_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "pooltrace_current.h"
#include "sample_walk.h"

/// What a blocked thread does.
struct pooltrace_blocked_stack {
    /// The system call's number; -1 without one (a page fault).
    int32_t call;
    /// The element of a map, or POOLTRACE_NO_INDEX.
    uint64_t index;
    /// Return addresses, innermost first, up to the task's body; 0 where the stack cannot be followed to there.
    uint32_t length;
    uint64_t frames[POOLTRACE_SAMPLE_FRAMES];
};

/// Reads the stack of a thread that is blocked in a task; false if it is not, or has gone on meanwhile.
///
/// @param current The thread's own, which must stay there.
bool pooltrace_blocked_stack_read(uint32_t thread, const struct pooltrace_current *current, uintptr_t stack_low,
    uintptr_t stack_end, struct pooltrace_blocked_stack *stack);

#endif
