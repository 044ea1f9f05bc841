// By the unwinder, since the C library's functions, in which tasks that stall or abort mostly are, keep no frame
// pointers. The unwinder allocates nothing, and the only lock that it may take, with older C libraries, is one that a
// thread may take twice.
#define _GNU_SOURCE
#include "walk.h"

#include <stdbool.h>
#include <ucontext.h>
#include <unwind.h>

// The number of the frame pointer's register, as the unwinder knows it.
#if defined(__x86_64__)
enum { FRAME_REGISTER = 6 };
#elif defined(__aarch64__)
enum { FRAME_REGISTER = 29 };
#endif

/// What is filled, where a frame of the task begins and where not any more.
struct walk {
    uint64_t *frames;
    uint32_t most, length;
    uintptr_t counter, body;
    bool has_begun;
};

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *argument) {
    struct walk *walk = argument;
    uintptr_t address = _Unwind_GetIP(context);
    if (!walk->has_begun) {
        // The handler's own frames, and the kernel's, come first.
        if (address != walk->counter) return _URC_NO_REASON;
        walk->has_begun = true;
        address++;
    }
    const bool is_body = walk->body != 0 &&
        (_Unwind_GetGR(context, FRAME_REGISTER) == walk->body || _Unwind_GetCFA(context) >= walk->body);
    if (is_body || !address || walk->length == walk->most) return _URC_END_OF_STACK;
    walk->frames[walk->length++] = address;
    return _URC_NO_REASON;
}

static uintptr_t interrupted_at(const void *context) {
#if defined(__x86_64__)
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.pc;
#endif
}

uint32_t pooltrace_walk(const void *context, uintptr_t body, uint64_t *frames, uint32_t most) {
    struct walk walk = {.frames = frames, .most = most, .counter = interrupted_at(context), .body = body};
    _Unwind_Backtrace(step, &walk);
    return walk.length;
}
