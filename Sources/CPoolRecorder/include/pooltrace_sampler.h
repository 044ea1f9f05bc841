// Samples of the stacks of threads that run tasks: on a processor, and where they are blocked. See sampler.c.
#ifndef POOLTRACE_SAMPLER_H
#define POOLTRACE_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pooltrace_sampler_method { POOLTRACE_SAMPLER_AUTO, POOLTRACE_SAMPLER_PERF, POOLTRACE_SAMPLER_TIMER };

/// A thread that is blocked in a task, and what it waits for, in words; empty if that is unknown.
struct pooltrace_blocked {
    uint32_t thread;
    uint64_t task;
    char reason[1024];
};

/// How to sample.
struct pooltrace_sampler_configuration {
    /// Between two samples, in nanoseconds of a thread's processor time; 0: none are taken on a processor.
    uint64_t period;
    /// The stack of a thread that has been blocked for as many nanoseconds is read; 0: of none.
    uint64_t blocked;
    enum pooltrace_sampler_method method;
    /// Fills the reasons in. Called by the sampler's thread, without a lock.
    void (*reasons)(struct pooltrace_blocked *blocked, uint32_t count);
};

/// Prepares to sample threads that run tasks, the calling one and those that ask for their ID from now on. Once in a
/// process.
///
/// @return Null, or a sentence on why there are no samples.
const char *pooltrace_sampler_start(const struct pooltrace_sampler_configuration *configuration);

/// Takes samples and records them until `pooltrace_sampler_end`: what the sampler's own thread does.
void pooltrace_sampler_run(void);

/// Takes no more samples, and records those that have been taken.
void pooltrace_sampler_end(void);

/// Samples the calling thread, if threads are sampled and it is not yet.
void pooltrace_sampler_add_thread(void);

#endif
