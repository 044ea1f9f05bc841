// Faults: signals that end the process because of what one of its threads did. Swift's traps are among them.
#ifndef POOLTRACE_FAULTS_H
#define POOLTRACE_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "pooltrace_places.h"

#define POOLTRACE_FAULT_FRAMES 64

/// A fault, and the thread that is stopped in it.
struct pooltrace_fault {
    int signal;
    /// Whether an instruction of the thread caused it, at `address`; else somebody raised or sent it.
    bool is_own;
    /// Whether the thread's stack is full.
    bool is_overflow;
    /// What a bad pointer points to.
    uint64_t address;
    /// The thread ID.
    uint32_t thread;
    /// The pool's context of the task that runs there; null outside of every task. It stays as it is until the fault is
    /// told.
    void *context;
    /// Where it was, as return addresses, innermost first, up to the task's body.
    uint32_t frames_length;
    uint64_t frames[POOLTRACE_FAULT_FRAMES];
};

/// A fault in memory that another process reads after this one has ended.
struct pooltrace_shared_fault {
    /// Written last; 0: there was none.
    uint32_t signal;
    uint32_t length;
    /// As in `struct pooltrace_fault`, with places instead of addresses.
    uint64_t address;
    bool is_own;
    bool is_overflow;
    struct pooltrace_code_place places[POOLTRACE_FAULT_FRAMES];
};

/// Has a fault written there, and takes the signals of faults: the process ends by them as it would have.
void pooltrace_faults_share(struct pooltrace_shared_fault *shared);

/// Takes the signals of faults, for a thread that is about to call pooltrace_fault_wait. The handlers that were there
/// before are called afterwards, so the process ends as it would have, by the same signal. False where it has been
/// called before.
bool pooltrace_faults_watch(void);

/// Whether a thread is stopped in a fault, and the process about to end.
bool pooltrace_fault_is_there(void);

/// Waits for a fault of another thread. Valid for ever: there is one at most.
const struct pooltrace_fault *pooltrace_fault_wait(void);

/// Says that it has been reported. The process ends after this; the calling thread does nothing any more.
_Noreturn void pooltrace_fault_told(void);

#endif
