#define _GNU_SOURCE
#include "pooltrace_own_process.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

char **pooltrace_with_variable(char *const environment[], char *variable) {
    size_t count = 0;
    while (environment != NULL && environment[count] != NULL) count++;
    char **made = malloc((count + 2) * sizeof *made);
    if (made == NULL) return NULL;
    if (count > 0) memcpy(made, environment, count * sizeof *made);
    made[count] = variable;
    made[count + 1] = NULL;
    return made;
}

int pooltrace_start_own(
    posix_spawn_file_actions_t *actions, char *const arguments[], char *const environment[], pid_t *process) {
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int problem = posix_spawn(process, "/proc/self/exe", actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    return problem;
}
