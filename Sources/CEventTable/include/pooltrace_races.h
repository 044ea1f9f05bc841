// Data races between the tasks of a serial run: between the engine, in the program, and the preloaded library that
// tells ThreadSanitizer which task is which.
#ifndef POOLTRACE_RACES_H
#define POOLTRACE_RACES_H

#include <stdbool.h>
#include <stdint.h>

enum { POOLTRACE_RACE_FRAMES = 64 };

/// One of the two accesses of a race.
struct pooltrace_race_access {
    /// The task; 0 for a thread that runs none, main among them.
    uint64_t task;
    /// Whether it was main, outside of every task.
    bool is_main;
    bool is_write;
    bool is_atomic;
    uint64_t address;
    uint32_t size;
    /// Return addresses, innermost first.
    uint32_t frame_count;
    uint64_t frames[POOLTRACE_RACE_FRAMES];
};

/// A race, as ThreadSanitizer has seen it: the later access first.
struct pooltrace_found_race {
    /// ThreadSanitizer's word for what it is: "data-race".
    char kind[48];
    struct pooltrace_race_access accesses[2];
    /// What lies there: "heap", "global", "stack" or empty, where it begins, and its size.
    char location[16];
    uint64_t location_start;
    uint64_t location_size;
    /// Where memory of the heap was allocated.
    uint32_t allocation_frame_count;
    uint64_t allocation_frames[POOLTRACE_RACE_FRAMES];
};

struct pooltrace_races {
    /// Runs `body` as a task, in a fiber of the sanitizer's: what it does is not ordered with what other tasks do,
    /// except by `release` and `acquire`, and by what the program itself does.
    ///
    /// It begins after what was released for `task`.
    void (*run)(uint64_t task, void (*body)(void *context), void *context);
    /// What the calling task has done up to here comes before what another one does after `acquire` of the same place:
    /// any address in memory that is not given back in between.
    void (*release)(const void *place);
    void (*acquire)(const void *place);
    /// The same for a number, such as a task's.
    void (*release_number)(uint64_t number);
    void (*acquire_number)(uint64_t number);
    /// What the calling thread does from here on is PoolTrace's; returns what it was, for `leave`. For code that the
    /// sanitizer does not see and thus does not know by itself.
    bool (*enter)(void);
    void (*leave)(bool was_own);
    /// The reverse: `body` is code of the program's.
    void (*run_program)(void (*body)(void *context), void *context);
    /// How many races have been found, and not taken.
    const uint32_t *found;
    /// The next of them; false if there is none, or another thread is taking one.
    bool (*take)(struct pooltrace_found_race *race);
};

/// Begins; NULL if the program is not one that ThreadSanitizer sees. Found by its name.
typedef const struct pooltrace_races *(*pooltrace_races_start_function)(void);
#define POOLTRACE_RACES_START "pooltrace_races_start"

#endif
