// pooltrace_record_<event>(stamp, fields in the table's order), for every event of the table.
//
// Ordinary events of integers alone are written inline, here: a store of each field and two of the packet's header. The rest (texts,
// kept events, and everything while LTTng listens) goes through pooltrace_record_any_<event>, in record.c.
//
// A caller may share one stamp between events, and may hand in a stamp taken a little earlier: the writer raises it to the last of its
// stream. Kept events and definitions bear a stamp of their own, taken under the lock of their stream.
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
    /// Where the next event goes, and where the packet ends: both null before the thread's first event.
    uint8_t *cursor;
    uint8_t *end;
    struct pooltrace_packet *packet;
    /// The stamp of the last event.
    uint64_t last;
    /// The stream's events so far, in all packets.
    uint64_t events;
    struct pooltrace_stream *stream;
};

extern _Thread_local struct pooltrace_writer pooltrace_this_writer __attribute__((tls_model("initial-exec")));

/// Makes room for an event of `size` bytes: a first packet, or the next one. Null: the event was counted as discarded.
uint8_t *pooltrace_ring_make_room(uint32_t size);

/// The place of the next event of `size` bytes in this thread's packet, or null.
static inline uint8_t *pooltrace_ring_place(uint32_t size) {
    struct pooltrace_writer *writer = &pooltrace_this_writer;
    if (__builtin_expect((size_t)(writer->end - writer->cursor) < size, 0)) return pooltrace_ring_make_room(size);
    return writer->cursor;
}

/// Publishes the event just copied to the place. A thread that dies between the two stores leaves a packet that ends later than its
/// last event: valid. A reader that reads content_size first and timestamp_end second sees an end that is not before its last event.
static inline void pooltrace_ring_publish(uint64_t stamp, uint32_t size) {
    struct pooltrace_writer *writer = &pooltrace_this_writer;
    writer->last = stamp;
    writer->cursor += size;
    writer->events += 1;
    __atomic_store_n(&writer->packet->timestamp_end, stamp, __ATOMIC_RELEASE);
    __atomic_store_n(
        &writer->packet->content_size, (uint64_t)(writer->cursor - (uint8_t *)writer->packet) * 8, __ATOMIC_RELEASE);
}

// A table's row as a list of tuples, (INTEGER, u64, task)(STRING, , text), which POOLTRACE_EACH walks: POOLTRACE_EACH(X, fields) gives
// X_INTEGER(u64, task) X_STRING(, text). The two macros X_A and X_B take turns, so that neither meets itself while it is expanded.
#define POOLTRACE_EACH(X, fields) POOLTRACE_EACH_END(X##_A fields)
#define POOLTRACE_EACH_END(...) POOLTRACE_EACH_JOIN(__VA_ARGS__)
// Pastes to the last token, which is X_A or X_B.
#define POOLTRACE_EACH_JOIN(...) __VA_ARGS__##_END
#define POOLTRACE_INTEGER(type, name) (INTEGER, type, name)
#define POOLTRACE_STRING(name) (STRING, , name)
#define POOLTRACE_SEQUENCE(name) (SEQUENCE, , name)

#define POOLTRACE_PARAMETER_A(kind, type, name) POOLTRACE_PARAMETER_##kind(type, name) POOLTRACE_PARAMETER_B
#define POOLTRACE_PARAMETER_B(kind, type, name) POOLTRACE_PARAMETER_##kind(type, name) POOLTRACE_PARAMETER_A
#define POOLTRACE_PARAMETER_A_END
#define POOLTRACE_PARAMETER_B_END
#define POOLTRACE_PARAMETER_INTEGER(type, name) , pooltrace_##type name
#define POOLTRACE_PARAMETER_STRING(type, name) , const char *name
#define POOLTRACE_PARAMETER_SEQUENCE(type, name) , uint32_t name##_length, const uint64_t *name

#define POOLTRACE_ARGUMENT_A(kind, type, name) POOLTRACE_ARGUMENT_##kind(name) POOLTRACE_ARGUMENT_B
#define POOLTRACE_ARGUMENT_B(kind, type, name) POOLTRACE_ARGUMENT_##kind(name) POOLTRACE_ARGUMENT_A
#define POOLTRACE_ARGUMENT_A_END
#define POOLTRACE_ARGUMENT_B_END
#define POOLTRACE_ARGUMENT_INTEGER(name) , name
#define POOLTRACE_ARGUMENT_STRING(name) , name
#define POOLTRACE_ARGUMENT_SEQUENCE(name) , name##_length, name

// The size of a row of integers, and whether it is one: constants.
#define POOLTRACE_SIZE_A(kind, type, name) POOLTRACE_SIZE_##kind(type) POOLTRACE_SIZE_B
#define POOLTRACE_SIZE_B(kind, type, name) POOLTRACE_SIZE_##kind(type) POOLTRACE_SIZE_A
#define POOLTRACE_SIZE_A_END
#define POOLTRACE_SIZE_B_END
#define POOLTRACE_SIZE_INTEGER(type) + sizeof(pooltrace_##type)
#define POOLTRACE_SIZE_STRING(type)
#define POOLTRACE_SIZE_SEQUENCE(type)

#define POOLTRACE_PLAIN_A(kind, type, name) POOLTRACE_PLAIN_##kind POOLTRACE_PLAIN_B
#define POOLTRACE_PLAIN_B(kind, type, name) POOLTRACE_PLAIN_##kind POOLTRACE_PLAIN_A
#define POOLTRACE_PLAIN_A_END
#define POOLTRACE_PLAIN_B_END
#define POOLTRACE_PLAIN_INTEGER &&1
#define POOLTRACE_PLAIN_STRING &&0
#define POOLTRACE_PLAIN_SEQUENCE &&0

#define POOLTRACE_STORE_A(kind, type, name) POOLTRACE_STORE_##kind(name) POOLTRACE_STORE_B
#define POOLTRACE_STORE_B(kind, type, name) POOLTRACE_STORE_##kind(name) POOLTRACE_STORE_A
#define POOLTRACE_STORE_A_END
#define POOLTRACE_STORE_B_END
#define POOLTRACE_STORE_INTEGER(name)              \
    __builtin_memcpy(its_at, &name, sizeof(name)); \
    its_at += sizeof(name);
#define POOLTRACE_STORE_STRING(name)
#define POOLTRACE_STORE_SEQUENCE(name)

// The locals are "its" to keep clear of the fields' names.
#define POOLTRACE_EVENT(event, kind, fields)                                                                    \
    void pooltrace_record_any_##event(uint64_t stamp POOLTRACE_EACH(POOLTRACE_PARAMETER, fields));              \
    static inline void pooltrace_record_##event(uint64_t stamp POOLTRACE_EACH(POOLTRACE_PARAMETER, fields)) {   \
        const uint32_t its_sinks = __atomic_load_n(&pooltrace_sinks, __ATOMIC_RELAXED);                         \
        const bool its_plain = POOLTRACE_##kind == POOLTRACE_ORDINARY POOLTRACE_EACH(POOLTRACE_PLAIN, fields);  \
        if (!its_plain || __builtin_expect(its_sinks != POOLTRACE_SINK_RING, 0)) {                              \
            if (its_sinks != 0) pooltrace_record_any_##event(stamp POOLTRACE_EACH(POOLTRACE_ARGUMENT, fields)); \
            return;                                                                                             \
        }                                                                                                       \
        const uint32_t its_size = POOLTRACE_EVENT_HEADER_SIZE POOLTRACE_EACH(POOLTRACE_SIZE, fields);           \
        uint8_t *its_at = pooltrace_ring_place(its_size);                                                       \
        if (__builtin_expect(its_at == NULL, 0)) return;                                                        \
        if (stamp < pooltrace_this_writer.last) stamp = pooltrace_this_writer.last;                             \
        const uint16_t its_number = POOLTRACE_EVENT_##event;                                                    \
        __builtin_memcpy(its_at, &stamp, sizeof stamp);                                                         \
        __builtin_memcpy(its_at + sizeof stamp, &its_number, sizeof its_number);                                \
        its_at += POOLTRACE_EVENT_HEADER_SIZE;                                                                  \
        POOLTRACE_EACH(POOLTRACE_STORE, fields)                                                                 \
        pooltrace_ring_publish(stamp, its_size);                                                                \
    }
#include "pooltrace_events.def"
#undef POOLTRACE_EVENT
#undef POOLTRACE_INTEGER
#undef POOLTRACE_STRING
#undef POOLTRACE_SEQUENCE

#endif
