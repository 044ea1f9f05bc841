// How a stack is read. The sampler asks a thread by a signal, whose handler follows the thread's own stack.
//
// `state` says whose turn it is, so that neither a slow thread nor a late signal writes into a later sample:
//   idle -> asked (the sampler) -> walking (the handler) -> walked (the handler) -> idle (the sampler)
//   asked -> idle (the sampler, which has waited long enough: a handler that comes later finds nothing asked of it)
#define _GNU_SOURCE
#include "pooltrace_stacks.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "descriptor.h"
#include "pooltrace_real_calls.h"
#include "pooltrace_current.h"
#include "pooltrace_ring.h"
#include "pooltrace_thread.h"
#include "walk.h"

enum { IDLE, ASKED, WALKING, WALKED };

// What nothing happens by default on, so that one that comes late does no harm.
static const int sample_signal = SIGURG;
static struct sigaction program_action;

static uint32_t state;
static uint32_t asked_thread;
static uint64_t asked_task;
/// Where the stack goes.
static uint64_t *sampled;
static uint32_t sampled_most, sampled_length;

static void sample(int number, siginfo_t *info, void *context) {
    int saved = errno;
    uint32_t expected = ASKED;
    if (__atomic_load_n(&state, __ATOMIC_ACQUIRE) == ASKED && asked_thread == pooltrace_thread_id() &&
        __atomic_compare_exchange_n(&state, &expected, WALKING, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
        const struct pooltrace_current *current = pooltrace_current();
        if (current->task == asked_task)
            sampled_length = pooltrace_walk(context, (uintptr_t)current->frame, sampled, sampled_most);
        __atomic_store_n(&state, WALKED, __ATOMIC_RELEASE);
        pooltrace_futex_wake(&state, 1);
    } else if (info && info->si_code != SI_TKILL) {
        // The program's own use of the signal.
        if (program_action.sa_flags & SA_SIGINFO) {
            program_action.sa_sigaction(number, info, context);
        } else if (program_action.sa_handler != SIG_DFL && program_action.sa_handler != SIG_IGN) {
            program_action.sa_handler(number);
        }
    }
    errno = saved;
}

uint32_t pooltrace_stack_sample(uint32_t thread, uint64_t task, uint64_t *frames, uint32_t most) {
    static bool is_installed;
    if (!is_installed) {
        struct sigaction action = {.sa_sigaction = sample, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
        sigfillset(&action.sa_mask);
        if (sigaction(sample_signal, &action, &program_action) != 0) return 0;
        is_installed = true;
    }
    asked_thread = thread;
    asked_task = task;
    sampled = frames;
    sampled_most = most;
    sampled_length = 0;
    __atomic_store_n(&state, ASKED, __ATOMIC_RELEASE);
    if (syscall(SYS_tgkill, getpid(), thread, sample_signal) != 0) {
        __atomic_store_n(&state, IDLE, __ATOMIC_RELAXED);
        return 0;
    }
    for (int turn = 0; turn < 200; turn++) {
        uint32_t now = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
        if (now == WALKED) break;
        pooltrace_futex_wait(&state, now, 1000000);
    }
    uint32_t expected = ASKED;
    if (__atomic_compare_exchange_n(&state, &expected, IDLE, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return 0;
    // It may be at it for as long as the kernel gives its thread no processor.
    while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != WALKED) pooltrace_futex_wait(&state, WALKING, 1000000);
    const uint32_t length = sampled_length;
    __atomic_store_n(&state, IDLE, __ATOMIC_RELEASE);
    return length;
}

void pooltrace_stack_allow_sample(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, sample_signal);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

// Requests

static sem_t requests;
static int commands;

static void quit(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    if (info && info->si_code == SI_QUEUE && info->si_value.sival_int == POOLTRACE_STACKS_REQUEST)
        __atomic_fetch_add(&commands, 1, __ATOMIC_RELAXED);
    pooltrace_real_semaphore_post(&requests);
}

bool pooltrace_stacks_on_quit(void) {
    if (sem_init(&requests, 0, 0) != 0) return false;
    struct sigaction action = {.sa_sigaction = quit, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    return sigaction(SIGQUIT, &action, NULL) == 0;
}

bool pooltrace_stacks_wait(void) {
    while (pooltrace_real_semaphore_wait(&requests) != 0) {
    }
    int count = __atomic_load_n(&commands, __ATOMIC_RELAXED);
    while (count > 0 &&
        !__atomic_compare_exchange_n(&commands, &count, count - 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    return count > 0;
}

int pooltrace_stacks_file(void) {
    int file = pooltrace_above_standard(memfd_create(POOLTRACE_STACKS_NAME, MFD_CLOEXEC));
    if (file >= 0 && ftruncate(file, sizeof(uint64_t)) != 0) {
        close(file);
        return -1;
    }
    return file;
}

void pooltrace_stacks_publish(int file, const char *text, uint64_t length) {
    uint64_t sequence = 0;
    if (file < 0 || pread(file, &sequence, sizeof sequence, 0) != sizeof sequence) return;
    if (ftruncate(file, sizeof sequence) != 0) return;
    for (uint64_t written = 0; written < length;) {
        ssize_t count = pwrite(file, text + written, length - written, (off_t)(sizeof sequence + written));
        if (count <= 0) return;
        written += (uint64_t)count;
    }
    sequence++;
    if (pwrite(file, &sequence, sizeof sequence, 0) < 0) return;
}
