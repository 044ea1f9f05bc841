// Dispatch, as Swift's runtime uses it for async tasks.
#ifndef POOLTRACE_DISPATCH_H
#define POOLTRACE_DISPATCH_H

#include <stdbool.h>
#include <stdint.h>

/// Whether the process has it.
bool pooltrace_dispatch_is_there(void);
/// Has Dispatch call `run` with a job on a thread of its choice, of as many as there are processors.
void pooltrace_dispatch(void *job, uint8_t priority, void (*run)(void *));
/// Has the main queue's server call `run` with a job.
void pooltrace_dispatch_main(void *job, void (*run)(void *));

#endif
