#define _GNU_SOURCE
#include "pooltrace_signals.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pooltrace_real_calls.h"
#include "pooltrace_thread.h"

/// The first signal; 0: none. The waiter sleeps on it.
static uint32_t first;

void pooltrace_signals_end(int signal) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    (void)sigaction(signal, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    (void)raise(signal);
    // Not reached: raised and not blocked.
    _exit(128 + signal);
}

void pooltrace_signals_flush(void) {
    if (ftrylockfile(stdout) != 0) return;
    (void)fflush(stdout);
    funlockfile(stdout);
}

// Async-signal-safe: an atomic, a system call, and what ends the process.
static void handle(int signal) {
    const int error = errno;
    uint32_t none = 0;
    if (!__atomic_compare_exchange_n(&first, &none, (uint32_t)signal, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        pooltrace_signals_end(signal);
    pooltrace_futex_wake(&first, INT32_MAX);
    errno = error;
}

void pooltrace_signals_install(void) {
    const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction action;
        // nohup and a shell's background ignore them for a program: so they stay.
        if (sigaction(signals[i], NULL, &action) != 0 || action.sa_handler == SIG_IGN) continue;
        memset(&action, 0, sizeof action);
        action.sa_handler = handle;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        (void)sigaction(signals[i], &action, NULL);
    }
}

int pooltrace_signals_wait(int64_t nanoseconds) {
    int signal;
    while ((signal = (int)__atomic_load_n(&first, __ATOMIC_SEQ_CST)) == 0) {
        pooltrace_futex_wait(&first, 0, nanoseconds);
        if (nanoseconds >= 0) return (int)__atomic_load_n(&first, __ATOMIC_SEQ_CST);
    }
    return signal;
}
