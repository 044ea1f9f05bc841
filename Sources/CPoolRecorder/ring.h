// The ring's private face: what the writer of texts, the snapshot and the start need of it.
#ifndef POOLTRACE_RING_PRIVATE_H
#define POOLTRACE_RING_PRIVATE_H

#include "metadata.h"
#include "pool_recorder.h"
#include "storage.h"

/// The steps of a packet's way into use, in order; a test ends the process at each. What that leaves in a directory is
/// listed in ring.c.
enum pooltrace_ring_step {
    POOLTRACE_STEP_MADE = 1,
    POOLTRACE_STEP_HEADER,
    POOLTRACE_STEP_SHOWN,
    POOLTRACE_STEP_HIDDEN,
    POOLTRACE_STEP_RESETTING,
    POOLTRACE_STEP_CONTENT,
    POOLTRACE_STEP_END,
    POOLTRACE_STEP_BEGIN,
    POOLTRACE_STEP_SEQUENCE,
    POOLTRACE_STEP_SHOWN_AGAIN,
    POOLTRACE_STEP_COPIED,
    POOLTRACE_STEP_STAMPED,
    POOLTRACE_STEP_PUBLISHED,
    POOLTRACE_STEP_METADATA,
    POOLTRACE_STEP_GROWN,
};

struct pooltrace_ring_layout {
    /// How large a packet may become, in bytes.
    size_t packet_size;
    /// How much room it has at first: its size, halved some times.
    size_t first_room;
    uint32_t slots;
    /// How many of the slots, the last ones, are the kept stream's.
    uint32_t kept_slots;
    /// Bytes that the other slots may have together.
    uint64_t ring_room;
    /// For how long events are kept, in nanoseconds; 0: for as long as there is room.
    uint64_t keep;
};

/// Starts the ring over a storage. False, with errno set, if it has no room for it.
bool pooltrace_ring_start(const struct pooltrace_storage *storage, const struct pooltrace_ring_layout *layout);

/// Says on standard error, and in the trace, that the storage had no room, by the system's number.
void pooltrace_room_problem_tell(int problem);

/// Where an event goes; `at` is null if there was no room and it was counted as discarded.
struct pooltrace_place {
    uint8_t *at;
    uint64_t stamp;
    uint32_t size;
    /// In the kept stream, which is locked until the place is closed.
    bool is_kept;
};

/// Finds the place of an event of any kind. A kept event's stamp is taken here, under its stream's lock.
struct pooltrace_place pooltrace_ring_open(uint16_t number, uint32_t size, uint64_t stamp);

/// Publishes what was copied to a place.
void pooltrace_ring_close(struct pooltrace_place place);

/// Calls `body` with the events of each kept packet. The caller holds the lock.
void pooltrace_ring_each_kept(void (*body)(const uint8_t *at, const uint8_t *end));

/// Slots, whatever their state, for a reader that checks sequence numbers: null where never used.
uint32_t pooltrace_ring_slot_count(void);
const struct pooltrace_packet *pooltrace_ring_slot(uint32_t slot);

/// For how long events are kept, in nanoseconds; 0: for as long as there is room.
uint64_t pooltrace_ring_keep(void);

/// The metadata in force: stays valid for ever. Null before the start.
const struct pooltrace_metadata *pooltrace_ring_metadata(void);

void pooltrace_ring_lock(void);
void pooltrace_ring_unlock(void);

/// In a forked child: forgets the ring, which is the parent's.
void pooltrace_ring_abandon(void);

#endif
