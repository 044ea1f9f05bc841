// The walk along the stack of a thread that samples itself, and along the callers of an async function.
#ifndef POOLTRACE_SAMPLE_WALK_H
#define POOLTRACE_SAMPLE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "pooltrace_record.h"
#include "text.h"

/// A sample has at most as many frames, the innermost ones.
#define POOLTRACE_SAMPLE_FRAMES POOLTRACE_LIMIT_frames

/// The thread's frames as return addresses, innermost first, up to the frame at the address `body`, then the callers of
/// the async function among them, if one is. To be called in the signal's handler, with its context, once
/// `pooltrace_sample_prepare` has been called.
///
/// Allocates nothing. Returns how many there are, at most `most`.
uint32_t pooltrace_sample_walk(
    const void *context, uintptr_t body, uintptr_t stack_low, uintptr_t stack_end, uint64_t *frames, uint32_t most);

/// Finds out what a walk needs to know.
void pooltrace_sample_prepare(void);

/// Whether a return address lies in Swift's runtime for async tasks, which runs them.
bool pooltrace_sample_is_runtime(uintptr_t address);

/// Adds the functions that wait for the one with this async context, as addresses that name them like return addresses.
/// Nothing is added where it is no such context. Returns how many frames there are then.
uint32_t pooltrace_sample_add_callers(uintptr_t async_context, uint64_t *frames, uint32_t length, uint32_t most);

/// Where a compiler has described the code at an address.
struct pooltrace_described {
    const void *entry;
    /// Where the function begins.
    uintptr_t function;
};

/// The description of the function that an address lies in; its `entry` is NULL without one.
struct pooltrace_described pooltrace_sample_describe(uintptr_t address);

#endif
