// A worker process is this same executable, started with a variable in its environment: it serves its pool before main,
// and ends.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "pool_worker.h"
#include "worker_variable.h"

/// A Ctrl-C goes to the terminal's whole process group, and it is the pool's process that decides what it means. A
/// handler, not SIG_IGN: programs that a task starts have the default again.
static void leave_to_parent(int signal) { (void)signal; }

// Constructors without a priority run after those with one: the recorder's clock and the throw hook are there.
__attribute__((constructor)) static void pooltrace_worker_enter(void) {
    const char *value = getenv(POOLTRACE_WORKER_VARIABLE);
    if (value == NULL) return;
    const pid_t parent = (pid_t)strtol(value, NULL, 10);
    // Not inherited by what this process starts; and a program that was started by hand with it runs as it would
    // without.
    unsetenv(POOLTRACE_WORKER_VARIABLE);
    if (pooltrace_worker_serve == NULL || parent != getppid() || parent <= 1) return;
    if (pooltrace_shared_size(POOLTRACE_WORKER_REQUESTS) < POOLTRACE_CHANNEL_BYTES) return;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    for (int i = POOLTRACE_WORKER_REQUESTS; i < POOLTRACE_WORKER_DESCRIPTORS; i++) (void)fcntl(i, F_SETFD, FD_CLOEXEC);
    struct sigaction action = {.sa_handler = leave_to_parent, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    pooltrace_worker_serve(parent);
    _exit(0);
}
