// pooltrace_record_<event>(stamp, fields in the table's order), for every event of the table.
//
// Ordinary events of numbers alone are written inline, here: a store of a compact header (or of an extended one, behind
// the numbers that have a compact one), one of each field, and two of the packet's header. The rest (texts, kept
// events, everything while LTTng listens, the first event of a packet, one that comes 2^27 ticks after the last or
// before it) goes through pooltrace_record_any_<event>, in record.c, with an extended header.
//
// A caller may share one stamp between events, and may hand in a stamp taken a little earlier: the writer raises it to
// the last of its stream. Kept events and definitions bear a stamp of their own, taken under the lock of their stream.
#ifndef POOLTRACE_RECORD_H
#define POOLTRACE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pooltrace_events.h"
#include "pooltrace_ring.h"

enum pooltrace_sink { POOLTRACE_SINK_RING = 1, POOLTRACE_SINK_LTTNG = 2 };

/// Where events go: a mask of enum pooltrace_sink; 0: recording is off.
extern uint32_t pooltrace_sinks;

/// True if any event goes anywhere: one load and a branch.
static inline bool pooltrace_is_recording(void) {
    return __builtin_expect(__atomic_load_n(&pooltrace_sinks, __ATOMIC_RELAXED) != 0, 1);
}

/// This thread's place in its stream. Only its thread touches it.
struct pooltrace_writer {
    /// Where the next event goes: null before the thread's first event. Its offset in the packet is the packet's
    /// content_size, but what lies in a file others may change.
    uint8_t *cursor;
    /// No event is written inline from here on: what is left of the packet may be less than POOLTRACE_INLINE_LONGEST.
    uint8_t *limit;
    /// Its timestamp_end is the stamp of the last event.
    struct pooltrace_packet *packet;
    /// The stream's events so far, in all packets.
    uint64_t events;
    struct pooltrace_stream *stream;
};

extern _Thread_local struct pooltrace_writer pooltrace_this_writer __attribute__((tls_model("initial-exec")));

/// How far ahead of its cursor a writer asks for memory: a ring is larger than the caches near the processor.
/// Without, each page that it comes to costs a walk of the page table: half a nanosecond an event.
#define POOLTRACE_PREFETCH 512

/// No event, or pair of events, that is written inline is longer.
#define POOLTRACE_INLINE_LONGEST 64

/// The header of a compact event.
static inline uint32_t pooltrace_compact_header(uint64_t stamp, uint32_t number) {
    return (uint32_t)(stamp << POOLTRACE_EVENT_NUMBER_BITS) | number;
}

static inline uint8_t *pooltrace_write_compact(uint8_t *at, uint64_t stamp, uint32_t number) {
    const uint32_t header = pooltrace_compact_header(stamp, number);
    __builtin_memcpy(at, &header, sizeof header);
    return at + sizeof header;
}

/// The header of an event whose number, or stamp, is too large for a compact one.
static inline uint8_t *pooltrace_write_extended(uint8_t *at, uint64_t stamp, uint32_t number) {
    const uint16_t short_number = (uint16_t)number;
    *at = POOLTRACE_EVENT_EXTENDED;
    __builtin_memcpy(at + 1, &short_number, sizeof short_number);
    __builtin_memcpy(at + 3, &stamp, sizeof stamp);
    return at + POOLTRACE_EVENT_EXTENDED_SIZE;
}

/// Publishes the events just copied, up to `cursor`. A thread that dies between the two stores leaves a packet that
/// ends later than its last event: valid. A reader that reads content_size first and timestamp_end second sees an end
/// that is not before its last event.
static inline void pooltrace_ring_publish(uint64_t stamp, uint8_t *cursor, uint64_t events) {
    struct pooltrace_writer *writer = &pooltrace_this_writer;
    struct pooltrace_packet *packet = writer->packet;
    __builtin_prefetch(cursor + POOLTRACE_PREFETCH, 1);
    writer->cursor = cursor;
    writer->events += events;
    __atomic_store_n(&packet->timestamp_end, stamp, __ATOMIC_RELEASE);
    __atomic_store_n(&packet->content_size, (uint64_t)(cursor - (uint8_t *)packet) * 8, __ATOMIC_RELEASE);
}

// A table's row as a list of tuples, (INTEGER, u64, task)(STRING, , text), which POOLTRACE_EACH walks:
// POOLTRACE_EACH(X, fields) gives X_INTEGER(u64, task) X_STRING(, text). The two macros X_A and X_B take turns, so that
// neither meets itself while it is expanded.
#define POOLTRACE_EACH(X, fields) POOLTRACE_EACH_END(X##_A fields)
#define POOLTRACE_EACH_END(...) POOLTRACE_EACH_JOIN(__VA_ARGS__)
// Pastes to the last token, which is X_A or X_B.
#define POOLTRACE_EACH_JOIN(...) __VA_ARGS__##_END
#define POOLTRACE_INTEGER(type, name) (INTEGER, type, name)
#define POOLTRACE_FLOAT(name) (FLOAT, f64, name)
#define POOLTRACE_STRING(name) (STRING, , name)
#define POOLTRACE_SEQUENCE(name) (SEQUENCE, , name)

#define POOLTRACE_PARAMETER_A(kind, type, name) POOLTRACE_PARAMETER_##kind(type, name) POOLTRACE_PARAMETER_B
#define POOLTRACE_PARAMETER_B(kind, type, name) POOLTRACE_PARAMETER_##kind(type, name) POOLTRACE_PARAMETER_A
#define POOLTRACE_PARAMETER_A_END
#define POOLTRACE_PARAMETER_B_END
#define POOLTRACE_PARAMETER_INTEGER(type, name) , pooltrace_##type name
#define POOLTRACE_PARAMETER_FLOAT(type, name) , pooltrace_##type name
#define POOLTRACE_PARAMETER_STRING(type, name) , const char *name
#define POOLTRACE_PARAMETER_SEQUENCE(type, name) , uint32_t name##_length, const uint64_t *name

#define POOLTRACE_ARGUMENT_A(kind, type, name) POOLTRACE_ARGUMENT_##kind(name) POOLTRACE_ARGUMENT_B
#define POOLTRACE_ARGUMENT_B(kind, type, name) POOLTRACE_ARGUMENT_##kind(name) POOLTRACE_ARGUMENT_A
#define POOLTRACE_ARGUMENT_A_END
#define POOLTRACE_ARGUMENT_B_END
#define POOLTRACE_ARGUMENT_INTEGER(name) , name
#define POOLTRACE_ARGUMENT_FLOAT(name) , name
#define POOLTRACE_ARGUMENT_STRING(name) , name
#define POOLTRACE_ARGUMENT_SEQUENCE(name) , name##_length, name

// The size of a row of numbers, and whether it is one: constants.
#define POOLTRACE_SIZE_A(kind, type, name) POOLTRACE_SIZE_##kind(type) POOLTRACE_SIZE_B
#define POOLTRACE_SIZE_B(kind, type, name) POOLTRACE_SIZE_##kind(type) POOLTRACE_SIZE_A
#define POOLTRACE_SIZE_A_END
#define POOLTRACE_SIZE_B_END
#define POOLTRACE_SIZE_INTEGER(type) +sizeof(pooltrace_##type)
#define POOLTRACE_SIZE_FLOAT(type) +sizeof(pooltrace_##type)
#define POOLTRACE_SIZE_STRING(type)
#define POOLTRACE_SIZE_SEQUENCE(type)

#define POOLTRACE_PLAIN_A(kind, type, name) POOLTRACE_PLAIN_##kind POOLTRACE_PLAIN_B
#define POOLTRACE_PLAIN_B(kind, type, name) POOLTRACE_PLAIN_##kind POOLTRACE_PLAIN_A
#define POOLTRACE_PLAIN_A_END
#define POOLTRACE_PLAIN_B_END
#define POOLTRACE_PLAIN_INTEGER &&1
#define POOLTRACE_PLAIN_FLOAT &&1
#define POOLTRACE_PLAIN_STRING &&0
#define POOLTRACE_PLAIN_SEQUENCE &&0

#define POOLTRACE_STORE_A(kind, type, name) POOLTRACE_STORE_##kind(name) POOLTRACE_STORE_B
#define POOLTRACE_STORE_B(kind, type, name) POOLTRACE_STORE_##kind(name) POOLTRACE_STORE_A
#define POOLTRACE_STORE_A_END
#define POOLTRACE_STORE_B_END
#define POOLTRACE_STORE_INTEGER(name)              \
    __builtin_memcpy(its_at, &name, sizeof(name)); \
    its_at += sizeof(name);
#define POOLTRACE_STORE_FLOAT(name) POOLTRACE_STORE_INTEGER(name)
#define POOLTRACE_STORE_STRING(name)
#define POOLTRACE_STORE_SEQUENCE(name)

// The locals are "its" to keep clear of the fields' names. A stamp before the last one makes a difference beyond 2^27
// as well.
#define POOLTRACE_EVENT(event, kind, fields)                                                                      \
    void pooltrace_record_any_##event(uint64_t stamp POOLTRACE_EACH(POOLTRACE_PARAMETER, fields));                \
    static inline void pooltrace_record_##event(uint64_t stamp POOLTRACE_EACH(POOLTRACE_PARAMETER, fields)) {     \
        const uint32_t its_sinks = __atomic_load_n(&pooltrace_sinks, __ATOMIC_RELAXED);                           \
        enum {                                                                                                    \
            its_plain = POOLTRACE_##kind == POOLTRACE_ORDINARY POOLTRACE_EACH(POOLTRACE_PLAIN, fields),           \
            its_compact = POOLTRACE_EVENT_##event < POOLTRACE_EVENT_EXTENDED                                      \
        };                                                                                                        \
        enum { its_size = POOLTRACE_EVENT_EXTENDED_SIZE POOLTRACE_EACH(POOLTRACE_SIZE, fields) };                 \
        _Static_assert(                                                                                           \
            !its_plain || its_size <= POOLTRACE_INLINE_LONGEST, #event " is too long to be written inline");      \
        const struct pooltrace_writer *its_writer = &pooltrace_this_writer;                                       \
        uint8_t *its_at = its_writer->cursor;                                                                     \
        if (!its_plain || __builtin_expect(its_sinks != POOLTRACE_SINK_RING, 0) ||                                \
            __builtin_expect(its_at >= its_writer->limit, 0) ||                                                   \
            __builtin_expect(stamp - its_writer->packet->timestamp_end >= 1u << POOLTRACE_EVENT_STAMP_BITS, 0)) { \
            pooltrace_record_any_##event(stamp POOLTRACE_EACH(POOLTRACE_ARGUMENT, fields));                       \
            return;                                                                                               \
        }                                                                                                         \
        its_at = its_compact ? pooltrace_write_compact(its_at, stamp, POOLTRACE_EVENT_##event)                    \
                             : pooltrace_write_extended(its_at, stamp, POOLTRACE_EVENT_##event);                  \
        POOLTRACE_EACH(POOLTRACE_STORE, fields)                                                                   \
        pooltrace_ring_publish(stamp, its_at, 1);                                                                 \
    }
#include "pooltrace_events.def"
#undef POOLTRACE_EVENT
#undef POOLTRACE_INTEGER
#undef POOLTRACE_FLOAT
#undef POOLTRACE_STRING
#undef POOLTRACE_SEQUENCE

#endif
