// A fault is handled by its thread, with async-signal-safe calls alone, since it may come with any lock held:
//   1. it writes down what it knows (`fault`), and its stack;
//   2. it wakes the thread that watches, if there is one, and waits until that has reported it: `phase` goes from
//      WATCHED to FAULTED to TOLD. The watcher may allocate, lock and read debug information. Where it needs a lock
//      that the thread of the fault holds, or the heap is broken, it does not come back: after `PATIENCE` the process
//      ends without its report;
//   3. it writes the fault where another process reads it, if that is wanted: in a worker process;
//   4. it leaves the snapshot of the ring, puts back the handler that was there before, and goes on to that.
// Others that fault meanwhile:
//   - another thread waits until all this is done, and then goes on to the former handler too;
//   - the watcher itself gives up, and stays where it is: the process ends by the first fault;
//   - the same thread, in step 1's walk along a broken stack, goes on without the walk; elsewhere it goes to the former
//     handler at once.
// A forked child has the handlers and no watcher: it goes through the steps without 2.
#define _GNU_SOURCE
#include "faults.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "on_failure.h"
#include "pool_recorder.h"
#include "pooltrace_real_calls.h"
#include "pooltrace_thread.h"
#include "walk.h"

#define STACK_SIZE (64u << 10)
/// How far from a full stack's pointer the address of its fault may be: a big frame is probed page by page.
#define NEAR_STACK (64u << 10)
/// In tenths of a second.
#define PATIENCE 100

enum { UNWATCHED, WATCHED, FAULTED, TOLD };

static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE};
static struct sigaction former[sizeof signals / sizeof signals[0]];
static struct pooltrace_fault fault;
static uint32_t phase;
static pid_t watching_process;
/// The thread that handles a fault, and whether it is done with it.
static int handling_thread;
static bool is_done;
static volatile sig_atomic_t is_walking;
static sigjmp_buf before_walk;
static bool is_taken;
static int watching_thread;
static _Thread_local void *own_stack;
static struct pooltrace_shared_fault *shared;

static void say(const char *text) {
    if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

static uintptr_t stack_pointer(const void *context) {
#if defined(__x86_64__)
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.sp;
#endif
}

static void note(int signal, const siginfo_t *information, const void *context) {
    const struct pooltrace_current *current = pooltrace_current();
    fault.signal = signal;
    fault.is_own = information->si_code > 0;
    fault.address = fault.is_own ? (uintptr_t)information->si_addr : 0;
    fault.is_overflow =
        signal == SIGSEGV && fault.is_own && fault.address - (stack_pointer(context) - NEAR_STACK) < 2 * NEAR_STACK;
    fault.thread = pooltrace_thread_id();
    fault.context = current->context;
    if (sigsetjmp(before_walk, 1) == 0) {
        is_walking = true;
        fault.frames_length = pooltrace_walk(context, (uintptr_t)current->frame, fault.frames, POOLTRACE_FAULT_FRAMES);
    }
    is_walking = false;
}

static void share(void) {
    if (shared == NULL) return;
    shared->address = fault.address;
    shared->is_own = fault.is_own;
    shared->is_overflow = fault.is_overflow;
    shared->length = fault.frames_length;
    for (uint32_t i = 0; i < fault.frames_length; i++) shared->places[i] = pooltrace_place_of(fault.frames[i]);
    __atomic_store_n(&shared->signal, (uint32_t)fault.signal, __ATOMIC_RELEASE);
}

/// Has the watcher report the fault.
static void have_told(void) {
    if (__atomic_load_n(&phase, __ATOMIC_ACQUIRE) != WATCHED || watching_process != getpid()) return;
    __atomic_store_n(&phase, FAULTED, __ATOMIC_RELEASE);
    pooltrace_futex_wake(&phase, 1);
    for (int i = 0; i < PATIENCE && __atomic_load_n(&phase, __ATOMIC_ACQUIRE) == FAULTED; i++)
        pooltrace_futex_wait(&phase, FAULTED, 100000000);
    if (__atomic_load_n(&phase, __ATOMIC_ACQUIRE) == FAULTED)
        say("pooltrace: crashed; no further details are available\n");
}

static void wait_until_done(void) {
    const struct timespec pause = {0, 10000000};
    for (int i = 0; i < 2 * 10 * PATIENCE && !__atomic_load_n(&is_done, __ATOMIC_ACQUIRE); i++) nanosleep(&pause, NULL);
}

static void handle(int signal, siginfo_t *information, void *context) {
    const int error = errno;
    const int thread = (int)syscall(SYS_gettid);
    int nobody = 0;
    if (__atomic_compare_exchange_n(&handling_thread, &nobody, thread, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        note(signal, information, context);
        have_told();
        share();
        pooltrace_on_failure_leave(signal);
        __atomic_store_n(&is_done, true, __ATOMIC_RELEASE);
    } else if (nobody == thread) {
        if (is_walking) siglongjmp(before_walk, 1);
    } else if (thread == watching_thread && watching_process == getpid()) {
        say("pooltrace: crashed; no further details are available (the report failed)\n");
        pooltrace_fault_told();
    } else {
        wait_until_done();
    }
    size_t index = 0;
    while (signals[index] != signal) index++;
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

void pooltrace_faults_take(void) {
    if (__atomic_exchange_n(&is_taken, true, __ATOMIC_ACQ_REL)) return;
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) (void)sigaction(signals[i], &action, &former[i]);
    pooltrace_faults_thread();
}

bool pooltrace_faults_watch(void) {
    uint32_t nobody = UNWATCHED;
    if (!__atomic_compare_exchange_n(&phase, &nobody, WATCHED, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return false;
    watching_process = getpid();
    pooltrace_faults_take();
    return true;
}

void pooltrace_faults_share(struct pooltrace_shared_fault *with) {
    shared = with;
    pooltrace_faults_take();
}

bool pooltrace_fault_is_there(void) {
    uint32_t now = __atomic_load_n(&phase, __ATOMIC_ACQUIRE);
    return now == FAULTED || now == TOLD;
}

const struct pooltrace_fault *pooltrace_fault_wait(void) {
    watching_thread = (int)syscall(SYS_gettid);
    while (__atomic_load_n(&phase, __ATOMIC_ACQUIRE) != FAULTED) pooltrace_futex_wait(&phase, WATCHED, -1);
    return &fault;
}

void pooltrace_fault_told(void) {
    __atomic_store_n(&phase, TOLD, __ATOMIC_RELEASE);
    pooltrace_futex_wake(&phase, 1);
    for (;;) pause();
}

void pooltrace_faults_thread(void) {
    stack_t present;
    if (!__atomic_load_n(&is_taken, __ATOMIC_ACQUIRE) || own_stack != NULL || sigaltstack(NULL, &present) != 0 ||
        (present.ss_flags & SS_DISABLE) == 0)
        return;
    void *memory = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    const stack_t stack = {.ss_sp = memory, .ss_size = STACK_SIZE};
    if (sigaltstack(&stack, NULL) == 0) own_stack = memory;
    else munmap(memory, STACK_SIZE);
}

void pooltrace_faults_thread_end(void) {
    if (own_stack == NULL) return;
    const stack_t none = {.ss_flags = SS_DISABLE};
    (void)sigaltstack(&none, NULL);
    munmap(own_stack, STACK_SIZE);
    own_stack = NULL;
}
