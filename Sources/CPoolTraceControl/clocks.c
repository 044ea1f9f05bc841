// The clocks of a program whose runs are to be alike.
//
// - time: from when the engine says so, all clocks show its time, which passes with what the program does: with each
//   look at a clock by a microsecond, and with sleeps and timeouts by as long as they take. What sleeps on a thread of
//   the engine's is for the engine to order; any other thread sleeps really. Once a thread exists that PoolTrace has
//   not made, and that may do anything while others wait, the time passes as it really does: `is_real`.
// - clock: the wall clock begins when the program's file was last changed: certificates and the like are as valid as
//   then. Without `time` it goes on by a microsecond with each look, and the monotonic clocks are left alone.
//
// A timeout that was computed from a clock shown here is converted to one of the kernel's. Where a function has no
// clock to name, the timeout tells which it was: no machine has been up since 1982.
#define _GNU_SOURCE
#include "pooltrace_pin.h"
#include "real.h"

#include <errno.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "pooltrace_virtual_clock.h"

#define BILLION 1000000000ll
/// Below this a limit is one of a clock that begins with the machine, in seconds.
#define OLDEST (400ll * 1000 * 1000)
#define LOOK 1000

static bool pins_clock, pins_time;
/// Where the wall clock begins.
static int64_t first_wall_time;
/// How often the wall clock was looked at, where there is no `time`.
static int64_t looks;

static bool runs;
/// What has passed on the virtual clock; and since when, on the kernel's, it passes really.
static int64_t passed;
static bool is_real;
static int64_t real_since;
/// What the clocks showed when it began.
static int64_t monotonic_start, boot_start, wall_start;
static bool (*sleep_of_engine)(int64_t nanoseconds);
static bool (*is_own)(void);

/// The code of modules that see the kernel's clocks: their stamps are compared with those of others.
static struct { uintptr_t start, end; } exempt[16];
static int exempt_count;

static void *real_clock_gettime;

static int64_t nanoseconds(const struct timespec *time) { return time->tv_sec * BILLION + time->tv_nsec; }

static struct timespec time_of(int64_t nanoseconds) {
    return (struct timespec){.tv_sec = nanoseconds / BILLION, .tv_nsec = nanoseconds % BILLION};
}

static int64_t kernel_time(clockid_t clock) {
    struct timespec time;
    (void)REAL(clock_gettime)(clock, &time);
    return nanoseconds(&time);
}

void pooltrace_clocks_start(void) {
    pins_clock = pooltrace_is_pinned("clock");
    pins_time = pooltrace_is_pinned("time");
    struct stat program;
    if (stat("/proc/self/exe", &program) == 0) first_wall_time = program.st_mtime * BILLION;
}

// MARK: - The engine's side

static int64_t passed_until_now(void) {
    const int64_t now = __atomic_load_n(&passed, __ATOMIC_ACQUIRE);
    return __atomic_load_n(&is_real, __ATOMIC_ACQUIRE) ? now + kernel_time(CLOCK_MONOTONIC) - real_since : now;
}

static void pass(int64_t time) {
    if (time > 0) __atomic_fetch_add(&passed, time, __ATOMIC_ACQ_REL);
}

static bool passes_really(void) { return __atomic_load_n(&is_real, __ATOMIC_ACQUIRE); }

static int add_exempt(struct dl_phdr_info *module, size_t size, void *data) {
    (void)size, (void)data;
    if (strstr(module->dlpi_name, "liblttng-ust") == NULL) return 0;
    for (int i = 0; i < module->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = module->dlpi_phdr + i;
        if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0 || exempt_count == 16) continue;
        exempt[exempt_count].start = module->dlpi_addr + part->p_vaddr;
        exempt[exempt_count].end = exempt[exempt_count].start + part->p_memsz;
        exempt_count++;
    }
    return 0;
}

static bool is_exempt(const void *caller) {
    for (int i = 0; i < exempt_count; i++)
        if ((uintptr_t)caller >= exempt[i].start && (uintptr_t)caller < exempt[i].end) return true;
    return false;
}

static void passes_really_from_now_on(void) {
    if (passes_really()) return;
    real_since = kernel_time(CLOCK_MONOTONIC);
    __atomic_store_n(&is_real, true, __ATOMIC_RELEASE);
}

__attribute__((visibility("default"))) const struct pooltrace_virtual_clock *pooltrace_virtual_clock_start(
    bool (*sleep)(int64_t nanoseconds), bool (*own)(void)) {
    static const struct pooltrace_virtual_clock clock = {passed_until_now, pass, passes_really};
    if (!pins_time) return NULL;
    // Another execution of many in one process.
    if (runs) return &clock;
    (void)dl_iterate_phdr(add_exempt, NULL);
    monotonic_start = kernel_time(CLOCK_MONOTONIC);
    boot_start = kernel_time(CLOCK_BOOTTIME);
    wall_start =
        pins_clock ? first_wall_time + LOOK * __atomic_load_n(&looks, __ATOMIC_RELAXED) : kernel_time(CLOCK_REALTIME);
    sleep_of_engine = sleep;
    is_own = own;
    // The engine's threads are not in a child that fork makes, so none could be woken there.
    (void)pthread_atfork(NULL, NULL, passes_really_from_now_on);
    __atomic_store_n(&runs, true, __ATOMIC_RELEASE);
    return &clock;
}

static void *real_pthread_create;

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*start)(void *),
    void *restrict argument) {
    if (__atomic_load_n(&runs, __ATOMIC_ACQUIRE) && !is_own() && !is_exempt(__builtin_return_address(0)))
        passes_really_from_now_on();
    return REAL(pthread_create)(thread, attributes, start, argument);
}

// MARK: - Looking at a clock

static bool is_wall_clock(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

static bool is_elapsed_time(clockid_t clock) {
    return clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_MONOTONIC_COARSE ||
        clock == CLOCK_BOOTTIME;
}

static int64_t start_of(clockid_t clock) {
    return is_wall_clock(clock) ? wall_start : clock == CLOCK_BOOTTIME ? boot_start : monotonic_start;
}

static bool is_ours(clockid_t clock) {
    if (__atomic_load_n(&runs, __ATOMIC_ACQUIRE)) return is_wall_clock(clock) || is_elapsed_time(clock);
    return pins_clock && is_wall_clock(clock);
}

/// What a clock shows.
static int64_t shown(clockid_t clock) {
    if (!__atomic_load_n(&runs, __ATOMIC_ACQUIRE))
        return first_wall_time + LOOK * __atomic_load_n(&looks, __ATOMIC_RELAXED);
    return start_of(clock) + passed_until_now();
}

static void look(void) {
    if (!__atomic_load_n(&runs, __ATOMIC_ACQUIRE)) __atomic_fetch_add(&looks, 1, __ATOMIC_RELAXED);
    else if (!passes_really()) pass(LOOK);
}

static int look_at(clockid_t clock, struct timespec *time, const void *caller) {
    if (!is_ours(clock) || is_exempt(caller)) return REAL(clock_gettime)(clock, time);
    *time = time_of(shown(clock));
    look();
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) { return look_at(clock, time, __builtin_return_address(0)); }

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    if (zone != NULL) memset(zone, 0, sizeof(struct timezone));
    if (look_at(CLOCK_REALTIME, &now, __builtin_return_address(0)) != 0) return -1;
    *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    if (look_at(CLOCK_REALTIME, &now, __builtin_return_address(0)) != 0) return -1;
    if (result != NULL) *result = now.tv_sec;
    return now.tv_sec;
}

// MARK: - Limits of waits

clockid_t pooltrace_clock_of(const struct timespec *limit) {
    return limit->tv_sec < OLDEST ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

int64_t pooltrace_left(clockid_t clock, const struct timespec *limit) {
    if (limit == NULL) return -1;
    const int64_t left = nanoseconds(limit) - (is_ours(clock) ? shown(clock) : kernel_time(clock));
    return left < 0 ? 0 : left;
}

const struct timespec *pooltrace_kernel_limit(clockid_t clock, const struct timespec *limit, struct timespec *changed) {
    if (limit == NULL || !is_ours(clock)) return limit;
    const int64_t time = kernel_time(clock) + nanoseconds(limit) - shown(clock);
    *changed = time_of(time < 0 ? 0 : time);
    return changed;
}

int pooltrace_at_limit(int result, bool has_ended, clockid_t clock, const struct timespec *limit) {
    if (has_ended && limit != NULL && __atomic_load_n(&runs, __ATOMIC_ACQUIRE) && is_ours(clock) && !passes_really())
        pass(nanoseconds(limit) - shown(clock));
    return result;
}

static void *real_timerfd_settime;

int timerfd_settime(int file, int flags, const struct itimerspec *value, struct itimerspec *old) {
    struct itimerspec changed;
    if ((flags & TFD_TIMER_ABSTIME) != 0 && value != NULL && nanoseconds(&value->it_value) != 0) {
        struct timespec first;
        changed = *value;
        changed.it_value = *pooltrace_kernel_limit(pooltrace_clock_of(&value->it_value), &value->it_value, &first);
        // Zero would stop it.
        if (nanoseconds(&changed.it_value) == 0) changed.it_value.tv_nsec = 1;
        value = &changed;
    }
    return REAL(timerfd_settime)(file, flags, value, old);
}

// MARK: - Sleeps

static void *real_nanosleep, *real_clock_nanosleep;

/// Sleeps for so many nanoseconds; returns what clock_nanosleep does.
static int sleep_for(int64_t time, struct timespec *rest) {
    if (!__atomic_load_n(&runs, __ATOMIC_ACQUIRE) || passes_really()) {
        const struct timespec request = time_of(time);
        return REAL(nanosleep)(&request, rest) == 0 ? 0 : errno;
    }
    if (sleep_of_engine(time)) return 0;
    const struct timespec request = time_of(time);
    const int64_t start = kernel_time(CLOCK_MONOTONIC);
    const int result = REAL(nanosleep)(&request, rest) == 0 ? 0 : errno;
    pass(result == 0 ? time : kernel_time(CLOCK_MONOTONIC) - start);
    return result;
}

static bool is_wrong(const struct timespec *request) {
    return request->tv_sec < 0 || request->tv_nsec < 0 || request->tv_nsec >= BILLION;
}

int nanosleep(const struct timespec *request, struct timespec *rest) {
    const int result = is_wrong(request) ? EINVAL : sleep_for(nanoseconds(request), rest);
    if (result == 0) return 0;
    errno = result;
    return -1;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *rest) {
    if (is_wrong(request)) return EINVAL;
    if (!is_ours(clock)) return REAL(clock_nanosleep)(clock, flags, request, rest);
    if ((flags & TIMER_ABSTIME) == 0) return sleep_for(nanoseconds(request), rest);
    const int64_t left = nanoseconds(request) - shown(clock);
    return left > 0 ? sleep_for(left, NULL) : 0;
}

int usleep(useconds_t time) {
    const int result = sleep_for(time * 1000ll, NULL);
    if (result == 0) return 0;
    errno = result;
    return -1;
}

unsigned sleep(unsigned seconds) {
    struct timespec rest = {0};
    return sleep_for(seconds * BILLION, &rest) == 0 ? 0 : (unsigned)(rest.tv_sec + (rest.tv_nsec >= BILLION / 2));
}

// MARK: - Waiting for a file

/// Calls what may wait for a file for some time, and lets that pass.
#define WAITING(call)                                                              \
    if (!__atomic_load_n(&runs, __ATOMIC_ACQUIRE) || passes_really()) return call; \
    const int64_t start = kernel_time(CLOCK_MONOTONIC);                            \
    const int result = call;                                                       \
    const int error = errno;                                                       \
    pass(kernel_time(CLOCK_MONOTONIC) - start);                                    \
    errno = error;                                                                 \
    return result;

static void *real_poll, *real_ppoll, *real_select, *real_pselect, *real_epoll_wait, *real_epoll_pwait;

int poll(struct pollfd *files, nfds_t count, int limit) { WAITING(REAL(poll)(files, count, limit)) }

int ppoll(struct pollfd *files, nfds_t count, const struct timespec *limit, const sigset_t *mask) {
    WAITING(REAL(ppoll)(files, count, limit, mask))
}

int select(
    int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict urgent, struct timeval *restrict limit) {
    WAITING(REAL(select)(count, in, out, urgent, limit))
}

int pselect(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict urgent,
    const struct timespec *restrict limit, const sigset_t *restrict mask) {
    WAITING(REAL(pselect)(count, in, out, urgent, limit, mask))
}

int epoll_wait(int file, struct epoll_event *events, int most, int limit) {
    WAITING(REAL(epoll_wait)(file, events, most, limit))
}

int epoll_pwait(int file, struct epoll_event *events, int most, int limit, const sigset_t *mask) {
    WAITING(REAL(epoll_pwait)(file, events, most, limit, mask))
}
