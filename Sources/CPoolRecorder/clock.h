// The clock's calibration. The frequency is found by comparing the counter with CLOCK_MONOTONIC over a span that only
// grows: once at the start (provisional), again after 10 ms, and after each tenfold of that, up to 10 s. All of it is
// off the hot path, under the ring's lock.
#ifndef POOLTRACE_CLOCK_PRIVATE_H
#define POOLTRACE_CLOCK_PRIVATE_H

#include "pooltrace_clock.h"

#define POOLTRACE_CLOCK_PROVISIONAL_SPAN 100000u
#define POOLTRACE_CLOCK_LEAST_SPAN 10000000u
#define POOLTRACE_CLOCK_LONGEST_SPAN 10000000000u

void pooltrace_clock_begin(bool monotonic);

/// True if a calibration at this stamp would be over a much longer span than the last one.
bool pooltrace_clock_is_due(uint64_t stamp);

/// Calibrates; true if the frequency is now better known.
bool pooltrace_clock_calibrate(void);

#endif
