// This program, started again in another process.
#ifndef POOLTRACE_OWN_PROCESS_H
#define POOLTRACE_OWN_PROCESS_H

#include <spawn.h>
#include <sys/types.h>

/// An environment with one more variable; freed as one block. Null without memory.
char **pooltrace_with_variable(char *const environment[], char *variable);

/// Starts the executable of this process, wherever it was moved to. The signals are the system's there: none is blocked
/// or ignored. Returns 0 or an errno.
int pooltrace_start_own(
    posix_spawn_file_actions_t *actions, char *const arguments[], char *const environment[], pid_t *process);

#endif
