// Async-signal-safe throughout, but for the start: a fault may come with any lock held.
//
// A fault is handled by its thread: it writes the snapshot, restores the handler that was there before, and goes on to that. Other threads
// that fault meanwhile wait for the snapshot (at most 5 s); a fault within the snapshot itself goes to the former handler at once.
#define _GNU_SOURCE
#include "on_failure.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "pool_recorder.h"

#define STACK_SIZE (64u << 10)

static const int faults[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE};
static struct sigaction former[sizeof faults / sizeof faults[0]];
/// "FOLDER/PROGRAM-PID" with room for an ending; empty: no snapshots.
static char base[PATH_MAX];
static char folder[PATH_MAX];
static bool has_failure_snapshot;
/// The thread that handles a fault, and whether its snapshot is done.
static int handling_thread;
static bool is_done;
static _Thread_local void *own_stack;

static int leave_snapshot(const char *ending) {
    char path[PATH_MAX + 32];
    if (base[0] == 0) return ENOENT;
    (void)mkdir(folder, 0700);
    const size_t length = strlen(base);
    memcpy(path, base, length);
    memcpy(path + length, ending, strlen(ending) + 1);
    return pooltrace_snapshot_to(path);
}

int pooltrace_snapshot_on_failure(void) {
    if (base[0] == 0 || __atomic_exchange_n(&has_failure_snapshot, true, __ATOMIC_RELAXED)) return 0;
    return leave_snapshot("-failure");
}

static void wait_for_snapshot(void) {
    const struct timespec pause = {0, 10000000};
    for (int i = 0; i < 500 && !__atomic_load_n(&is_done, __ATOMIC_ACQUIRE); i++) nanosleep(&pause, NULL);
}

static void handle(int signal, siginfo_t *information, void *context) {
    const int error = errno;
    const int thread = (int)syscall(SYS_gettid);
    int nobody = 0;
    if (__atomic_compare_exchange_n(&handling_thread, &nobody, thread, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        const char ending[] = {'-', 's', 'i', 'g', 'n', 'a', 'l', '-', (char)('0' + signal / 10), (char)('0' + signal % 10), 0};
        (void)leave_snapshot(ending);
        __atomic_store_n(&is_done, true, __ATOMIC_RELEASE);
    } else if (nobody != thread) {
        wait_for_snapshot();
    }
    size_t index = 0;
    while (faults[index] != signal) index++;
    const struct sigaction *old = &former[index];
    (void)sigaction(signal, old, NULL);
    errno = error;
    if ((old->sa_flags & SA_SIGINFO) != 0) {
        old->sa_sigaction(signal, information, context);
    } else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN) {
        old->sa_handler(signal);
    } else if (information->si_code <= 0) {
        // Sent, not caused by the instruction that is about to be tried again: it has to be sent again.
        (void)raise(signal);
    }
}

void pooltrace_on_failure_start(const char *in_folder) {
    // Absolute, because the program may change its working directory.
    char here[PATH_MAX] = "";
    if (in_folder[0] != '/' && getcwd(here, sizeof here - 1) != NULL) strcat(here, "/");
    const char *executable = pooltrace_executable();
    const char *slash = strrchr(executable, '/');
    if (strlen(here) + strlen(in_folder) + NAME_MAX + 32 > PATH_MAX) return;
    snprintf(folder, sizeof folder, "%s%s", here, in_folder);
    const int length = snprintf(
        base, sizeof base, "%s/%.200s-%d", folder, slash != NULL ? slash + 1 : executable, (int)getpid());
    if (length < 0 || (size_t)length >= sizeof base) base[0] = 0;
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) (void)sigaction(faults[i], &action, &former[i]);
    pooltrace_on_failure_thread();
}

void pooltrace_on_failure_thread(void) {
    stack_t present;
    if (base[0] == 0 || own_stack != NULL || sigaltstack(NULL, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0) return;
    void *memory = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    const stack_t stack = {.ss_sp = memory, .ss_size = STACK_SIZE};
    if (sigaltstack(&stack, NULL) == 0) own_stack = memory;
    else munmap(memory, STACK_SIZE);
}

void pooltrace_on_failure_thread_end(void) {
    if (own_stack == NULL) return;
    const stack_t none = {.ss_flags = SS_DISABLE};
    (void)sigaltstack(&none, NULL);
    munmap(own_stack, STACK_SIZE);
    own_stack = NULL;
}
