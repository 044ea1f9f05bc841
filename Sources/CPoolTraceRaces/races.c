// Tells ThreadSanitizer which task is which, where one task runs at a time.
//
// Two tasks that run one after the other on one thread are ordered, for the sanitizer: it would never report their
// race. A fiber is a thread of its own to it, and a switch of fibers orders nothing if it is asked so. So each task is
// a fiber:
// - It begins with what was released for it, by the task that submitted it, and no more. The sanitizer orders a new
//   fiber after the thread that makes it: so all are made by fibers that do nothing else and thus know nothing, the
//   makers. The sanitizer has 255 places for threads, and takes the place of the one that has had it longest; who gets
//   it comes after all that was done from there. With one maker all tasks would come after some in time, the first ones
//   before all. So each makes a few only, and is asked again when those that it comes after are no longer kept.
// - Stacks are used again by other tasks: what is below the frame that runs a task is forgotten before it begins.
// - The sanitizer needs what it has remembered of a fiber to report an access of it: an ended one is kept for a while.
//
// Nobody else may switch fibers; a thread's own is the one that it began with.
#define _GNU_SOURCE
#include "races.h"

#include "own.h"
#include "tsan.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/// How many fibers of ended tasks are kept; how many makers there are, and how many fibers one makes in a row, fewer
/// than the sanitizer has places.
enum { KEPT = 4096, MAKERS = 64, IN_A_ROW = 2 * KEPT / MAKERS };

static atomic_flag is_busy = ATOMIC_FLAG_INIT;
static void *makers[MAKERS];
static size_t made_count;
static void *kept[KEPT];
static size_t kept_count, oldest;

static void enter(void) {
    while (atomic_flag_test_and_set_explicit(&is_busy, memory_order_acquire)) __builtin_ia32_pause();
}

static void leave(void) { atomic_flag_clear_explicit(&is_busy, memory_order_release); }

static const char name_start[] = "pooltrace ";

static void *make_fiber(uint64_t task) {
    void *own = __tsan_get_current_fiber();
    enter();
    __tsan_switch_to_fiber(makers[made_count++ / IN_A_ROW % MAKERS], POOLTRACE_TSAN_NO_ORDER);
    void *fiber = __tsan_create_fiber(0);
    __tsan_switch_to_fiber(own, POOLTRACE_TSAN_NO_ORDER);
    leave();
    char name[sizeof name_start + 16];
    snprintf(name, sizeof name, "%s%016llx", name_start, (unsigned long long)task);
    __tsan_set_fiber_name(fiber, name);
    return fiber;
}

static void keep_fiber(void *fiber) {
    enter();
    void *ended = kept_count == KEPT ? kept[oldest] : NULL;
    kept[oldest] = fiber;
    oldest = (oldest + 1) % KEPT;
    if (kept_count < KEPT) kept_count++;
    leave();
    if (ended != NULL) __tsan_destroy_fiber(ended);
}

// MARK: - Orders

/// The places of numbers: memory that nobody uses, so far apart that no two of them meet.
enum { NUMBER_BITS = 27 };
static char *numbers;

static void *place_of(uint64_t number) {
    const uint64_t hash = number * 0x9E3779B97F4A7C15u;
    return numbers + (hash >> (64 - NUMBER_BITS)) * 8;
}

static void release(const void *place) { own_order(__tsan_release, (void *)place); }
static void acquire(const void *place) { own_order(__tsan_acquire, (void *)place); }
static void release_number(uint64_t number) { release(place_of(number)); }
static void acquire_number(uint64_t number) { acquire(place_of(number)); }

// MARK: - Tasks

struct run {
    uint64_t task;
    void (*body)(void *context);
    void *context;
};

static void begin(void *context) {
    struct run *run = context;
    acquire_number(run->task);
    run->body(run->context);
}

static void run(uint64_t task, void (*body)(void *), void *context) {
    void *fiber = make_fiber(task);
    own_clear_stack();
    struct run run = {task, body, context};
    own_run(fiber, begin, &run);
    keep_fiber(fiber);
}

// MARK: - Reports

enum { MOST_REPORTS = 64 };
static struct pooltrace_found_race reports[MOST_REPORTS];
static _Atomic uint32_t found_count;
static uint32_t taken_count;
static bool has_told_of_loss;
static atomic_flag is_reporting = ATOMIC_FLAG_INIT;

static uint32_t copy_frames(void *const *trace, uint64_t *frames) {
    uint32_t count = 0;
    while (count < POOLTRACE_RACE_FRAMES && trace[count] != NULL) {
        frames[count] = (uint64_t)trace[count];
        count++;
    }
    return count;
}

static void copy_text(char *to, size_t size, const char *text) {
    size_t i = 0;
    for (; text != NULL && i + 1 < size && text[i] != '\0'; i++) to[i] = text[i];
    to[i] = '\0';
}

static void copy_access(void *report, unsigned long index, int thread_count, struct pooltrace_race_access *access) {
    int tid = -1, size = 0, is_write = 0, is_atomic = 0;
    void *address = NULL, *trace[POOLTRACE_RACE_FRAMES] = {NULL};
    __tsan_get_report_mop(report, index, &tid, &address, &size, &is_write, &is_atomic, trace, POOLTRACE_RACE_FRAMES);
    access->is_write = is_write != 0;
    access->is_atomic = is_atomic != 0;
    access->address = (uint64_t)address;
    access->size = (uint32_t)size;
    access->frame_count = copy_frames(trace, access->frames);
    access->task = 0;
    access->is_main = tid == 0;
    for (int i = 0; i < thread_count; i++) {
        int other = -1, running, parent;
        unsigned long os_id;
        const char *name = NULL;
        void *start[1];
        __tsan_get_report_thread(report, (unsigned long)i, &other, &os_id, &running, &name, &parent, start, 1);
        if (other != tid || name == NULL || strncmp(name, name_start, sizeof name_start - 1) != 0) continue;
        access->task = strtoull(name + sizeof name_start - 1, NULL, 16);
    }
}

/// Called by the sanitizer for each race that it reports, inside of its locks.
void __tsan_on_report(void *report) {
    const char *kind = NULL;
    int count, stacks, accesses = 0, locations = 0, mutexes, threads = 0, ids;
    void *sleep[1];
    __tsan_get_report_data(report, &kind, &count, &stacks, &accesses, &locations, &mutexes, &threads, &ids, sleep, 1);
    if (accesses < 2) return;
    while (atomic_flag_test_and_set_explicit(&is_reporting, memory_order_acquire)) __builtin_ia32_pause();
    const uint32_t number = atomic_load_explicit(&found_count, memory_order_relaxed);
    if (number - taken_count < MOST_REPORTS) {
        struct pooltrace_found_race *race = &reports[number % MOST_REPORTS];
        copy_text(race->kind, sizeof race->kind, kind);
        for (unsigned long i = 0; i < 2; i++) copy_access(report, i, threads, &race->accesses[i]);
        const char *type = NULL;
        void *address = NULL, *trace[POOLTRACE_RACE_FRAMES] = {NULL};
        unsigned long start = 0, size = 0;
        int tid, fd, suppressable;
        if (locations > 0) {
            __tsan_get_report_loc(
                report, 0, &type, &address, &start, &size, &tid, &fd, &suppressable, trace, POOLTRACE_RACE_FRAMES);
        }
        copy_text(race->location, sizeof race->location, type);
        race->location_start = start;
        race->location_size = size;
        race->allocation_frame_count = copy_frames(trace, race->allocation_frames);
        atomic_store_explicit(&found_count, number + 1, memory_order_release);
    } else if (!has_told_of_loss) {
        static const char text[] =
            "pooltrace: more than 64 data races between two points of a task: not all are reported\n";
        has_told_of_loss = true;
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
    }
    atomic_flag_clear_explicit(&is_reporting, memory_order_release);
}

static bool take(struct pooltrace_found_race *race) {
    if (atomic_flag_test_and_set_explicit(&is_reporting, memory_order_acquire)) return false;
    const bool is_there = taken_count != atomic_load_explicit(&found_count, memory_order_relaxed);
    if (is_there) *race = reports[taken_count++ % MOST_REPORTS];
    atomic_flag_clear_explicit(&is_reporting, memory_order_release);
    return is_there;
}

static const struct pooltrace_races table = {
    .run = run,
    .release = release,
    .acquire = acquire,
    .release_number = release_number,
    .acquire_number = acquire_number,
    .enter = own_enter,
    .leave = own_leave,
    .run_program = own_run_program,
    .found = (const uint32_t *)&found_count,
    .take = take,
};

const struct pooltrace_races *pooltrace_races_start(void) {
    if (!own_is_active() || __tsan_create_fiber == NULL) return NULL;
    enter();
    if (makers[0] == NULL) {
        // Races are reported by the engine. The sanitizer's own texts would be of bare addresses.
        const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (nowhere >= 0) __sanitizer_set_report_fd((void *)(intptr_t)nowhere);
        // Through the sanitizer's, so that the places are memory of the program's to it.
        numbers = mmap(NULL, 8ul << NUMBER_BITS, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        for (size_t i = 0; numbers != MAP_FAILED && i < MAKERS; i++) makers[i] = __tsan_create_fiber(0);
    }
    leave();
    return makers[0] == NULL ? NULL : &table;
}
