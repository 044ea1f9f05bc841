// What the throw hook knows of a thread.
#ifndef POOLTRACE_THROW_HOOK_H
#define POOLTRACE_THROW_HOOK_H

#include <stdbool.h>
#include <stdint.h>

/// Where a frame on this thread's stack may begin, and where not any more. False without memory for it.
bool pooltrace_stack_bounds(uintptr_t *low, uintptr_t *end);

/// The metadata of the type of an error in its box: of the object's own, where it is one.
const void *pooltrace_error_type(const void *error_box);

#endif
