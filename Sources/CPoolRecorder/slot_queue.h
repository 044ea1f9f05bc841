// Slots in a row, first in, first out: the oldest is used again first.
#ifndef POOLTRACE_SLOT_QUEUE_H
#define POOLTRACE_SLOT_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "pooltrace_ring.h"

struct slot {
    /// Null until first used. Written under the ring's lock, read by snapshots.
    struct pooltrace_packet *packet;
    /// How many of its bytes may be written, from its start.
    size_t room;
    struct slot *next;
};

struct slot_queue {
    struct slot *first;
    struct slot *last;
    uint32_t count;
    /// Of all its slots, in bytes.
    uint64_t room;
};

static inline void slot_queue_push(struct slot_queue *queue, struct slot *slot) {
    slot->next = NULL;
    if (queue->last != NULL) queue->last->next = slot;
    else queue->first = slot;
    queue->last = slot;
    queue->count += 1;
    queue->room += slot->room;
}

/// Null if the queue is empty.
static inline struct slot *slot_queue_pop(struct slot_queue *queue) {
    struct slot *slot = queue->first;
    if (slot == NULL) return NULL;
    queue->first = slot->next;
    if (queue->first == NULL) queue->last = NULL;
    queue->count -= 1;
    queue->room -= slot->room;
    return slot;
}

#endif
