// The start of recording, the end of the process, and its forks.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pooltrace_real_calls.h"
#include "clock.h"
#include "faults.h"
#include "lttng_host.h"
#include "on_failure.h"
#include "pooltrace_time.h"
#include "ring.h"

#define MEMORY_LIMIT (16ull << 20)
#define DIRECTORY_LIMIT (1ull << 30)
#define DIRECTORY_PACKET (1ull << 20)
/// A quarter of the limit is for what outlives a wrap.
#define KEPT_DIVISOR 4
#define SLOTS_LEAST 8
#define SLOTS_MOST 9999
/// The least room that a packet has at first, unless a page is larger: what a thread takes that writes little.
#define FIRST_ROOM 8192

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool has_started;
static const char *trace_directory;
static pid_t recording_process;

static struct pooltrace_ring_layout layout_for(const struct pooltrace_configuration *configuration, bool in_directory) {
    const uint64_t limit = configuration->limit != 0 ? configuration->limit
        : in_directory                               ? DIRECTORY_LIMIT
                                                     : MEMORY_LIMIT;
    uint64_t packet = configuration->packet_size != 0 ? configuration->packet_size
        : in_directory                                ? DIRECTORY_PACKET
                                                      : POOLTRACE_PACKET_LEAST;
    // Enough slots for a few threads go before large packets.
    if (packet > limit / (2 * SLOTS_LEAST)) packet = limit / (2 * SLOTS_LEAST);
    packet = packet / POOLTRACE_PACKET_LEAST * POOLTRACE_PACKET_LEAST;
    if (packet < POOLTRACE_PACKET_LEAST) packet = POOLTRACE_PACKET_LEAST;
    uint64_t whole = limit / packet;
    if (whole < SLOTS_LEAST) whole = SLOTS_LEAST;
    if (whole > SLOTS_MOST) whole = SLOTS_MOST;
    const uint64_t kept_slots = whole / KEPT_DIVISOR;
    const uint64_t ring_room = (whole - kept_slots) * packet;
    // Halves, so that a packet that has twice as much again and again ends at its size.
    const uint64_t least = sysconf(_SC_PAGESIZE) > FIRST_ROOM ? (uint64_t)sysconf(_SC_PAGESIZE) : FIRST_ROOM;
    uint64_t room = packet;
    while (room % 2 == 0 && room / 2 >= least && room / 2 % least == 0) room /= 2;
    uint64_t slots = kept_slots + ring_room / room;
    if (slots > SLOTS_MOST) slots = SLOTS_MOST;
    return (struct pooltrace_ring_layout){.packet_size = (size_t)packet,
        .first_room = (size_t)room,
        .slots = (uint32_t)slots,
        .kept_slots = (uint32_t)kept_slots,
        .ring_room = ring_room,
        .keep = configuration->keep};
}

static const char *problem_with_directory(const char *directory, int problem) {
    static char text[PATH_MAX + 200];
    snprintf(text, sizeof text, "%s: no room for a trace: %s", directory, strerror(problem));
    return text;
}

/// Opens the ring where it should be, else in memory. Returns null, or what was wrong.
static const char *start_ring(const struct pooltrace_configuration *configuration, bool *is_open) {
    const char *problem = NULL;
    *is_open = false;
    if (configuration->directory != NULL && configuration->ring) {
        const struct pooltrace_ring_layout layout = layout_for(configuration, true);
        const struct pooltrace_storage *storage = pooltrace_storage_open_directory(configuration->directory,
            configuration->shares_directory, layout.slots, layout.packet_size, &trace_directory, &problem);
        if (storage != NULL) {
            *is_open = pooltrace_ring_start(storage, &layout);
            if (*is_open) return NULL;
            problem = problem_with_directory(configuration->directory, errno);
            trace_directory = NULL;
        }
    }
    struct pooltrace_ring_layout layout = layout_for(configuration, false);
    const uint32_t slots = pooltrace_storage_memory_slots(layout.packet_size, layout.slots);
    if (slots < SLOTS_LEAST) return "the process may have no file as large as a ring in memory (ulimit -f)";
    if (layout.kept_slots > slots / KEPT_DIVISOR) layout.kept_slots = slots / KEPT_DIVISOR;
    // Without a ring the kept stream alone: LTTng sessions that start late are given the definitions from it.
    layout.slots = configuration->ring ? slots : layout.kept_slots;
    const struct pooltrace_storage *storage =
        pooltrace_storage_open_memory(configuration->ring_file, layout.slots, layout.packet_size);
    if (storage != NULL) *is_open = pooltrace_ring_start(storage, &layout);
    return *is_open ? problem : "no memory for the ring";
}

void pooltrace_room_problem_tell(int problem) {
    char text[PATH_MAX + 200];
    const char *reason = strerror(problem);
    snprintf(text, sizeof text,
        "pooltrace: %s: no more room for the trace: %s; from here on, new events overwrite old ones or are discarded\n",
        trace_directory != NULL ? trace_directory : "memory", reason);
    if (write(STDERR_FILENO, text, strlen(text)) < 0) (void)0;
    snprintf(text, sizeof text, "no more room for the trace: %s", reason);
    pooltrace_record_mark(pooltrace_clock_now(), 0, text, POOLTRACE_MARK_NO_ROOM);
}

// MARK: Forks

// A forked child has its parent's packets mapped, and none of its threads: it records nothing. The locks are taken
// around the fork, so that the child finds them free.

static void before_fork(void) {
    pooltrace_real_mutex_lock(&lock);
    pooltrace_ring_lock();
}

static void after_fork_in_parent(void) {
    pooltrace_ring_unlock();
    pooltrace_real_mutex_unlock(&lock);
}

static void after_fork_in_child(void) {
    __atomic_store_n(&pooltrace_sinks, 0, __ATOMIC_RELAXED);
    pooltrace_ring_abandon();
    pooltrace_lttng_abandon();
    pooltrace_time_abandon();
    trace_directory = NULL;
    after_fork_in_parent();
}

// MARK: Start

const char *pooltrace_recorder_start(const struct pooltrace_configuration *configuration) {
    const char *problem = NULL;
    pooltrace_real_mutex_lock(&lock);
    if (!has_started) {
        has_started = true;
        recording_process = getpid();
        (void)pooltrace_executable();
        (void)pooltrace_build_id();
        pooltrace_clock_begin(configuration->monotonic_clock);
        if (configuration->ring || configuration->lttng != POOLTRACE_LTTNG_OFF) {
            bool is_open;
            problem = start_ring(configuration, &is_open);
            pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
            if (is_open && configuration->ring) {
                __atomic_fetch_or(&pooltrace_sinks, POOLTRACE_SINK_RING, __ATOMIC_RELEASE);
                if (configuration->on_failure != NULL) {
                    pooltrace_on_failure_start(configuration->on_failure);
                    pooltrace_faults_take();
                }
            }
            pooltrace_lttng_configure(configuration->lttng, configuration->lttng_home);
            if (configuration->time) pooltrace_time_start();
            if (configuration->slow_inputs) pooltrace_slow_start();
        }
    }
    pooltrace_real_mutex_unlock(&lock);
    pooltrace_lttng_look();
    return problem;
}

const char *pooltrace_trace_directory(void) { return trace_directory; }

// MARK: End

static void call_at_exit(int status, void *body) {
    if (getpid() == recording_process) ((void (*)(int))body)(status);
}

void pooltrace_at_exit(void (*body)(int status)) { (void)on_exit(call_at_exit, (void *)body); }
