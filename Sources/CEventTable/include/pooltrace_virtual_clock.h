// The time of a serial run, as the program's clocks show it: between the engine, in the program, and the preloaded
// library that takes the clocks' place.
#ifndef POOLTRACE_VIRTUAL_CLOCK_H
#define POOLTRACE_VIRTUAL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct pooltrace_virtual_clock {
    /// How many nanoseconds have passed since the start.
    int64_t (*passed)(void);
    /// Lets time pass.
    void (*pass)(int64_t nanoseconds);
    /// Whether a thread exists that PoolTrace has not made: then the time passes as it really does.
    bool (*is_real)(void);
};

/// Has the program's clocks show a time that passes with what the program does, from now on.
///
/// - sleep: Sleeps for so many nanoseconds of that clock, on the calling thread; false if that has to sleep really.
/// - is_own: Whether the calling thread is about to start a thread of PoolTrace's.
///
/// NULL if that is not wanted. Found by its name.
typedef const struct pooltrace_virtual_clock *(*pooltrace_virtual_clock_start_function)(
    bool (*sleep)(int64_t nanoseconds), bool (*is_own)(void));
#define POOLTRACE_VIRTUAL_CLOCK_START "pooltrace_virtual_clock_start"

#endif
