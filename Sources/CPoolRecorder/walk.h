// A walk along the stack of a thread that a signal has interrupted.
#ifndef POOLTRACE_WALK_H
#define POOLTRACE_WALK_H

#include <stdint.h>

/// The thread's frames as return addresses, innermost first, up to the frame at the address `body`; 0: to the stack's
/// end.
///
/// To be called in the signal's handler, with its context. Allocates nothing. Returns how many there are, at most
/// `most`.
uint32_t pooltrace_walk(const void *context, uintptr_t body, uint64_t *frames, uint32_t most);

#endif
