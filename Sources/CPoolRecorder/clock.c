#include "clock.h"

#include "pooltrace_real_calls.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

bool pooltrace_clock_counts_cycles;

/// The two clocks at one moment, with how far apart the two readings may be.
struct anchor {
    uint64_t stamp;
    uint64_t monotonic;
    uint64_t spread;
};

static struct anchor start;
static uint64_t start_realtime;
/// Nanoseconds a stamp's unit, times 2^32. Read by any thread, written under the ring's lock.
static uint64_t scale = 1ull << 32;
static uint64_t frequency = 1000000000;
static double error_ppm;
/// The span of the best calibration so far, in nanoseconds.
static uint64_t calibrated_span;

static uint64_t read_clock(clockid_t clock) { return (uint64_t)pooltrace_kernel_clock(clock); }

uint64_t pooltrace_clock_monotonic(void) { return read_clock(CLOCK_MONOTONIC); }

/// The tightest of some readings: one that an interrupt hit is wide and loses.
static struct anchor take_anchor(void) {
    struct anchor best = {0, 0, UINT64_MAX};
    for (int attempt = 0; attempt < 8; attempt++) {
        const uint64_t before = pooltrace_clock_now();
        const uint64_t monotonic = read_clock(CLOCK_MONOTONIC);
        const uint64_t after = pooltrace_clock_now();
        if (after - before < best.spread)
            best = (struct anchor){before + (after - before) / 2, monotonic, after - before};
    }
    return best;
}

static bool counter_is_invariant(void) {
#if defined(__x86_64__)
    unsigned a, b, c, d;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1u << 8)) != 0;
#else
    return false;
#endif
}

/// False where the kernel itself has found the counter wanting (on machines whose processors disagree, for instance).
static bool kernel_trusts_counter(void) {
    char name[32] = "";
    const int file = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;
    const ssize_t size = read(file, name, sizeof name - 1);
    close(file);
    if (size <= 0) return true;
    const char *const trusted[] = {"tsc", "kvm-clock", "hyperv_clocksource_tsc_page"};
    for (size_t i = 0; i < sizeof trusted / sizeof trusted[0]; i++) {
        if (strncmp(name, trusted[i], strlen(trusted[i])) == 0) return true;
    }
    return false;
}

static void take_start(void) {
    start = take_anchor();
    start_realtime = read_clock(CLOCK_REALTIME) - (read_clock(CLOCK_MONOTONIC) - start.monotonic);
}

// As early as possible, so that the first calibration has a span by the time the recorder starts.
__attribute__((constructor)) static void pooltrace_clock_load(void) {
    pooltrace_clock_counts_cycles = counter_is_invariant();
    take_start();
}

/// Compares the two clocks over the span since the start.
static bool calibrate(uint64_t least_span) {
    if (!pooltrace_clock_counts_cycles) return false;
    const struct anchor now = take_anchor();
    if (now.monotonic < start.monotonic + least_span || now.stamp <= start.stamp) return false;
    const double span = (double)(now.monotonic - start.monotonic);
    const double cycles = (double)(now.stamp - start.stamp);
    // Each reading lies anywhere within its spread.
    const double error = (double)(now.spread + start.spread) / 2 / cycles * 1e6;
    if (calibrated_span != 0 && error >= error_ppm) return false;
    frequency = (uint64_t)(cycles / span * 1e9 + 0.5);
    error_ppm = error;
    calibrated_span = now.monotonic - start.monotonic;
    __atomic_store_n(&scale, (uint64_t)(span / cycles * 4294967296.0 + 0.5), __ATOMIC_RELAXED);
    return true;
}

void pooltrace_clock_begin(bool monotonic) {
    const bool counts = !monotonic && pooltrace_clock_counts_cycles && kernel_trusts_counter();
    if (counts != pooltrace_clock_counts_cycles) {
        pooltrace_clock_counts_cycles = counts;
        take_start();
    }
    // A provisional frequency, good to some hundred parts per million: over the 10 ms that it is used for that is 3 us.
    while (pooltrace_clock_counts_cycles && !calibrate(POOLTRACE_CLOCK_PROVISIONAL_SPAN)) {
    }
}

bool pooltrace_clock_is_due(uint64_t stamp) {
    if (!pooltrace_clock_counts_cycles || calibrated_span >= POOLTRACE_CLOCK_LONGEST_SPAN) return false;
    const uint64_t span = pooltrace_clock_since_start(stamp);
    return span >= POOLTRACE_CLOCK_LEAST_SPAN && span / 10 >= calibrated_span;
}

bool pooltrace_clock_calibrate(void) { return calibrate(POOLTRACE_CLOCK_LEAST_SPAN); }

struct pooltrace_clock_state pooltrace_clock_state(void) {
    const unsigned __int128 epoch = (unsigned __int128)start_realtime * frequency / 1000000000u;
    return (struct pooltrace_clock_state){
        .frequency = frequency, .error_ppm = error_ppm, .epoch_offset = (uint64_t)epoch - start.stamp};
}

uint64_t pooltrace_clock_nanoseconds(uint64_t from, uint64_t to) {
    if (to <= from) return 0;
    return (uint64_t)((unsigned __int128)(to - from) * __atomic_load_n(&scale, __ATOMIC_RELAXED) >> 32);
}

uint64_t pooltrace_clock_since_start(uint64_t stamp) { return pooltrace_clock_nanoseconds(start.stamp, stamp); }
