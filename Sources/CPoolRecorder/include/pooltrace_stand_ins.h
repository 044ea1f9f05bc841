// What the preloaded library that takes the place of the program's clocks and locks has for the engine.
#ifndef POOLTRACE_STAND_INS_H
#define POOLTRACE_STAND_INS_H

#include <stdbool.h>
#include <stdint.h>

#include "pooltrace_foreign_locks.h"
#include "pooltrace_races.h"
#include "pooltrace_virtual_clock.h"

/// Starts the virtual clock of the preloaded library; NULL if there is none, or it is not wanted.
const struct pooltrace_virtual_clock *pooltrace_virtual_clock_take(bool (*sleep)(int64_t nanoseconds));

/// Has the program's locks go by turns; NULL if there is no such library.
const struct pooltrace_foreign_locks *pooltrace_foreign_locks_take(const struct pooltrace_turns *turns);

/// Begins to look for races between tasks; NULL if that is not wanted.
const struct pooltrace_races *pooltrace_races_take(void);

/// Says whether the calling thread is about to start a thread of PoolTrace's.
void pooltrace_starts_own_thread(bool starts);

#endif
