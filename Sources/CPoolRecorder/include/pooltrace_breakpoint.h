// A stop for a debugger.
#ifndef POOLTRACE_BREAKPOINT_H
#define POOLTRACE_BREAKPOINT_H

#include <stdbool.h>

/// Whether a debugger, or another tracer, is attached to the process.
bool pooltrace_is_debugged(void);

/// Stops the calling thread in its debugger; without one the process ends by SIGTRAP.
void pooltrace_task_starts(void);

#endif
