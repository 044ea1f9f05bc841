// A walk along the stack of a thread that a signal has interrupted.
#ifndef POOLTRACE_WALK_H
#define POOLTRACE_WALK_H

#include <stdint.h>
#include <ucontext.h>

// The number of the frame pointer's register, as the unwinder knows it.
#if defined(__x86_64__)
enum { POOLTRACE_FRAME_REGISTER = 6 };
#elif defined(__aarch64__)
enum { POOLTRACE_FRAME_REGISTER = 29 };
#endif

/// Where the thread was, as the context of a signal's handler has it.
static inline uintptr_t pooltrace_interrupted_at(const void *context) {
#if defined(__x86_64__)
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.pc;
#endif
}

/// The thread's frames as return addresses, innermost first, up to the frame at the address `body`; 0: to the stack's
/// end.
///
/// To be called in the signal's handler, with its context. Allocates nothing. Returns how many there are, at most
/// `most`.
uint32_t pooltrace_walk(const void *context, uintptr_t body, uint64_t *frames, uint32_t most);

#endif
