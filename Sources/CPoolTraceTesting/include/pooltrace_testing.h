// Runs of this same test bundle in processes of their own.
#ifndef POOLTRACE_TESTING_H
#define POOLTRACE_TESTING_H

#include <stdbool.h>
#include <sys/types.h>

/// Starts this executable again, which ends with the calling thread: that thread has to wait for it. The files `output`
/// and `error` take the standard streams. Of the rest it inherits nothing. Returns 0 or an errno.
int pooltrace_test_start(
    char *const arguments[], char *const environment[], const char *output, const char *error, pid_t *process);

/// Waits until it has ended; its number stays its own until it is reaped.
void pooltrace_test_wait(pid_t process);

/// Reaps it. `code`: the exit status, or the signal, of which the result tells; -1 where somebody else has reaped it.
bool pooltrace_test_reap(pid_t process, int *code);

#endif
