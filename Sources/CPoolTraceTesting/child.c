#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pooltrace_own_process.h"
#include "pooltrace_testing.h"

#define PARENT_VARIABLE "POOLTRACE_TEST_PARENT"

// A child that hangs is not to outlive the run of the tests, whatever ends that: Ctrl-C, SIGKILL, a crash. Only the
// child itself can ask the kernel for that, and before main it has not done anything yet.
__attribute__((constructor)) static void pooltrace_test_enter(void) {
    const char *value = getenv(PARENT_VARIABLE);
    if (value == NULL) return;
    const pid_t parent = (pid_t)strtol(value, NULL, 10);
    // Not inherited by what this process starts.
    unsetenv(PARENT_VARIABLE);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
}

int pooltrace_test_start(
    char *const arguments[], char *const environment[], const char *output, const char *error, pid_t *process) {
    char variable[64];
    snprintf(variable, sizeof variable, PARENT_VARIABLE "=%d", (int)getpid());
    char **variables = pooltrace_with_variable(environment, variable);
    if (variables == NULL) return ENOMEM;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    int problem = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (problem == 0) problem = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0600);
    if (problem == 0) problem = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error, flags, 0600);
    if (problem == 0) problem = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (problem == 0) problem = pooltrace_start_own(&actions, arguments, variables, process);
    posix_spawn_file_actions_destroy(&actions);
    free(variables);
    return problem;
}

void pooltrace_test_wait(pid_t process) {
    siginfo_t information;
    while (waitid(P_PID, (id_t)process, &information, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
}

bool pooltrace_test_reap(pid_t process, int *code) {
    int status = 0;
    pid_t ended;
    do ended = waitpid(process, &status, 0);
    while (ended < 0 && errno == EINTR);
    *code = ended < 0 ? -1 : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return ended >= 0 && WIFSIGNALED(status);
}
