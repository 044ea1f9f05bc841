// What is made from the table of events: structs, numbers, and a description that programs and tests can walk.
#ifndef POOLTRACE_EVENTS_H
#define POOLTRACE_EVENTS_H

#include <stddef.h>
#include <stdint.h>

/// The version of the events and of the ring that holds them; readers refuse what is newer. 3: marks have a kind, and
/// what ran beside a failed task is numbers.
#define POOLTRACE_FORMAT_VERSION 3

/// No index: the task is not an element of a map.
#define POOLTRACE_NO_INDEX UINT64_MAX

enum pooltrace_mode { POOLTRACE_MODE_PARALLEL = 0, POOLTRACE_MODE_SERIAL = 1 };
enum pooltrace_pool_kind { POOLTRACE_POOL_THREADS = 1, POOLTRACE_POOL_PROCESSES = 2, POOLTRACE_POOL_TASKS = 3 };
enum pooltrace_outcome { POOLTRACE_SUCCEEDED = 1, POOLTRACE_FAILED = 2, POOLTRACE_CANCELLED = 3 };
/// What a mark is about.
enum pooltrace_mark_kind {
    /// The user's.
    POOLTRACE_MARK_USER = 1,
    /// In serial mode a thread goes on whose order nobody controls.
    POOLTRACE_MARK_UNCONTROLLED = 2,
    /// In serial mode nobody waited for the ready tasks, and a thread of PoolTrace's runs them.
    POOLTRACE_MARK_TAKEOVER = 3,
    /// The task is suspended, and nobody is left to resume it: its continuation is lost.
    POOLTRACE_MARK_LOST = 4,
    /// In serial mode the task blocks, and another thread goes on beside it.
    POOLTRACE_MARK_SPILLED = 5,
    /// The task runs for longer than its pool's limit.
    POOLTRACE_MARK_STALLED = 6,
    /// In serial mode the task waits, and nothing is left that could end that.
    POOLTRACE_MARK_DEADLOCK = 7,
    /// The tasks of a serial run took several threads, one at a time.
    POOLTRACE_MARK_THREADS = 8,
    /// In serial mode the task runs for long without a decision point.
    POOLTRACE_MARK_SPINNING = 9,
    /// In serial mode the task waits for long for something outside PoolTrace.
    POOLTRACE_MARK_BLOCKED = 10,
    /// The sleeps and timeouts of a serial run took as long as they say: the program has threads of its own.
    POOLTRACE_MARK_REAL_TIME = 11,
    /// The task has made an access that races with another task's, of whose failure that is a part.
    POOLTRACE_MARK_RACE = 12,
    /// There was no more room for the trace, since the disk or memory was full.
    POOLTRACE_MARK_NO_ROOM = 13,
    /// A bound was passed, and the ring was kept as a snapshot.
    POOLTRACE_MARK_SNAPSHOT = 14,
};

/// What a task says, by `CurrentTask`.
enum pooltrace_said {
    POOLTRACE_SAID_MARK = 1,
    POOLTRACE_SAID_VALUE = 2,
    POOLTRACE_SAID_SPAN_START = 3,
    POOLTRACE_SAID_SPAN_END = 4,
};

/// What one of the two accesses of a race does, as bits; else it is a plain read.
enum pooltrace_access {
    POOLTRACE_ACCESS_WRITE = 1,
    POOLTRACE_ACCESS_ATOMIC = 2,
    /// It is a use of a whole variable or collection of Swift's.
    POOLTRACE_ACCESS_VARIABLE = 4,
};

/// What a sample of a stack was taken of, and by what.
enum pooltrace_sample {
    /// On a processor, by the clock of a perf event.
    POOLTRACE_SAMPLE_PERF = 1,
    /// On a processor, by a timer of the thread's processor time, at the rate of the kernel's tick.
    POOLTRACE_SAMPLE_TIMER = 2,
    /// Blocked, by a thread that looks.
    POOLTRACE_SAMPLE_BLOCKED = 3,
};

typedef uint8_t pooltrace_u8;
typedef uint32_t pooltrace_u32;
typedef uint64_t pooltrace_u64;
typedef int32_t pooltrace_i32;
typedef double pooltrace_f64;

// struct pooltrace_<event>: what a recorder is handed. Not the layout on disk: that is packed, with the texts inline.
#define POOLTRACE_INTEGER(type, name) pooltrace_##type name;
#define POOLTRACE_FLOAT(name) pooltrace_f64 name;
#define POOLTRACE_STRING(name) const char *name;
#define POOLTRACE_SEQUENCE(name) \
    uint32_t name##_length;      \
    const uint64_t *name;
#define POOLTRACE_EVENT(name, kind, fields) \
    struct pooltrace_##name {               \
        fields                              \
    };
#include "pooltrace_events.def"
#undef POOLTRACE_INTEGER
#undef POOLTRACE_FLOAT
#undef POOLTRACE_STRING
#undef POOLTRACE_SEQUENCE
#undef POOLTRACE_EVENT

// POOLTRACE_EVENT_<name>: the event's number, and its id in the ring.
#define POOLTRACE_EVENT(name, kind, fields) POOLTRACE_EVENT_##name,
enum pooltrace_event_number {
#include "pooltrace_events.def"
    POOLTRACE_EVENT_COUNT
};
#undef POOLTRACE_EVENT

// POOLTRACE_FIELD_<event>_<field>: the field's place in its event's row of the table, from 0, and in the event's
// description. A row becomes a list, "event , field , field", of which POOLTRACE_FIELD_NEXT takes one field at a time:
// it cannot name itself, so it names itself in two steps, and each further scan of what it left takes the next. The
// scans are enough for more than 40 fields.
#define POOLTRACE_INTEGER(type, name) , name
#define POOLTRACE_FLOAT(name) , name
#define POOLTRACE_STRING(name) , name
#define POOLTRACE_SEQUENCE(name) , name
#define POOLTRACE_EVENT(name, kind, fields) enum { POOLTRACE_FIELD_EACH(name fields) };
#define POOLTRACE_FIELD_EACH(...) POOLTRACE_SCAN(POOLTRACE_FIELD_NEXT(__VA_ARGS__))
#define POOLTRACE_FIELD_NEXT(event, field, ...) \
    POOLTRACE_FIELD_##event##_##field, __VA_OPT__(POOLTRACE_FIELD_AGAIN POOLTRACE_PARENTHESES(event, __VA_ARGS__))
#define POOLTRACE_FIELD_AGAIN() POOLTRACE_FIELD_NEXT
#define POOLTRACE_PARENTHESES ()
#define POOLTRACE_SCAN(...) POOLTRACE_SCAN_8(POOLTRACE_SCAN_8(POOLTRACE_SCAN_8(__VA_ARGS__)))
#define POOLTRACE_SCAN_8(...) POOLTRACE_SCAN_4(POOLTRACE_SCAN_4(POOLTRACE_SCAN_4(__VA_ARGS__)))
#define POOLTRACE_SCAN_4(...) POOLTRACE_SCAN_2(POOLTRACE_SCAN_2(POOLTRACE_SCAN_2(__VA_ARGS__)))
#define POOLTRACE_SCAN_2(...) __VA_ARGS__
#include "pooltrace_events.def"
#undef POOLTRACE_INTEGER
#undef POOLTRACE_FLOAT
#undef POOLTRACE_STRING
#undef POOLTRACE_SEQUENCE
#undef POOLTRACE_EVENT

enum pooltrace_event_kind { POOLTRACE_ORDINARY, POOLTRACE_KEPT, POOLTRACE_DEFINITION };
enum pooltrace_field_kind {
    POOLTRACE_FIELD_INTEGER,
    POOLTRACE_FIELD_STRING,
    POOLTRACE_FIELD_SEQUENCE,
    POOLTRACE_FIELD_FLOAT
};

struct pooltrace_field_description {
    const char *name;
    enum pooltrace_field_kind kind;
    /// The width of a number, or of a sequence's elements; 0 for text.
    uint32_t bits;
    uint32_t is_signed;
};

struct pooltrace_event_description {
    const char *name;
    enum pooltrace_event_kind kind;
    uint32_t field_count;
    const struct pooltrace_field_description *fields;
    /// The event's fields in the ring's metadata: "uint64_t task; uint32_t worker; ".
    const char *metadata;
};

/// Describes the events, in the order of their numbers: POOLTRACE_EVENT_COUNT of them.
const struct pooltrace_event_description *pooltrace_event_descriptions(void);

#endif
