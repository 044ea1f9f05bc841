// Preloaded into a program whose runs are to be alike (`--pin`): what differs from one run to the next although the
// order of the tasks is the same, and can be made the same from outside.
//
// - addresses: the program is started again with address randomization off, which the kernel looks at when it loads a
//   program.
// - random: getrandom and its relatives give numbers that follow from the seed. Swift's generator asks by `syscall`,
//   and Foundation's UUID reads /dev/urandom, which becomes a file of as many such numbers as anybody will want.
// - clock: the wall clock begins at the beginning of the year 2000 and goes on by a microsecond with each look at it.
//   The monotonic clocks are left alone: waits with a limit rely on them. A limit that was made from our wall clock is
//   turned into one of the real clock; the two cannot be mistaken for each other, nor for a time since the machine
//   started.
#define _GNU_SOURCE
#include "pooltrace_pin.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BILLION 1000000000ll
/// 2000-01-01, and how long after that a time still counts as one of our clock's, in seconds.
#define EPOCH 946684800ll
#define SPAN (5ll * 365 * 86400)

static bool pins_random, pins_clock;
static uint64_t random_state;
static int64_t looks;

static bool is_pinned(const char *what) {
    const char *list = getenv(POOLTRACE_PIN_VARIABLE);
    const size_t length = strlen(what);
    for (; list != NULL; list = strchr(list, ',')) {
        if (*list == ',') list++;
        if (strncmp(list, what, length) == 0 && (list[length] == ',' || list[length] == 0)) return true;
    }
    return false;
}

__attribute__((constructor(101))) static void start(int count, char **arguments, char **environment) {
    (void)count;
    if (is_pinned("addresses")) {
        const int before = personality(0xFFFFFFFF);
        // Where the kernel does not allow it the flag stays off, and the program goes on as it is.
        if (before >= 0 && (before & ADDR_NO_RANDOMIZE) == 0 &&
            personality((unsigned long)before | ADDR_NO_RANDOMIZE) >= 0 &&
            (personality(0xFFFFFFFF) & ADDR_NO_RANDOMIZE) != 0)
            (void)execve("/proc/self/exe", arguments, environment);
    }
    const char *seed = getenv(POOLTRACE_PIN_SEED_VARIABLE);
    random_state = seed != NULL ? strtoull(seed, NULL, 10) : 0;
    pins_random = is_pinned("random");
    pins_clock = is_pinned("clock");
}

/// The C library's own.
#define REAL(name) ((__typeof__(&name))real(#name, &real_##name))
static void *real(const char *name, void **found) {
    if (*found == NULL) *found = dlsym(RTLD_NEXT, name);
    return *found;
}

// MARK: - Random numbers

/// SplitMix64 (Steele, Lea and Flood, 2014).
static uint64_t next_number(void) {
    uint64_t mixed = __atomic_add_fetch(&random_state, 0x9E3779B97F4A7C15ull, __ATOMIC_RELAXED);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ull;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBull;
    return mixed ^ (mixed >> 31);
}

static void fill(void *buffer, size_t size) {
    uint8_t *bytes = buffer;
    while (size > 0) {
        const uint64_t number = next_number();
        const size_t part = size < sizeof number ? size : sizeof number;
        memcpy(bytes, &number, part);
        bytes += part;
        size -= part;
    }
}

/// A system call as the kernel answers it.
static long call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#endif
}

long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long words[6];
    for (int i = 0; i < 6; i++) words[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_getrandom && pins_random) {
        fill((void *)words[0], (size_t)words[1]);
        return words[1];
    }
    const long result = call(number, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (result >= 0 || result < -4095) return result;
    errno = (int)-result;
    return -1;
}

ssize_t getrandom(void *buffer, size_t size, unsigned flags) {
    return syscall(SYS_getrandom, buffer, size, (long)flags);
}

int getentropy(void *buffer, size_t size) {
    if (size > 256) {
        errno = EIO;
        return -1;
    }
    while (size > 0) {
        const ssize_t part = getrandom(buffer, size, 0);
        if (part < 0 && errno != EINTR) return -1;
        if (part > 0) {
            buffer = (uint8_t *)buffer + part;
            size -= (size_t)part;
        }
    }
    return 0;
}

static void *real_arc4random_buf;

void arc4random_buf(void *buffer, size_t size) {
    if (pins_random) fill(buffer, size);
    else REAL(arc4random_buf)(buffer, size);
}

uint32_t arc4random(void) {
    uint32_t number;
    arc4random_buf(&number, sizeof number);
    return number;
}

uint32_t arc4random_uniform(uint32_t bound) {
    if (bound < 2) return 0;
    // Below this the numbers do not divide evenly.
    const uint32_t least = -bound % bound;
    uint32_t number;
    do number = arc4random();
    while (number < least);
    return number % bound;
}

#define RANDOM_FILE_SIZE (1u << 20)

static bool is_random_device(const char *path) {
    return pins_random && (strcmp(path, "/dev/urandom") == 0 || strcmp(path, "/dev/random") == 0);
}

static int open_random(int flags) {
    const int file = memfd_create("random", (flags & O_CLOEXEC) != 0 ? MFD_CLOEXEC : 0);
    if (file < 0 || ftruncate(file, RANDOM_FILE_SIZE) != 0) return file;
    void *bytes = mmap(NULL, RANDOM_FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED) return file;
    fill(bytes, RANDOM_FILE_SIZE);
    munmap(bytes, RANDOM_FILE_SIZE);
    return file;
}

static void *real_open, *real_open64, *real_openat, *real_openat64;

#define OPEN(name, first, folder)                                                                  \
    int name(first const char *path, int flags, ...) {                                             \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        const mode_t mode = va_arg(list, mode_t);                                                  \
        va_end(list);                                                                              \
        return is_random_device(path) ? open_random(flags) : REAL(name)(folder path, flags, mode); \
    }
OPEN(open, , )
OPEN(open64, , )
#define COMMA ,
OPEN(openat, int at COMMA, at COMMA)
OPEN(openat64, int at COMMA, at COMMA)

// MARK: - The wall clock

static int64_t own_time(void) { return EPOCH * BILLION + 1000 * __atomic_fetch_add(&looks, 1, __ATOMIC_RELAXED); }

static bool is_wall_clock(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

static void *real_clock_gettime;

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!pins_clock || !is_wall_clock(clock)) return REAL(clock_gettime)(clock, time);
    const int64_t now = own_time();
    *time = (struct timespec){.tv_sec = now / BILLION, .tv_nsec = now % BILLION};
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    if (zone != NULL) memset(zone, 0, sizeof(struct timezone));
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (result != NULL) *result = now.tv_sec;
    return now.tv_sec;
}

/// A limit as the kernel's clock has it.
static const struct timespec *real_limit(const struct timespec *limit, struct timespec *changed) {
    if (!pins_clock || limit == NULL || limit->tv_sec < EPOCH || limit->tv_sec > EPOCH + SPAN) return limit;
    const int64_t now = EPOCH * BILLION + 1000 * __atomic_load_n(&looks, __ATOMIC_RELAXED);
    struct timespec real_now;
    (void)REAL(clock_gettime)(CLOCK_REALTIME, &real_now);
    const int64_t time =
        real_now.tv_sec * BILLION + real_now.tv_nsec + (limit->tv_sec * BILLION + limit->tv_nsec - now);
    *changed = (struct timespec){.tv_sec = time / BILLION, .tv_nsec = time % BILLION};
    return changed;
}

static void *real_pthread_cond_timedwait, *real_sem_timedwait, *real_pthread_mutex_timedlock;

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict limit) {
    struct timespec changed;
    return REAL(pthread_cond_timedwait)(condition, mutex, real_limit(limit, &changed));
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict limit) {
    struct timespec changed;
    return REAL(sem_timedwait)(semaphore, real_limit(limit, &changed));
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict limit) {
    struct timespec changed;
    return REAL(pthread_mutex_timedlock)(mutex, real_limit(limit, &changed));
}
