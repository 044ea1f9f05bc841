// The clock of the ring: the raw cycle counter where it is invariant, else CLOCK_MONOTONIC in nanoseconds.
#ifndef POOLTRACE_CLOCK_H
#define POOLTRACE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/// Set before the first stamp is taken, never changed after it.
extern bool pooltrace_clock_counts_cycles;

uint64_t pooltrace_clock_monotonic(void);

/// A raw stamp. The counter is not ordered with a hand-over between threads: a start may bear an earlier stamp than its
/// submit.
static inline uint64_t pooltrace_clock_now(void) {
#if defined(__x86_64__)
    if (__builtin_expect(pooltrace_clock_counts_cycles, 1)) return __builtin_ia32_rdtsc();
#endif
    return pooltrace_clock_monotonic();
}

/// Nanoseconds between two stamps; 0 if `to` is the earlier one.
uint64_t pooltrace_clock_nanoseconds(uint64_t from, uint64_t to);

/// Nanoseconds from the start of the process (as the library was loaded) to a stamp.
uint64_t pooltrace_clock_since_start(uint64_t stamp);

/// What is known of the clock: its frequency, and how far off that may be, in parts per million of the monotonic
/// clock's.
struct pooltrace_clock_state {
    uint64_t frequency;
    double error_ppm;
    /// Cycles from the Unix epoch to the counter's zero.
    uint64_t epoch_offset;
};

struct pooltrace_clock_state pooltrace_clock_state(void);

#endif
