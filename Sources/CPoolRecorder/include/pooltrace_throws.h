// Where errors were thrown: noted at the throw, while the stack is still there, and looked up when a task has failed.
#ifndef POOLTRACE_THROWS_H
#define POOLTRACE_THROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "pooltrace_current.h"

/// A throw keeps at most this many frames, the innermost ones.
#define POOLTRACE_THROW_FRAMES 128
/// A task keeps at most this many throws, the newest ones.
#define POOLTRACE_TASK_THROWS 16

/// One error, noted where it was first thrown.
struct pooltrace_throw {
    /// The error's box, retained while the throw is noted; NULL for a typed throw that nobody has boxed.
    const void *error;
    /// The metadata of the error's dynamic type.
    const void *type;
    /// Return addresses, the throwing function's first; the function that called the task's body is not among them.
    const uint64_t *frames;
    uint32_t frames_length;
};

/// The running task's throw of this error (the address in an `any Error`); failing that, its latest typed throw of an
/// error of the same type. NULL if there is none. Valid until the task's throws are cleared or the next throw on this
/// thread.
const struct pooltrace_throw *pooltrace_throws_find(const void *error_box);

/// Forgets the throws from `first` on: call it with `first_throw` when a task has ended, after what is needed was
/// copied.
void pooltrace_throws_clear_noted(uint32_t first);

static inline void pooltrace_throws_clear(uint32_t first) {
    if (pooltrace_current()->throws > first) pooltrace_throws_clear_noted(first);
}

/// The name of an error's type with its module and the types around it, `jsoncheck.JSONError`; without generic
/// arguments, and without a type that an extension nests it in. Some dozen nanoseconds; empty where it is unknown.
///
/// `text`: `size` bytes, in which it is made.
const char *pooltrace_error_type_name(const void *error_box, char *text, uint32_t size);

/// Whether throws are noted at all: false where the runtime has no hooks.
bool pooltrace_throws_are_noted(void);

#endif
