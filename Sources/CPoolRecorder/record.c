// The events that are not written inline: those with texts or sequences, kept ones, all of them while LTTng listens,
// and any that needs the next packet or a whole stamp. Their headers are extended ones.
#include <string.h>

#include "lttng_host.h"
#include "pooltrace_record.h"
#include "ring.h"
#include "text.h"

uint32_t pooltrace_sinks;

#define POOLTRACE_INTEGER(type, name) (INTEGER, type, name)
#define POOLTRACE_FLOAT(name) (FLOAT, f64, name)
#define POOLTRACE_STRING(name) (STRING, , name)
#define POOLTRACE_SEQUENCE(name) (SEQUENCE, , name)

// At its longest: texts with their NUL.
#define MOST_A(kind, type, name) MOST_##kind(type, name) MOST_B
#define MOST_B(kind, type, name) MOST_##kind(type, name) MOST_A
#define MOST_A_END
#define MOST_B_END
#define MOST_INTEGER(type, name) +sizeof(pooltrace_##type)
#define MOST_FLOAT(type, name) MOST_INTEGER(type, name)
#define MOST_STRING(type, name) +POOLTRACE_LIMIT_##name + 1
#define MOST_SEQUENCE(type, name) +sizeof(uint32_t) + sizeof(uint64_t) * POOLTRACE_LIMIT_##name
#define POOLTRACE_EVENT(event, kind, fields)                                                              \
    _Static_assert(POOLTRACE_EVENT_EXTENDED_SIZE POOLTRACE_EACH(MOST, fields) <= POOLTRACE_EVENT_LONGEST, \
        "the texts of " #event " may be longer than a quarter of a packet");
#include "pooltrace_events.def"
#undef POOLTRACE_EVENT

// The parameters become what is recorded: cut. The buffers are on the stack, at most 16 KiB, and untouched unless
// something is cut.
#define CUT_A(kind, type, name) CUT_##kind(name) CUT_B
#define CUT_B(kind, type, name) CUT_##kind(name) CUT_A
#define CUT_A_END
#define CUT_B_END
#define CUT_INTEGER(name)
#define CUT_FLOAT(name)
#define CUT_STRING(name)                         \
    char cut_##name[POOLTRACE_LIMIT_##name + 1]; \
    name = pooltrace_text_cut(name, POOLTRACE_LIMIT_##name, cut_##name);
#define CUT_SEQUENCE(name) \
    if (name##_length > POOLTRACE_LIMIT_##name) name##_length = POOLTRACE_LIMIT_##name;

#define LENGTH_A(kind, type, name) LENGTH_##kind(name) LENGTH_B
#define LENGTH_B(kind, type, name) LENGTH_##kind(name) LENGTH_A
#define LENGTH_A_END
#define LENGTH_B_END
#define LENGTH_INTEGER(name) +sizeof(name)
#define LENGTH_FLOAT(name) +sizeof(name)
#define LENGTH_STRING(name) +strlen(name) + 1
#define LENGTH_SEQUENCE(name) +sizeof(uint32_t) + sizeof(uint64_t) * name##_length

#define WRITE_A(kind, type, name) WRITE_##kind(name) WRITE_B
#define WRITE_B(kind, type, name) WRITE_##kind(name) WRITE_A
#define WRITE_A_END
#define WRITE_B_END
#define WRITE_INTEGER(name) its_at = write_bytes(its_at, &name, sizeof(name));
#define WRITE_FLOAT(name) WRITE_INTEGER(name)
#define WRITE_STRING(name) its_at = write_bytes(its_at, name, strlen(name) + 1);
#define WRITE_SEQUENCE(name)                                        \
    its_at = write_bytes(its_at, &name##_length, sizeof(uint32_t)); \
    its_at = write_bytes(its_at, name, sizeof(uint64_t) * name##_length);

#define GIVE_A(kind, type, name) GIVE_##kind(name) GIVE_B
#define GIVE_B(kind, type, name) GIVE_##kind(name) GIVE_A
#define GIVE_A_END
#define GIVE_B_END
#define GIVE_INTEGER(name) .name = name,
#define GIVE_FLOAT(name) .name = name,
#define GIVE_STRING(name) .name = name,
#define GIVE_SEQUENCE(name) .name##_length = name##_length, .name = name,

static inline uint8_t *write_bytes(uint8_t *at, const void *bytes, size_t size) {
    if (size > 0) memcpy(at, bytes, size);
    return at + size;
}

// Definitions go to the kept stream even where LTTng alone records: it is where a late session's are taken from. (A
// text that another thread changes meanwhile would be measured and copied differently: the caller must not.)
#define POOLTRACE_EVENT(event, kind, fields)                                                                        \
    void pooltrace_record_any_##event(uint64_t stamp POOLTRACE_EACH(POOLTRACE_PARAMETER, fields)) {                 \
        const uint32_t its_sinks = __atomic_load_n(&pooltrace_sinks, __ATOMIC_RELAXED);                             \
        if (its_sinks == 0) return;                                                                                 \
        POOLTRACE_EACH(CUT, fields)                                                                                 \
        if ((its_sinks & POOLTRACE_SINK_RING) != 0 || POOLTRACE_##kind == POOLTRACE_DEFINITION) {                   \
            const size_t its_size = POOLTRACE_EVENT_EXTENDED_SIZE POOLTRACE_EACH(LENGTH, fields);                   \
            const struct pooltrace_place its_place =                                                                \
                pooltrace_ring_open(POOLTRACE_EVENT_##event, (uint32_t)its_size, stamp);                            \
            if (its_place.at != NULL) {                                                                             \
                uint8_t *its_at = pooltrace_write_extended(its_place.at, its_place.stamp, POOLTRACE_EVENT_##event); \
                POOLTRACE_EACH(WRITE, fields)                                                                       \
                pooltrace_ring_close(its_place);                                                                    \
            }                                                                                                       \
        }                                                                                                           \
        if ((its_sinks & POOLTRACE_SINK_LTTNG) != 0) {                                                              \
            const struct pooltrace_##event its_given = {POOLTRACE_EACH(GIVE, fields)};                              \
            pooltrace_lttng_give(POOLTRACE_EVENT_##event, &its_given);                                              \
        }                                                                                                           \
    }
#include "pooltrace_events.def"
#undef POOLTRACE_EVENT

// MARK: Definitions again

#define READ_A(kind, type, name) READ_##kind(name) READ_B
#define READ_B(kind, type, name) READ_##kind(name) READ_A
#define READ_A_END
#define READ_B_END
#define READ_INTEGER(name)                      \
    memcpy(&event.name, at, sizeof event.name); \
    at += sizeof event.name;
#define READ_FLOAT(name) READ_INTEGER(name)
#define READ_STRING(name)          \
    event.name = (const char *)at; \
    at += strlen(event.name) + 1;
#define READ_SEQUENCE(name)                                       \
    memcpy(&event.name##_length, at, sizeof event.name##_length); \
    at += sizeof event.name##_length;                             \
    event.name = (const uint64_t *)(const void *)at;              \
    at += sizeof(uint64_t) * event.name##_length;

/// Reads back what the functions above wrote, and gives the definitions among it to LTTng.
static void give_definitions(const uint8_t *at, const uint8_t *end) {
    while (at < end) {
        uint16_t number;
        memcpy(&number, at + 1, sizeof number);
        at += POOLTRACE_EVENT_EXTENDED_SIZE;
        switch (number) {
#define POOLTRACE_EVENT(name, kind, fields)                                                                 \
    case POOLTRACE_EVENT_##name: {                                                                          \
        struct pooltrace_##name event;                                                                      \
        POOLTRACE_EACH(READ, fields)                                                                        \
        if (POOLTRACE_##kind == POOLTRACE_DEFINITION) pooltrace_lttng_give(POOLTRACE_EVENT_##name, &event); \
        break;                                                                                              \
    }
#include "pooltrace_events.def"
#undef POOLTRACE_EVENT
        default: return;
        }
    }
}

void pooltrace_give_definitions(void) {
    pooltrace_ring_lock();
    pooltrace_ring_each_kept(give_definitions);
    pooltrace_ring_unlock();
}
