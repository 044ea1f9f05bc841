// By the unwinder, since the C library's functions, in which tasks that stall or abort mostly are, keep no frame
// pointers. The unwinder allocates nothing, and the only lock that it may take, with older C libraries, is one that a
// thread may take twice.
#define _GNU_SOURCE
#include "walk.h"

#include <stdbool.h>
#include <unwind.h>

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
        (_Unwind_GetGR(context, POOLTRACE_FRAME_REGISTER) == walk->body || _Unwind_GetCFA(context) >= walk->body);
    if (is_body || !address || walk->length == walk->most) return _URC_END_OF_STACK;
    walk->frames[walk->length++] = address;
    return _URC_NO_REASON;
}

uint32_t pooltrace_walk(const void *context, uintptr_t body, uint64_t *frames, uint32_t most) {
    struct walk walk = {.frames = frames, .most = most, .counter = pooltrace_interrupted_at(context), .body = body};
    _Unwind_Backtrace(step, &walk);
    return walk.length;
}
