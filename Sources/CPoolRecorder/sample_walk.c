// By the unwinder, for the reasons given in walk.c: 0.1 us a frame, and the functions of the C library are passed
// without a mistake.
//
// The caller of an async function is in no stack. The function that the runtime goes on with has the address of its
// async context below its frame pointer, and that begins with its caller's context and the function with which the
// caller goes on (include/swift/ABI/Task.h, `class AsyncContext`). Such a function begins where it goes on, which tells
// a context from anything else that may lie there.
#define _GNU_SOURCE
#include "sample_walk.h"

#include <sys/uio.h>
#include <unistd.h>
#include <unwind.h>

#include "pooltrace_callers.h"
#include "swift_abi.h"
#include "walk.h"

static uintptr_t runtime_low, runtime_high;

void pooltrace_sample_prepare(void) { (void)pooltrace_runtime_bounds(&runtime_low, &runtime_high); }

bool pooltrace_sample_is_runtime(uintptr_t address) { return address - runtime_low < runtime_high - runtime_low; }

struct dwarf_eh_bases {
    void *text, *data, *function;
};
/// The unwinder's own look-up; it takes no lock with the C library of today.
const void *_Unwind_Find_FDE(void *address, struct dwarf_eh_bases *bases);

struct pooltrace_described pooltrace_sample_describe(uintptr_t address) {
    struct dwarf_eh_bases bases = {0};
    const void *entry = _Unwind_Find_FDE((void *)address, &bases);
    return (struct pooltrace_described){entry, (uintptr_t)bases.function};
}

/// An async task is suspended in no more callers than these, or in those that are no longer of interest.
enum { MOST_CALLERS = 32 };

struct sample_walk {
    uint64_t *frames;
    uint32_t most, length;
    uintptr_t counter, body, low, end;
    /// The frame pointer of the function before, and whether that is the runtime's.
    uintptr_t last_frame;
    bool was_runtime;
    /// Of the outermost function that the runtime called, and how many frames there are up to that; 0: there is none.
    uintptr_t async_context;
    uint32_t async_length;
    bool has_begun;
};

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *argument) {
    struct sample_walk *walk = argument;
    uintptr_t address = _Unwind_GetIP(context);
    if (!walk->has_begun) {
        // The handler's own frames, and the kernel's, come first.
        if (address != walk->counter) return _URC_NO_REASON;
        walk->has_begun = true;
        address++;
    }
    const uintptr_t pointer = _Unwind_GetGR(context, POOLTRACE_FRAME_REGISTER),
                    frame = pointer & ~POOLTRACE_ASYNC_FRAME;
    const bool is_body = walk->body != 0 && (frame == walk->body || _Unwind_GetCFA(context) >= walk->body);
    if (is_body || address == 0 || walk->length == walk->most) return _URC_END_OF_STACK;
    const bool is_runtime = pooltrace_sample_is_runtime(address);
    if (is_runtime && !walk->was_runtime && walk->last_frame != 0) {
        walk->async_context = ((const uintptr_t *)walk->last_frame)[-1];
        walk->async_length = walk->length;
    }
    walk->was_runtime = is_runtime;
    walk->last_frame = frame > walk->low && frame < walk->end && frame % sizeof frame == 0 ? frame : 0;
    walk->frames[walk->length++] = address;
    // Where the compiler marks the frames of async functions, the unwinder would take a marked pointer for an address.
    return pointer == frame ? _URC_NO_REASON : _URC_END_OF_STACK;
}

uint32_t pooltrace_sample_walk(
    const void *context, uintptr_t body, uintptr_t stack_low, uintptr_t stack_end, uint64_t *frames, uint32_t most) {
    struct sample_walk walk = {.frames = frames,
        .most = most,
        .counter = pooltrace_interrupted_at(context),
        .body = body,
        .low = stack_low,
        .end = stack_end};
    _Unwind_Backtrace(step, &walk);
    if (walk.async_context == 0) return walk.length;
    // What is below an async function is what runs it.
    const uint32_t length = pooltrace_sample_add_callers(walk.async_context, frames, walk.async_length, most);
    return length > walk.async_length ? length : walk.length;
}

uint32_t pooltrace_sample_add_callers(uintptr_t async_context, uint64_t *frames, uint32_t length, uint32_t most) {
    const uint32_t limit = most - length < MOST_CALLERS ? most : length + MOST_CALLERS;
    // The context of the caller, and the function with which it goes on.
    uintptr_t words[2] = {async_context, 0};
    while (words[0] != 0 && length < limit) {
        // What lies there may be anything.
        const struct iovec here = {words, sizeof words}, there = {(void *)words[0], sizeof words};
        if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != (ssize_t)sizeof words || words[1] == 0) break;
        if (pooltrace_sample_describe(words[1]).function != words[1]) break;
        // It is where a function begins; a return address lies behind what it names.
        frames[length++] = words[1] + 1;
    }
    return length;
}
