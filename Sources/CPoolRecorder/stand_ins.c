#define _GNU_SOURCE
#include "pooltrace_stand_ins.h"

#include <dlfcn.h>
#include <stddef.h>

/// Of the runtime that the program is linked with: a preloaded library may bring another one along.
extern void *swift_retain(void *object);

static _Thread_local bool starts_own_thread;

static bool starts_own(void) { return starts_own_thread; }

const struct pooltrace_virtual_clock *pooltrace_virtual_clock_take(bool (*sleep)(int64_t nanoseconds)) {
    const pooltrace_virtual_clock_start_function start =
        (pooltrace_virtual_clock_start_function)dlsym(RTLD_DEFAULT, POOLTRACE_VIRTUAL_CLOCK_START);
    return start == NULL ? NULL : start(sleep, starts_own);
}

const struct pooltrace_foreign_locks *pooltrace_foreign_locks_take(const struct pooltrace_turns *turns) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    // Its runtime stands in front of all locks, those of PoolTrace too, unless it looks for races between tasks.
    if (dlsym(RTLD_DEFAULT, POOLTRACE_RACES_START) == NULL) return NULL;
#endif
#endif
    const pooltrace_foreign_locks_start_function start =
        (pooltrace_foreign_locks_start_function)dlsym(RTLD_DEFAULT, POOLTRACE_FOREIGN_LOCKS_START);
    return start == NULL ? NULL : start(turns, (const void *)swift_retain);
}

const struct pooltrace_races *pooltrace_races_take(void) {
    const pooltrace_races_start_function start =
        (pooltrace_races_start_function)dlsym(RTLD_DEFAULT, POOLTRACE_RACES_START);
    return start == NULL ? NULL : start();
}

void pooltrace_starts_own_thread(bool starts) { starts_own_thread = starts; }
