// What a thread of this process waits in, as the kernel sees it.
#ifndef POOLTRACE_CALLS_H
#define POOLTRACE_CALLS_H

#include <stdbool.h>

/// A system call that waits.
struct pooltrace_call {
    /// What it waits for, in words.
    const char *text;
    /// Whether its first argument is a descriptor.
    bool has_descriptor;
    /// Whether it goes on by itself after a signal's handler; else it ends early.
    bool restarts;
    /// Whether time alone ends it.
    bool is_sleep;
};

/// The number of the call by which threads wait for each other.
extern const long pooltrace_call_futex;

/// The call with this number; `text` is null for one that is unknown.
struct pooltrace_call pooltrace_call_of(long number);

#endif
