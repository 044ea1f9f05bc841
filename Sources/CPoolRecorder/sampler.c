// How stacks are sampled.
//
// A thread that asks for its ID for the first time, as every thread does before its first task, is added to a list. On
// a processor it samples itself: a signal, SIGPROF, comes after each period of its processor time, and its handler
// walks its own stack into a buffer of the thread's. What sends the signal is one of two:
//   - the clock of a perf event that counts in user mode alone, where the kernel grants that and the thread does not
//     switch often: such a clock costs some ten microseconds at each switch;
//   - a timer of the thread's processor time, which the kernel looks at once a tick; a sample stands for all the
//     periods since the one before.
// Both come to a thread that runs, as it runs in or returns to user mode, so no sleep ends early: PERF_SAMPLE's signal
// is sent by the interrupt that has stopped the thread's own code, and the timer's (CONFIG_POSIX_CPU_TIMERS_TASK_WORK)
// on the way back from the kernel.
//
// The sampler's thread empties the buffers, and looks at each thread that runs a task: one that has had no processor
// time for as long as `blocked` says, and is not ready for a processor, is blocked (blocked_stack.c reads its stack).
// Each look after that stands for the time since the one before.
//
// `lock` guards the list and what is not the thread's own of an entry. A buffer has one writer, the handler on its
// thread, and one reader, who holds the lock; `head` and `tail` only grow. A thread that ends takes its entry out of
// use under the lock, since its `current` ends with it; the sampler frees it when its buffer is empty.
#define _GNU_SOURCE
#include "pooltrace_sampler.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "blocked_stack.h"
#include "descriptor.h"
#include "pooltrace_clock.h"
#include "pooltrace_current.h"
#include "pooltrace_real_calls.h"
#include "pooltrace_record.h"
#include "pooltrace_stand_ins.h"
#include "pooltrace_thread.h"
#include "sample_walk.h"
#include "throw_hook.h"

enum { BUFFER_WORDS = 1 << 13, BATCH = 1 << 12 };

/// What a sample is, before its frames in the buffer.
enum { STAMP, TASK, INDEX, KIND_AND_LENGTH, WEIGHT, HEADER_WORDS };

struct sampled {
    struct sampled *next;
    uint32_t thread;
    const struct pooltrace_current *current;
    uintptr_t stack_low, stack_end;
    /// Whether its thread has ended.
    bool is_over;
    /// What sends the signal; -1, and no timer: nothing does.
    int perf;
    bool has_timer;
    timer_t timer;
    /// How often it had come to a processor by the time of the last look at that, in nanoseconds.
    uint64_t switches, switches_at;

    // What the looks have found.
    uint64_t processor_time, blocked_task, since, told;
    bool is_blocked;
    struct pooltrace_blocked_stack stack;
    char reason[sizeof((struct pooltrace_blocked *)NULL)->reason];

    uint64_t head, tail, lost;
    uint64_t words[BUFFER_WORDS];
};

static _Thread_local struct sampled *own __attribute__((tls_model("initial-exec")));

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sampled *all;
static pthread_key_t thread_key;
static struct pooltrace_sampler_configuration configuration;
static struct sigaction program_action;
/// Whether threads are sampled.
static bool is_on;
static uint32_t has_ended;
static int perf_error;
static uint64_t lost;
static uint32_t unsampled;
static uint64_t told_lost, told_unsampled;

static const int sample_signal = SIGPROF;
static const uint64_t drain_interval = 20000000, rate_interval = 500000000, most_switches = 300;

static uint64_t now(void) { return (uint64_t)pooltrace_kernel_clock(CLOCK_MONOTONIC); }

// MARK: - On a processor

static bool is_of_timer(const siginfo_t *info) {
    return info->si_code == SI_TIMER && own != NULL && info->si_value.sival_ptr == own;
}

static bool is_of_perf(const siginfo_t *info) {
    return info->si_code == POLL_IN && own != NULL && own->perf >= 0 && info->si_fd == own->perf;
}

static void keep(struct sampled *into, const void *context, uint8_t kind, uint64_t weight) {
    const struct pooltrace_current *current = pooltrace_current();
    if (current->task == 0 || !__atomic_load_n(&is_on, __ATOMIC_RELAXED)) return;
    const uint64_t head = into->head, tail = __atomic_load_n(&into->tail, __ATOMIC_ACQUIRE);
    uint64_t frames[POOLTRACE_SAMPLE_FRAMES];
    const uint32_t length = pooltrace_sample_walk(
        context, (uintptr_t)current->frame, into->stack_low, into->stack_end, frames, POOLTRACE_SAMPLE_FRAMES);
    if (BUFFER_WORDS - (head - tail) < HEADER_WORDS + length) {
        __atomic_fetch_add(&into->lost, 1, __ATOMIC_RELAXED);
        return;
    }
    const uint64_t header[HEADER_WORDS] = {[STAMP] = pooltrace_clock_now(),
        [TASK] = current->task,
        [INDEX] = current->context != NULL ? pooltrace_current_place() : POOLTRACE_NO_INDEX,
        [KIND_AND_LENGTH] = (uint64_t)length << 8 | kind,
        [WEIGHT] = weight};
    for (uint32_t i = 0; i < HEADER_WORDS; i++) into->words[(head + i) % BUFFER_WORDS] = header[i];
    for (uint32_t i = 0; i < length; i++) into->words[(head + HEADER_WORDS + i) % BUFFER_WORDS] = frames[i];
    __atomic_store_n(&into->head, head + HEADER_WORDS + length, __ATOMIC_RELEASE);
}

static void take(int number, siginfo_t *info, void *context) {
    const int saved = errno;
    if (is_of_perf(info)) {
        keep(own, context, POOLTRACE_SAMPLE_PERF, configuration.period);
    } else if (is_of_timer(info)) {
        const uint64_t more = info->si_overrun > 0 ? (uint64_t)info->si_overrun : 0;
        keep(own, context, POOLTRACE_SAMPLE_TIMER, configuration.period * (1 + more));
    } else if (info->si_code != SI_TIMER && info->si_code != POLL_IN) {
        // The program's own use of the signal.
        if (program_action.sa_flags & SA_SIGINFO) {
            program_action.sa_sigaction(number, info, context);
        } else if (program_action.sa_handler != SIG_DFL && program_action.sa_handler != SIG_IGN) {
            program_action.sa_handler(number);
        }
    }
    errno = saved;
}

/// A perf event of a thread that signals it after each period; -1 with errno set.
static int open_perf(uint32_t thread) {
    struct perf_event_attr attributes = {.size = sizeof attributes,
        .type = PERF_TYPE_SOFTWARE,
        .config = PERF_COUNT_SW_CPU_CLOCK,
        .sample_period = configuration.period,
        .exclude_kernel = 1,
        .exclude_hv = 1,
        .wakeup_events = 1,
        .disabled = 1};
    const int file = pooltrace_above_standard(
        (int)syscall(SYS_perf_event_open, &attributes, (pid_t)thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
    if (file < 0) return -1;
    const struct f_owner_ex owner = {F_OWNER_TID, (pid_t)thread};
    if (fcntl(file, F_SETSIG, sample_signal) != 0 || fcntl(file, F_SETOWN_EX, &owner) != 0 ||
        fcntl(file, F_SETFL, O_ASYNC | O_NONBLOCK) != 0) {
        const int error = errno;
        close(file);
        errno = error;
        return -1;
    }
    return file;
}

static void stop_clock(struct sampled *sampled) {
    if (sampled->perf >= 0) {
        const int file = sampled->perf;
        ioctl(file, PERF_EVENT_IOC_DISABLE, 0);
        __atomic_store_n(&sampled->perf, -1, __ATOMIC_RELEASE);
        close(file);
    }
    if (sampled->has_timer) {
        timer_delete(sampled->timer);
        sampled->has_timer = false;
    }
}

static bool start_perf(struct sampled *sampled) {
    if (perf_error != 0 || configuration.method == POOLTRACE_SAMPLER_TIMER) return false;
    const int file = open_perf(sampled->thread);
    if (file < 0) return false;
    __atomic_store_n(&sampled->perf, file, __ATOMIC_RELEASE);
    ioctl(file, PERF_EVENT_IOC_ENABLE, 0);
    return true;
}

static bool start_timer(struct sampled *sampled) {
    struct sigevent event = {
        .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = sample_signal, .sigev_value = {.sival_ptr = sampled}};
    event._sigev_un._tid = (pid_t)sampled->thread;
    // The kernel's own number for the clock of a thread's processor time.
    const clockid_t clock = (clockid_t)(~sampled->thread << 3 | 6);
    if (timer_create(clock, &event, &sampled->timer) != 0) return false;
    const struct timespec period = {
        (time_t)(configuration.period / 1000000000), (long)(configuration.period % 1000000000)};
    const struct itimerspec times = {period, period};
    sampled->has_timer = timer_settime(sampled->timer, 0, &times, NULL) == 0;
    if (!sampled->has_timer) timer_delete(sampled->timer);
    return sampled->has_timer;
}

static void start_clock(struct sampled *sampled) {
    if (configuration.period == 0 || start_perf(sampled) || start_timer(sampled)) return;
    unsampled++;
}

/// How often a thread has come to a processor; 0 where the kernel does not say.
static uint64_t switches(uint32_t thread) {
    char path[64], text[128];
    snprintf(path, sizeof path, "/proc/self/task/%u/schedstat", thread);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    const ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    text[length > 0 ? length : 0] = 0;
    unsigned long long count = 0;
    return sscanf(text, "%*u %*u %llu", &count) == 1 ? count : 0;
}

/// Gives the thread the other clock if its switches have become many, or few.
static void choose_clock(struct sampled *sampled, uint64_t time) {
    if (configuration.period == 0 || configuration.method != POOLTRACE_SAMPLER_AUTO || perf_error != 0) return;
    if (time - sampled->switches_at < rate_interval) return;
    const uint64_t count = switches(sampled->thread);
    const uint64_t rate = (count - sampled->switches) * 1000000000 / (time - sampled->switches_at);
    const bool is_first = sampled->switches_at == 0;
    sampled->switches = count;
    sampled->switches_at = time;
    if (is_first) return;
    if (sampled->perf >= 0 && rate > most_switches) {
        stop_clock(sampled);
        if (!start_timer(sampled)) unsampled++;
    } else if (sampled->has_timer && rate < most_switches / 2) {
        stop_clock(sampled);
        start_clock(sampled);
    }
}

// MARK: - Threads

/// What comes to a thread that ends.
static void leave(void *memory) {
    struct sampled *sampled = memory;
    pooltrace_real_mutex_lock(&lock);
    own = NULL;
    stop_clock(sampled);
    sampled->is_over = true;
    pooltrace_real_mutex_unlock(&lock);
}

void pooltrace_sampler_add_thread(void) {
    if (!__atomic_load_n(&is_on, __ATOMIC_ACQUIRE) || own != NULL) return;
    struct sampled *sampled = mmap(NULL, sizeof *sampled, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (sampled == MAP_FAILED) return;
    sampled->thread = pooltrace_thread_id();
    sampled->current = pooltrace_current();
    sampled->perf = -1;
    if (!pooltrace_stack_bounds(&sampled->stack_low, &sampled->stack_end) ||
        pthread_setspecific(thread_key, sampled) != 0) {
        munmap(sampled, sizeof *sampled);
        return;
    }
    pooltrace_sample_prepare();
    // Dispatch's threads block signals.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, sample_signal);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    pooltrace_real_mutex_lock(&lock);
    if (is_on) {
        own = sampled;
        sampled->next = all;
        all = sampled;
        start_clock(sampled);
    }
    pooltrace_real_mutex_unlock(&lock);
}

// MARK: - Recording

struct pending {
    struct sampled *sampled;
    uint64_t at, stamp;
};

static int by_stamp(const void *a, const void *b) {
    const uint64_t one = ((const struct pending *)a)->stamp, other = ((const struct pending *)b)->stamp;
    return one < other ? -1 : one > other;
}

static uint64_t word(const struct sampled *sampled, uint64_t at) { return sampled->words[at % BUFFER_WORDS]; }

/// Records what is in the buffers, in the order of time, and frees those of threads that have ended.
static void drain(void) {
    static struct pending batch[BATCH];
    uint32_t count = 0;
    for (struct sampled *sampled = all; sampled != NULL; sampled = sampled->next) {
        const uint64_t head = __atomic_load_n(&sampled->head, __ATOMIC_ACQUIRE);
        lost += __atomic_exchange_n(&sampled->lost, 0, __ATOMIC_RELAXED);
        uint64_t at = sampled->tail;
        while (at != head && count < BATCH) {
            batch[count++] = (struct pending){sampled, at, word(sampled, at + STAMP)};
            at += HEADER_WORDS + (word(sampled, at + KIND_AND_LENGTH) >> 8);
        }
    }
    qsort(batch, count, sizeof batch[0], by_stamp);
    for (uint32_t i = 0; i < count; i++) {
        struct sampled *sampled = batch[i].sampled;
        const uint64_t at = batch[i].at, length = word(sampled, at + KIND_AND_LENGTH) >> 8;
        uint64_t frames[POOLTRACE_SAMPLE_FRAMES];
        for (uint64_t frame = 0; frame < length; frame++) frames[frame] = word(sampled, at + HEADER_WORDS + frame);
        pooltrace_record_stack_sample(batch[i].stamp, word(sampled, at + TASK), word(sampled, at + INDEX),
            sampled->thread, (uint8_t)word(sampled, at + KIND_AND_LENGTH), word(sampled, at + WEIGHT), -1, "",
            (uint32_t)length, frames);
        // Those of one thread are in their order.
        __atomic_store_n(&sampled->tail, at + HEADER_WORDS + length, __ATOMIC_RELEASE);
    }
}

static void free_ended(void) {
    for (struct sampled **link = &all; *link != NULL;) {
        struct sampled *sampled = *link;
        if (sampled->is_over && sampled->head == sampled->tail) {
            *link = sampled->next;
            munmap(sampled, sizeof *sampled);
        } else {
            link = &sampled->next;
        }
    }
}

static void tell(void) {
    told_lost = lost;
    told_unsampled = unsampled;
    pooltrace_record_sampling(
        pooltrace_clock_now(), configuration.period, configuration.blocked, perf_error, lost, unsampled);
}

// MARK: - Blocked

static void record_blocked(struct sampled *sampled, uint64_t until) {
    if (until <= sampled->told) return;
    pooltrace_record_stack_sample(pooltrace_clock_now(), sampled->blocked_task, sampled->stack.index, sampled->thread,
        POOLTRACE_SAMPLE_BLOCKED, until - sampled->told, sampled->stack.call, sampled->reason, sampled->stack.length,
        sampled->stack.frames);
    sampled->told = until;
}

/// Whether the thread is blocked from now on, so that its reason is to be asked for.
static bool look(struct sampled *sampled, uint64_t time, uint64_t interval) {
    const uint64_t task = __atomic_load_n(&sampled->current->task, __ATOMIC_RELAXED);
    const uint64_t spent = (uint64_t)pooltrace_kernel_clock((clockid_t)(~sampled->thread << 3 | 6));
    // It went on, if it did, in the middle between two looks, as far as anybody can tell.
    const uint64_t middle = time - interval / 2;
    if (task == 0 || task != sampled->blocked_task || spent != sampled->processor_time) {
        if (sampled->is_blocked) record_blocked(sampled, middle);
        sampled->is_blocked = false;
        sampled->blocked_task = task;
        sampled->processor_time = spent;
        sampled->since = middle;
        return false;
    }
    if (sampled->is_blocked) {
        // Each is twice as long as all before, and what is left comes at the end: few events for long waits.
        if (time - sampled->told >= sampled->told - sampled->since) record_blocked(sampled, time);
        return false;
    }
    if (time - sampled->since < configuration.blocked) return false;
    if (!pooltrace_blocked_stack_read(
            sampled->thread, sampled->current, sampled->stack_low, sampled->stack_end, &sampled->stack)) {
        // It is ready to run, or has gone on meanwhile.
        sampled->since = time;
        return false;
    }
    sampled->is_blocked = true;
    sampled->told = sampled->since;
    sampled->reason[0] = 0;
    return true;
}

/// Looks at all threads, and asks for reasons without the lock: what is asked may wait for a thread that ends.
static void look_at_all(uint64_t time, uint64_t interval) {
    enum { MOST_REASONS = 64 };
    static struct pooltrace_blocked blocked[MOST_REASONS];
    uint32_t count = 0;
    pooltrace_real_mutex_lock(&lock);
    for (struct sampled *sampled = all; sampled != NULL; sampled = sampled->next) {
        if (sampled->is_over) {
            if (sampled->is_blocked) record_blocked(sampled, time - interval / 2);
            sampled->is_blocked = false;
        } else if (look(sampled, time, interval) && count < MOST_REASONS) {
            blocked[count++] = (struct pooltrace_blocked){.thread = sampled->thread, .task = sampled->blocked_task};
        }
    }
    pooltrace_real_mutex_unlock(&lock);
    if (count > 0) configuration.reasons(blocked, count);
    pooltrace_real_mutex_lock(&lock);
    for (struct sampled *sampled = all; sampled != NULL; sampled = sampled->next) {
        if (!sampled->is_blocked || sampled->told != sampled->since) continue;
        for (uint32_t i = 0; i < count; i++)
            if (blocked[i].thread == sampled->thread && blocked[i].task == sampled->blocked_task)
                memcpy(sampled->reason, blocked[i].reason, sizeof sampled->reason);
        record_blocked(sampled, time);
    }
    pooltrace_real_mutex_unlock(&lock);
}

// MARK: - The sampler's thread

void pooltrace_sampler_run(void) {
    const uint64_t half = configuration.blocked / 2;
    const uint64_t interval = configuration.blocked != 0 && half < drain_interval ? half : drain_interval;
    uint64_t drained = 0, looked = now();
    while (!__atomic_load_n(&has_ended, __ATOMIC_ACQUIRE)) {
        pooltrace_futex_wait(&has_ended, 0, (int64_t)interval);
        const uint64_t time = now();
        if (time - drained >= drain_interval) {
            pooltrace_real_mutex_lock(&lock);
            if (is_on) {
                drain();
                free_ended();
                for (struct sampled *each = all; each != NULL; each = each->next)
                    if (!each->is_over) choose_clock(each, time);
                if (lost != told_lost || unsampled != told_unsampled) tell();
            }
            pooltrace_real_mutex_unlock(&lock);
            drained = time;
        }
        if (configuration.blocked != 0 && __atomic_load_n(&is_on, __ATOMIC_ACQUIRE)) look_at_all(time, time - looked);
        looked = time;
    }
}

void pooltrace_sampler_end(void) {
    pooltrace_real_mutex_lock(&lock);
    if (is_on) {
        const uint64_t time = now();
        __atomic_store_n(&is_on, false, __ATOMIC_RELEASE);
        for (struct sampled *sampled = all; sampled != NULL; sampled = sampled->next) {
            if (!sampled->is_over) stop_clock(sampled);
            if (sampled->is_blocked) record_blocked(sampled, time);
            sampled->is_blocked = false;
        }
        drain();
        tell();
    }
    pooltrace_real_mutex_unlock(&lock);
    __atomic_store_n(&has_ended, 1, __ATOMIC_RELEASE);
    pooltrace_futex_wake(&has_ended, 1);
}

// MARK: - Start

static void before_fork(void) { pooltrace_real_mutex_lock(&lock); }
static void after_fork_in_parent(void) { pooltrace_real_mutex_unlock(&lock); }

/// The child has none of the threads and timers; of perf events it has descriptors.
static void after_fork_in_child(void) {
    is_on = false;
    own = NULL;
    for (struct sampled *sampled = all; sampled != NULL; sampled = sampled->next)
        if (sampled->perf >= 0) close(sampled->perf);
    all = NULL;
    pthread_setspecific(thread_key, NULL);
    pooltrace_real_mutex_unlock(&lock);
}

const char *pooltrace_sampler_start(const struct pooltrace_sampler_configuration *wanted) {
    struct sigaction action = {.sa_sigaction = take, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    if (wanted->period != 0) {
        if (sigaction(sample_signal, NULL, &program_action) != 0) return "the signal SIGPROF cannot be handled";
        if ((program_action.sa_flags & SA_SIGINFO) != 0 || program_action.sa_handler != SIG_DFL)
            return "the program uses the signal SIGPROF itself";
    }
    if (pthread_key_create(&thread_key, leave) != 0) return "the process has no thread-specific data left";
    if (wanted->period != 0 && sigaction(sample_signal, &action, NULL) != 0)
        return "the signal SIGPROF cannot be handled";
    configuration = *wanted;
    if (configuration.method != POOLTRACE_SAMPLER_TIMER && configuration.period != 0) {
        const int file = open_perf(pooltrace_thread_id());
        if (file < 0) perf_error = errno;
        else close(file);
    }
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    pooltrace_real_mutex_lock(&lock);
    tell();
    __atomic_store_n(&is_on, true, __ATOMIC_RELEASE);
    pooltrace_real_mutex_unlock(&lock);
    pooltrace_sampler_add_thread();
    return NULL;
}
