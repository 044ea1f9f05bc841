// What tasks said last on this thread, for the report of one that fails.
#ifndef POOLTRACE_SAID_H
#define POOLTRACE_SAID_H

#include <stdint.h>

/// A report has no more.
#define POOLTRACE_SAID_MOST 4

struct pooltrace_said_note {
    uint64_t task;
    uint64_t stamp;
    double value;
    /// The number of the name, with enum pooltrace_said above its 32 bits.
    uint64_t what;
};

/// The note number `count`, from 0, is at `count % POOLTRACE_SAID_MOST`: the older ones are gone.
struct pooltrace_said_notes {
    struct pooltrace_said_note notes[POOLTRACE_SAID_MOST];
    uint64_t count;
};

extern _Thread_local struct pooltrace_said_notes pooltrace_this_said __attribute__((tls_model("initial-exec")));

static inline void pooltrace_said_note(uint64_t task, uint64_t stamp, uint32_t kind, uint32_t name, double value) {
    struct pooltrace_said_notes *said = &pooltrace_this_said;
    said->notes[said->count++ % POOLTRACE_SAID_MOST] =
        (struct pooltrace_said_note){task, stamp, value, (uint64_t)kind << 32 | name};
}

/// Copies what a task has said on this thread since a stamp, earliest first; how much that is.
static inline uint32_t pooltrace_said_by(uint64_t task, uint64_t since, struct pooltrace_said_note *found) {
    const struct pooltrace_said_notes *said = &pooltrace_this_said;
    uint32_t length = 0;
    const uint64_t first = said->count > POOLTRACE_SAID_MOST ? said->count - POOLTRACE_SAID_MOST : 0;
    for (uint64_t place = first; place < said->count; place++) {
        const struct pooltrace_said_note *note = &said->notes[place % POOLTRACE_SAID_MOST];
        if (note->task == task && note->stamp >= since) found[length++] = *note;
    }
    return length;
}

#endif
