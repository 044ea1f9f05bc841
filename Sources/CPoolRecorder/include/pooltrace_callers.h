// Who made an async task: the functions that called Swift's runtime on this thread.
#ifndef POOLTRACE_CALLERS_H
#define POOLTRACE_CALLERS_H

#include <stdbool.h>
#include <stdint.h>

/// How many of them name a place. The nearest may be functions that the compiler made.
#define POOLTRACE_CALLERS 4

/// The nearest callers of Swift's runtime for async tasks, above PoolTrace's functions, as return addresses, innermost
/// first. A few dozen nanoseconds. Returns how many there are, at most POOLTRACE_CALLERS; 0 where the runtime is no
/// library of its own.
uint32_t pooltrace_callers(uint64_t frames[POOLTRACE_CALLERS]);

/// Where the code of Swift's runtime for async tasks lies. False where it is no library of its own.
bool pooltrace_runtime_bounds(uintptr_t *low, uintptr_t *high);

#endif
