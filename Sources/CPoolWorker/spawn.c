#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool_worker.h"
#include "pooltrace_own_process.h"
#include "worker_variable.h"

extern char **environ;

/// The process's arguments, from the kernel: a worker shows the same command line. Null without memory.
static char **read_arguments(char **text) {
    size_t size = 0;
    size_t capacity = 4096;
    char *bytes = malloc(capacity + 1);
    const int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    while (bytes != NULL && file >= 0) {
        const ssize_t count = read(file, bytes + size, capacity - size);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        size += (size_t)count;
        if (size < capacity) continue;
        char *larger = realloc(bytes, (capacity *= 2) + 1);
        if (larger == NULL) free(bytes);
        bytes = larger;
    }
    if (file >= 0) close(file);
    if (bytes == NULL) return NULL;
    bytes[size] = 0;
    size_t words = 1;
    for (size_t i = 0; i < size; i++) words += bytes[i] == 0;
    char **made = calloc(words + 2, sizeof *made);
    if (made == NULL) {
        free(bytes);
        return NULL;
    }
    size_t word = 0;
    for (size_t at = 0; at < size; at += strlen(bytes + at) + 1) made[word++] = bytes + at;
    if (word == 0) made[0] = bytes;
    *text = bytes;
    return made;
}

/// The same file above the numbers that the worker knows it by, so that giving it its number overwrites none of the
/// others.
static int lifted(int descriptor) { return descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, 16); }

static int spawn(const struct pooltrace_spawn *start, char **arguments, char **environment, pid_t *process) {
    const int requests = lifted(start->requests);
    const int answers = lifted(start->answers);
    const int ring = lifted(start->ring);
    const int error = lifted(start->error);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    int problem = requests < 0 || answers < 0 ? errno : 0;
    if (problem == 0) problem = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (problem == 0 && error >= 0) problem = posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO);
    if (problem == 0) problem = posix_spawn_file_actions_adddup2(&actions, requests, POOLTRACE_WORKER_REQUESTS);
    if (problem == 0) problem = posix_spawn_file_actions_adddup2(&actions, answers, POOLTRACE_WORKER_ANSWERS);
    int first_closed = POOLTRACE_WORKER_RING;
    if (problem == 0 && ring >= 0) {
        problem = posix_spawn_file_actions_adddup2(&actions, ring, POOLTRACE_WORKER_RING);
        first_closed = POOLTRACE_WORKER_DESCRIPTORS;
    }
    if (problem == 0) problem = posix_spawn_file_actions_addclosefrom_np(&actions, first_closed);
    if (problem == 0) problem = pooltrace_start_own(&actions, arguments, environment, process);
    posix_spawn_file_actions_destroy(&actions);
    const int lifts[] = {requests, answers, ring, error};
    for (size_t i = 0; i < sizeof lifts / sizeof lifts[0]; i++) {
        if (lifts[i] >= 0) close(lifts[i]);
    }
    return problem;
}

int pooltrace_worker_spawn(const struct pooltrace_spawn *start, pid_t *process, int *descriptor) {
    char variable[64];
    snprintf(variable, sizeof variable, POOLTRACE_WORKER_VARIABLE "=%d", (int)getpid());
    char *text = NULL;
    char **environment = pooltrace_with_variable(environ, variable);
    char **arguments = read_arguments(&text);
    int problem = environment == NULL || arguments == NULL ? ENOMEM : spawn(start, arguments, environment, process);
    free(environment);
    free(arguments);
    free(text);
    if (problem != 0) return problem;
    // Not reaped yet, so the number is still its own. A pidfd is close-on-exec.
    *descriptor = (int)syscall(SYS_pidfd_open, *process, 0);
    if (*descriptor >= 0) return 0;
    problem = errno;
    (void)kill(*process, SIGKILL);
    (void)waitpid(*process, NULL, 0);
    return problem;
}

enum pooltrace_worker_end pooltrace_worker_reap(pid_t process, int *code) {
    int status = 0;
    pid_t ended;
    do ended = waitpid(process, &status, WNOHANG);
    while (ended < 0 && errno == EINTR);
    *code = 0;
    if (ended == 0) return POOLTRACE_WORKER_RUNS;
    // Somebody else has reaped it: a program that waits for any child.
    if (ended < 0) return POOLTRACE_WORKER_GONE;
    *code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return WIFSIGNALED(status) ? POOLTRACE_WORKER_SIGNALLED : POOLTRACE_WORKER_EXITED;
}

uint32_t pooltrace_pipe_unread(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 && count > 0 ? (uint32_t)count : 0;
}

int pooltrace_worker_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return 0;
}

uint64_t pooltrace_memory_kills(void) {
    const char *const files[] = {"/sys/fs/cgroup/memory.events", "/proc/vmstat"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *file = fopen(files[i], "re");
        if (file == NULL) continue;
        char line[128];
        uint64_t count = 0;
        bool found = false;
        while (!found && fgets(line, sizeof line, file) != NULL) {
            found = strncmp(line, "oom_kill ", 9) == 0;
            if (found) count = strtoull(line + 9, NULL, 10);
        }
        fclose(file);
        if (found) return count;
    }
    return 0;
}
