// SIGINT and SIGTERM as a wish to end: what a handler may do of it, everything else being done by the thread that waits
// for the first.
#ifndef POOLTRACE_SIGNALS_H
#define POOLTRACE_SIGNALS_H

#include <stdint.h>

/// Handles SIGINT and SIGTERM from now on, unless they are ignored: the first of them is noted, the second ends the
/// process at once.
void pooltrace_signals_install(void);

/// The first signal, or 0 if none has come: at most `nanoseconds` are waited for one (negative: without a limit).
int pooltrace_signals_wait(int64_t nanoseconds);

/// Writes out what was printed to standard output, unless another thread is in the middle of printing.
void pooltrace_signals_flush(void);

/// Ends the process as `signal` does by default.
void pooltrace_signals_end(int signal) __attribute__((noreturn));

#endif
