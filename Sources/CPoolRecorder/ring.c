// The ring: streams of packets, one stream for each thread that writes, and one, the kept stream, for what outlives a
// wrap.
//
// Slots. Each packet lies in a slot. A thread takes slots that were never used or were given back, while more than a
// reserve are left, and then uses its own oldest again. A thread that holds more than its share gives the rest back at
// its next switch, so that newcomers find two each; one that finds none meanwhile discards, and looks again when some
// were given back. A thread that ends gives back all but its newest packet, and its stream waits for the next new
// thread, which goes on in that packet: so every stream's newest packet stays, and with it the count of all that the
// stream ever stored (events_before, and the events in it). Emitted = shown + overwritten + discarded holds whatever
// threads come and go. One lock guards all of this; a thread takes it once a packet.
//
// A packet's way into use. A new file is made under a hidden name and renamed when its header is whole. A slot used
// again is hidden first, reset, and shown again: two system calls a packet. Resetting it in sight cannot be right at
// every step. Tried with babeltrace2: with the new timestamp_end the old packet lasts over all packets of its stream,
// and with the new timestamp_begin it ends before it begins (both: the clock goes back, an error); with both, and the
// old sequence number, 2^64 - 5 packets are "discarded". What a kill leaves in a directory, after each step:
//
//   made, header             a hidden file more; the trace as it was (the first packet: no trace, until the metadata is
//                            there)
//   shown                    the new packet, empty, from the stamp of its first event
//   hidden ... sequence      the stream's oldest packet is gone: overwritten, a moment early
//   shown again              as "shown"
//   event copied             as before the event: content_size does not reach it
//   timestamp_end stored     the packet ends at the event's stamp, without the event
//   content_size stored      the event is there
//   metadata                 a hidden file more, or the new text: they differ in the clock alone
//
// In memory nothing is hidden: a reader of a live ring goes by packet_seq_num, which is POOLTRACE_PACKET_RESETTING
// meanwhile. A model of a slot, its readers and a kill at any step is ring.pml (tools/check/models).
#include "pooltrace_real_calls.h"
#include "ring.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "faults.h"
#include "slot_queue.h"

/// Slots that a thread leaves for newcomers once it has two.
#define RESERVE_DIVISOR 3
#define RESERVE_MOST 32

struct pooltrace_stream {
    uint64_t instance;
    uint64_t next_sequence;
    /// Oldest first; the last one is being written.
    struct slot_queue slots;
    /// While no thread has the stream.
    struct pooltrace_writer idle_writer;
    struct pooltrace_stream *next_idle;
};

_Thread_local struct pooltrace_writer pooltrace_this_writer;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// Below: guarded by the lock, except what says otherwise.
static const struct pooltrace_storage *storage;
static size_t packet_bytes;
static struct slot *slots;
static uint32_t slot_count;
/// The ring's slots come first, then the kept stream's.
static uint32_t ring_slots;
static uint32_t ring_slots_made;
static uint32_t kept_slots_made;
static struct slot_queue returned;
static struct pooltrace_stream *idle;
static uint32_t streams;
static uint32_t streams_in_use;
static struct pooltrace_stream kept;
static struct pooltrace_writer kept_writer;
/// Events that found no room, anywhere. Atomic.
static uint64_t discarded;
/// True if a thread without a slot may find one now. Atomic: saves such a thread the lock.
static bool may_have_room = true;
/// Atomic pointer.
static const struct pooltrace_metadata *metadata;
static pthread_key_t thread_end;
static void (*step_hook)(int step);

static void step(enum pooltrace_ring_step step) {
    if (__builtin_expect(step_hook != NULL, 0)) step_hook(step);
}

// MARK: Discarded events

/// Shows the count of discarded events in the kept stream's newest packet.
static void show_discarded(void) {
    const uint64_t count = __atomic_load_n(&discarded, __ATOMIC_RELAXED);
    struct pooltrace_packet *packet = __atomic_load_n(&kept_writer.packet, __ATOMIC_ACQUIRE);
    if (packet == NULL) return;
    uint64_t shown = __atomic_load_n(&packet->events_discarded, __ATOMIC_RELAXED);
    while (shown < count &&
        !__atomic_compare_exchange_n(
            &packet->events_discarded, &shown, count, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

static uint8_t *discard(void) {
    __atomic_fetch_add(&discarded, 1, __ATOMIC_RELAXED);
    show_discarded();
    return NULL;
}

// MARK: Packets

static void fill_header(
    struct pooltrace_packet *packet, const struct pooltrace_stream *stream, uint64_t events_before) {
    packet->stream_id = 0;
    packet->stream_instance_id = stream->instance;
    packet->packet_size = packet_bytes * 8;
    packet->events_discarded = 0;
    packet->events_before = events_before;
}

/// Puts a slot into use as the newest packet of a stream, under the lock. Release stores, because readers watch.
static void begin_packet(
    struct pooltrace_stream *stream, struct pooltrace_writer *writer, struct slot *slot, bool is_new, uint64_t stamp) {
    struct pooltrace_packet *packet = slot->packet;
    const uint32_t number = (uint32_t)(slot - slots);
    const uint64_t content = sizeof *packet * 8;
    if (is_new) {
        step(POOLTRACE_STEP_MADE);
        fill_header(packet, stream, writer->events);
        packet->timestamp_begin = stamp;
        packet->timestamp_end = stamp;
        packet->content_size = content;
        packet->packet_seq_num = stream->next_sequence;
        __atomic_store_n(&packet->magic, POOLTRACE_PACKET_MAGIC, __ATOMIC_RELEASE);
        step(POOLTRACE_STEP_HEADER);
        storage->show(number);
        step(POOLTRACE_STEP_SHOWN);
    } else {
        storage->hide(number);
        step(POOLTRACE_STEP_HIDDEN);
        __atomic_store_n(&packet->packet_seq_num, POOLTRACE_PACKET_RESETTING, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_RELEASE);
        step(POOLTRACE_STEP_RESETTING);
        __atomic_store_n(&packet->content_size, content, __ATOMIC_RELEASE);
        step(POOLTRACE_STEP_CONTENT);
        __atomic_store_n(&packet->timestamp_end, stamp, __ATOMIC_RELEASE);
        step(POOLTRACE_STEP_END);
        __atomic_store_n(&packet->timestamp_begin, stamp, __ATOMIC_RELEASE);
        step(POOLTRACE_STEP_BEGIN);
        fill_header(packet, stream, writer->events);
        __atomic_store_n(&packet->packet_seq_num, stream->next_sequence, __ATOMIC_RELEASE);
        step(POOLTRACE_STEP_SEQUENCE);
        storage->show(number);
        step(POOLTRACE_STEP_SHOWN_AGAIN);
    }
    stream->next_sequence += 1;
    slot_queue_push(&stream->slots, slot);
    writer->cursor = (uint8_t *)packet + sizeof *packet;
    writer->limit = (uint8_t *)packet + packet_bytes - POOLTRACE_INLINE_LONGEST;
    __atomic_store_n(&writer->packet, packet, __ATOMIC_RELEASE);
}

/// Whether an event of `size` bytes fits what is left of the packet.
static bool has_room(const struct pooltrace_writer *writer, size_t size) {
    return writer->packet != NULL && size <= (size_t)((uint8_t *)writer->packet + packet_bytes - writer->cursor);
}

/// A stamp as an event of the writer may bear it: not before that of the event before.
static uint64_t in_order(const struct pooltrace_writer *writer, uint64_t stamp) {
    return writer->packet != NULL && stamp < writer->packet->timestamp_end ? writer->packet->timestamp_end : stamp;
}

static bool make_slot(struct slot *slot) {
    struct pooltrace_packet *packet = storage->make((uint32_t)(slot - slots));
    __atomic_store_n(&slot->packet, packet, __ATOMIC_RELEASE);
    return packet != NULL;
}

/// Gives a thread's stream its next packet, under the lock. False if there is none for it.
static bool next_packet(struct pooltrace_stream *stream, struct pooltrace_writer *writer) {
    const uint64_t stamp = in_order(writer, pooltrace_clock_now());
    uint32_t reserve = ring_slots / RESERVE_DIVISOR;
    if (reserve > RESERVE_MOST) reserve = RESERVE_MOST;
    const uint32_t share = (ring_slots - reserve) / (streams_in_use > 0 ? streams_in_use : 1);
    while (stream->slots.count > (share > 2 ? share : 2)) {
        slot_queue_push(&returned, slot_queue_pop(&stream->slots));
        __atomic_store_n(&may_have_room, true, __ATOMIC_RELAXED);
    }
    const uint32_t available = returned.count + ring_slots - ring_slots_made;
    struct slot *slot = NULL;
    bool is_new = false;
    if (available > (stream->slots.count < 2 ? 0 : reserve)) {
        if (ring_slots_made < ring_slots && make_slot(&slots[ring_slots_made])) {
            slot = &slots[ring_slots_made++];
            is_new = true;
        } else {
            slot = slot_queue_pop(&returned);
        }
    }
    if (slot == NULL) slot = slot_queue_pop(&stream->slots);
    if (slot == NULL) {
        __atomic_store_n(&may_have_room, false, __ATOMIC_RELAXED);
        return false;
    }
    begin_packet(stream, writer, slot, is_new, stamp);
    return true;
}

static void refresh_clock(uint64_t stamp) {
    if (!pooltrace_clock_is_due(stamp) || !pooltrace_clock_calibrate()) return;
    struct pooltrace_metadata *made = pooltrace_metadata_make();
    if (made == NULL) return;
    storage->write_metadata(made->text, made->size);
    step(POOLTRACE_STEP_METADATA);
    // The old text stays: a snapshot in a signal handler may be reading it, and there are at most five.
    __atomic_store_n(&metadata, made, __ATOMIC_RELEASE);
}

// MARK: Threads

/// Gives the thread a stream: one that waits, or a new one. Under the lock.
static bool adopt(struct pooltrace_writer *writer) {
    if (idle != NULL) {
        struct pooltrace_stream *stream = idle;
        idle = stream->next_idle;
        *writer = stream->idle_writer;
        writer->stream = stream;
        streams_in_use += 1;
        return true;
    }
    struct pooltrace_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) return false;
    stream->instance = streams + 1;
    streams_in_use += 1;
    if (!next_packet(stream, writer)) {
        streams_in_use -= 1;
        free(stream);
        return false;
    }
    streams += 1;
    writer->stream = stream;
    return true;
}

/// As a thread ends: its packets but the newest go back, its stream waits. Should the thread record again after this,
/// it gets a stream again.
static void give_back(void *unused) {
    (void)unused;
    struct pooltrace_writer *writer = &pooltrace_this_writer;
    struct pooltrace_stream *stream = writer->stream;
    pooltrace_faults_thread_end();
    if (stream == NULL) return;
    pooltrace_real_mutex_lock(&lock);
    while (stream->slots.count > 1) slot_queue_push(&returned, slot_queue_pop(&stream->slots));
    stream->idle_writer = *writer;
    stream->next_idle = idle;
    idle = stream;
    streams_in_use -= 1;
    memset(writer, 0, sizeof *writer);
    __atomic_store_n(&may_have_room, true, __ATOMIC_RELAXED);
    pooltrace_real_mutex_unlock(&lock);
}

/// Makes room for an event of `size` bytes: a first packet, or the next one. Null: the event was counted as discarded.
static uint8_t *make_room(uint32_t size) {
    struct pooltrace_writer *writer = &pooltrace_this_writer;
    const bool is_first = writer->stream == NULL;
    if (is_first && !__atomic_load_n(&may_have_room, __ATOMIC_RELAXED)) return discard();
    if (size > POOLTRACE_EVENT_LONGEST || ring_slots == 0) return discard();
    pooltrace_real_mutex_lock(&lock);
    bool found = !is_first || adopt(writer);
    if (found && !has_room(writer, size)) found = next_packet(writer->stream, writer);
    if (found) refresh_clock(writer->packet->timestamp_end);
    pooltrace_real_mutex_unlock(&lock);
    // The value only has to be other than null for the destructor to be called.
    if (is_first && found) {
        pthread_setspecific(thread_end, writer);
        pooltrace_faults_thread();
    }
    return found ? writer->cursor : discard();
}

// MARK: Kept events

/// True for events that go to the kept stream now. The last quarter of its room is for definitions and what is as
/// short.
static bool is_kept(uint16_t number) {
    if (pooltrace_event_descriptions()[number].kind == POOLTRACE_ORDINARY) return false;
    if (number != POOLTRACE_EVENT_task_error || ring_slots == 0) return true;
    const uint32_t made = __atomic_load_n(&kept_slots_made, __ATOMIC_RELAXED);
    return made * 4u <= (slot_count - ring_slots) * 3u;
}

static bool next_kept_packet(uint64_t stamp) {
    struct slot *slot = &slots[ring_slots + kept_slots_made];
    if (kept_slots_made >= slot_count - ring_slots || !make_slot(slot)) return false;
    __atomic_store_n(&kept_slots_made, kept_slots_made + 1, __ATOMIC_RELAXED);
    begin_packet(&kept, &kept_writer, slot, true, stamp);
    show_discarded();
    return true;
}

struct pooltrace_place pooltrace_ring_open(uint16_t number, uint32_t size, uint64_t stamp) {
    if (slot_count == 0 || size > POOLTRACE_EVENT_LONGEST) return (struct pooltrace_place){.at = discard()};
    if (!is_kept(number)) {
        const struct pooltrace_writer *writer = &pooltrace_this_writer;
        uint8_t *at = has_room(writer, size) ? writer->cursor : make_room(size);
        return (struct pooltrace_place){.at = at, .stamp = in_order(writer, stamp), .size = size};
    }
    pooltrace_real_mutex_lock(&lock);
    stamp = in_order(&kept_writer, pooltrace_clock_now());
    refresh_clock(stamp);
    if (!has_room(&kept_writer, size) && !next_kept_packet(stamp)) {
        pooltrace_real_mutex_unlock(&lock);
        return (struct pooltrace_place){.at = discard()};
    }
    return (struct pooltrace_place){.at = kept_writer.cursor, .stamp = stamp, .size = size, .is_kept = true};
}

void pooltrace_ring_close(struct pooltrace_place place) {
    if (!place.is_kept) {
        pooltrace_ring_publish(place.stamp, place.at + place.size, 1);
        return;
    }
    step(POOLTRACE_STEP_COPIED);
    kept_writer.cursor += place.size;
    kept_writer.events += 1;
    __atomic_store_n(&kept_writer.packet->timestamp_end, place.stamp, __ATOMIC_RELEASE);
    step(POOLTRACE_STEP_STAMPED);
    const uint64_t content = (uint64_t)(kept_writer.cursor - (uint8_t *)kept_writer.packet) * 8;
    __atomic_store_n(&kept_writer.packet->content_size, content, __ATOMIC_RELEASE);
    step(POOLTRACE_STEP_PUBLISHED);
    pooltrace_real_mutex_unlock(&lock);
}

void pooltrace_ring_each_kept(void (*body)(const uint8_t *at, const uint8_t *end)) {
    for (const struct slot *slot = kept.slots.first; slot != NULL; slot = slot->next) {
        const uint8_t *start = (const uint8_t *)slot->packet;
        body(start + sizeof *slot->packet, start + slot->packet->content_size / 8);
    }
}

// MARK: Start, fork, and what others may see

bool pooltrace_ring_start(
    const struct pooltrace_storage *in_storage, uint32_t in_slots, uint32_t kept_slots, size_t packet_size) {
    slots = calloc(in_slots, sizeof *slots);
    if (slots == NULL || pthread_key_create(&thread_end, give_back) != 0) return false;
    storage = in_storage;
    packet_bytes = packet_size;
    ring_slots = in_slots - kept_slots;
    kept.instance = POOLTRACE_KEPT_STREAM;
    slot_count = in_slots;
    // A directory without metadata is no trace yet, one with metadata and no packet is an odd one.
    if (!next_kept_packet(pooltrace_clock_now())) {
        slot_count = 0;
        return false;
    }
    struct pooltrace_metadata *made = pooltrace_metadata_make();
    if (made != NULL) storage->write_metadata(made->text, made->size);
    step(POOLTRACE_STEP_METADATA);
    __atomic_store_n(&metadata, made, __ATOMIC_RELEASE);
    return made != NULL;
}

void pooltrace_ring_abandon(void) {
    memset(&pooltrace_this_writer, 0, sizeof pooltrace_this_writer);
    slot_count = 0;
    ring_slots = 0;
    metadata = NULL;
}

void pooltrace_ring_lock(void) { pooltrace_real_mutex_lock(&lock); }
void pooltrace_ring_unlock(void) { pooltrace_real_mutex_unlock(&lock); }

void pooltrace_clock_refresh(void) {
    pooltrace_real_mutex_lock(&lock);
    if (slot_count > 0) refresh_clock(pooltrace_clock_now());
    pooltrace_real_mutex_unlock(&lock);
}

uint32_t pooltrace_ring_slot_count(void) { return slot_count; }

const struct pooltrace_packet *pooltrace_ring_slot(uint32_t slot) {
    return __atomic_load_n(&slots[slot].packet, __ATOMIC_ACQUIRE);
}

const struct pooltrace_metadata *pooltrace_ring_metadata(void) { return __atomic_load_n(&metadata, __ATOMIC_ACQUIRE); }

struct pooltrace_ring_totals pooltrace_ring_totals(void) {
    pooltrace_real_mutex_lock(&lock);
    const struct pooltrace_ring_totals totals = {
        .slots = ring_slots,
        .slots_returned = returned.count,
        .slots_never_used = ring_slots - ring_slots_made,
        .streams = streams,
        .streams_in_use = streams_in_use,
        .discarded = __atomic_load_n(&discarded, __ATOMIC_RELAXED),
    };
    pooltrace_real_mutex_unlock(&lock);
    return totals;
}

void pooltrace_ring_set_step_hook(void (*hook)(int step)) { step_hook = hook; }
