// Preloaded into a program whose runs are to be alike (`--pin`): what differs from one run to the next although the
// order of the tasks is the same, and can be made the same from outside.
//
// - addresses: the program is started again with address randomization off, which the kernel looks at when it loads a
//   program.
// - random: getrandom and its relatives give numbers that follow from the seed. Swift's generator asks by `syscall`,
//   and Foundation's UUID reads /dev/urandom, which becomes a file of as many such numbers as anybody will want.
// - clock, time: see clocks.c.
#define _GNU_SOURCE
#include "pooltrace_pin.h"

#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool pins_random;
static uint64_t random_state;

bool pooltrace_is_pinned(const char *what) {
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
    if (pooltrace_is_pinned("addresses")) {
        const int before = personality(0xFFFFFFFF);
        // Where the kernel does not allow it the flag stays off, and the program goes on as it is.
        if (before >= 0 && (before & ADDR_NO_RANDOMIZE) == 0 &&
            personality((unsigned long)before | ADDR_NO_RANDOMIZE) >= 0 &&
            (personality(0xFFFFFFFF) & ADDR_NO_RANDOMIZE) != 0)
            (void)execve("/proc/self/exe", arguments, environment);
    }
    const char *seed = getenv(POOLTRACE_PIN_SEED_VARIABLE);
    random_state = seed != NULL ? strtoull(seed, NULL, 10) : 0;
    pins_random = pooltrace_is_pinned("random");
    pooltrace_clocks_start();
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

long pooltrace_call(long number, long a, long b, long c, long d, long e, long f) {
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
    const long result = number == SYS_futex
        ? pooltrace_futex(words, __builtin_return_address(0), (void *const *)__builtin_frame_address(0))
        : pooltrace_call(number, words[0], words[1], words[2], words[3], words[4], words[5]);
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
