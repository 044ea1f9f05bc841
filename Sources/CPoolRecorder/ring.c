// The ring: streams of packets, one stream for each thread that writes, and one, the kept stream, for what outlives a
// wrap.
//
// Slots. Each packet lies in a slot. A thread takes slots that were never used or were given back, while more than a
// reserve of room is left, and then uses its own oldest again. A thread that holds more than its share gives the rest
// back at its next switch. One that finds nothing and has less than half its share takes the oldest packet of the
// thread that holds most; a newcomer that finds none there either discards, and looks again when some were given back.
// A thread that ends gives back all but its newest packet, and its stream waits for the next new thread, which goes on
// in that packet: so every stream's newest packet stays, and with it the count of all that the stream ever stored
// (events_before, and the events in it). Emitted = shown + overwritten + discarded holds whatever threads come and go.
// One lock guards all of this; a thread takes it each time that it needs room.
//
// Room. A slot is as large as a packet can become, but has little room at first: the rest is a hole in its file. When
// that is full the packet gets twice as much, by a call that fails where memory or the disk is full, ahead of the
// writing: nothing is ever written to a hole through a mapping, which would end the process. The header says the size
// of the slot from the start, so that no reader sees anything of this. What is bounded is the room, not the number of
// slots: a thread that writes little takes little. A newcomer gets a used slot cut down to its first room.
//
// Age. If the ring keeps events for a time only, a thread begins a new packet before its packet spans more than a
// fraction of that, and uses a packet again, its own or one that was given back, before it takes more room, if the
// packet is older.
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
//   grown                    as before: the room in a slot is not to be seen
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

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "faults.h"
#include "slot_queue.h"

/// The part of the room that threads leave for newcomers.
#define RESERVE_DIVISOR 6
#define RESERVE_MOST (64ull << 20)
/// The part of the time for which events are kept that one packet may span.
#define KEEP_DIVISOR 8
/// After how many bytes of events a thread looks how old its packet is; it does after each pause of 2^27 ticks, too.
#define KEEP_STEP 1024
/// Bytes of a packet of the kept stream that are for what the end of the process, or of the disk, has to say.
#define LAST_WORDS 512

struct pooltrace_stream {
    uint64_t instance;
    uint64_t next_sequence;
    /// Oldest first; the last one is being written.
    struct slot_queue slots;
    /// The next of all streams.
    struct pooltrace_stream *next;
    /// While no thread has the stream.
    struct pooltrace_writer idle_writer;
    struct pooltrace_stream *next_idle;
};

_Thread_local struct pooltrace_writer pooltrace_this_writer;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// Below: guarded by the lock, except what says otherwise.
static const struct pooltrace_storage *storage;
static size_t packet_bytes;
/// Of a packet's first room.
static size_t first_room;
/// For how long events are kept, in nanoseconds; 0: for ever.
static uint64_t keep;
static struct slot *slots;
static uint32_t slot_count;
/// The ring's slots come first, then the kept stream's.
static uint32_t ring_slots;
static uint32_t ring_slots_made;
static uint32_t kept_slots_made;
/// Bytes that the ring's slots may have, and have.
static uint64_t ring_room;
static uint64_t ring_room_made;
static struct slot_queue returned;
static struct pooltrace_stream *all;
static struct pooltrace_stream *idle;
static uint32_t streams;
static uint32_t streams_in_use;
static struct pooltrace_stream kept;
static struct pooltrace_writer kept_writer;
/// Why the storage had no room, by the system's number, the first time that it had none; 0: it always had. Atomic.
static int room_problem;
static bool has_told_room_problem;
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

/// Lets events be written up to the end of the room; where age matters, up to a place where it is looked at again.
static void set_limit(struct pooltrace_writer *writer, const struct slot *slot) {
    const size_t used = (size_t)(writer->cursor - (uint8_t *)slot->packet);
    size_t end = slot->room;
    if (keep != 0 && end - used > KEEP_STEP) end = used + KEEP_STEP;
    writer->limit = (uint8_t *)slot->packet + end - POOLTRACE_INLINE_LONGEST;
}

/// Puts a slot into use as the newest packet of a stream, under the lock. Release stores, because readers watch.
///
/// `most`: A slot used again that has more room than this is cut.
static void begin_packet(struct pooltrace_stream *stream, struct pooltrace_writer *writer, struct slot *slot,
    bool is_new, size_t most, uint64_t stamp) {
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
        if (slot->room > most && storage->shrink(number, packet, most)) {
            ring_room_made -= slot->room - most;
            slot->room = most;
        }
        fill_header(packet, stream, writer->events);
        __atomic_store_n(&packet->packet_seq_num, stream->next_sequence, __ATOMIC_RELEASE);
        step(POOLTRACE_STEP_SEQUENCE);
        storage->show(number);
        step(POOLTRACE_STEP_SHOWN_AGAIN);
    }
    stream->next_sequence += 1;
    slot_queue_push(&stream->slots, slot);
    writer->cursor = (uint8_t *)packet + sizeof *packet;
    set_limit(writer, slot);
    __atomic_store_n(&writer->packet, packet, __ATOMIC_RELEASE);
}

/// Whether an event of `size` bytes fits what is left of the packet's room.
static bool has_room(const struct pooltrace_writer *writer, size_t size) {
    return writer->packet != NULL && (ptrdiff_t)size <= writer->limit + POOLTRACE_INLINE_LONGEST - writer->cursor;
}

/// Whether a packet spans as much time as one may where age bounds the ring.
static bool is_spent(const struct pooltrace_packet *packet, uint64_t stamp) {
    return keep != 0 && packet != NULL && packet->content_size > sizeof *packet * 8 &&
        pooltrace_clock_nanoseconds(packet->timestamp_begin, stamp) > keep / KEEP_DIVISOR;
}

/// Whether all events of a slot's packet are older than the ring keeps them.
static bool is_aged(const struct slot *slot, uint64_t stamp) {
    return keep != 0 && slot != NULL && pooltrace_clock_nanoseconds(slot->packet->timestamp_end, stamp) > keep;
}

/// A stamp as an event of the writer may bear it: not before that of the event before.
static uint64_t in_order(const struct pooltrace_writer *writer, uint64_t stamp) {
    return writer->packet != NULL && stamp < writer->packet->timestamp_end ? writer->packet->timestamp_end : stamp;
}

/// Notes that the storage gave no room.
static bool had_no_room(int problem) {
    int none = 0;
    __atomic_compare_exchange_n(&room_problem, &none, problem, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return false;
}

static bool make_slot(struct slot *slot) {
    struct pooltrace_packet *packet = storage->make((uint32_t)(slot - slots), first_room);
    if (packet == NULL) return had_no_room(errno);
    slot->room = first_room;
    __atomic_store_n(&slot->packet, packet, __ATOMIC_RELEASE);
    return true;
}

static uint64_t reserve(void) {
    const uint64_t part = ring_room / RESERVE_DIVISOR;
    return part < RESERVE_MOST ? part : RESERVE_MOST;
}

/// Gives the packet that is being written room for an event of `size` bytes, under the lock. False if it is as large as
/// it may be.
static bool grow_packet(struct pooltrace_stream *stream, struct pooltrace_writer *writer, size_t size) {
    struct slot *slot = stream->slots.last;
    const size_t used = (size_t)(writer->cursor - (uint8_t *)slot->packet);
    size_t room = slot->room;
    while (used + size > room && room < packet_bytes) room = room * 2 < packet_bytes ? room * 2 : packet_bytes;
    if (used + size > room) return false;
    if (room > slot->room) {
        const size_t more = room - slot->room;
        const bool is_kept = stream == &kept;
        if (!is_kept && ring_room_made + more + reserve() > ring_room) return false;
        const int problem = storage->grow((uint32_t)(slot - slots), slot->packet, slot->room, room);
        if (problem != 0) return had_no_room(problem);
        slot->room = room;
        stream->slots.room += more;
        if (!is_kept) ring_room_made += more;
        step(POOLTRACE_STEP_GROWN);
    }
    set_limit(writer, slot);
    // Where age matters the limit may be short of a long event.
    if (!has_room(writer, size)) writer->limit = (uint8_t *)slot->packet + slot->room - POOLTRACE_INLINE_LONGEST;
    return true;
}

/// The oldest packet of the stream that has most, if one has two and more than this stream, under the lock.
static struct slot *take_from_others(const struct pooltrace_stream *taker) {
    struct pooltrace_stream *most = NULL;
    for (struct pooltrace_stream *stream = all; stream != NULL; stream = stream->next) {
        if (stream->slots.count > 1 && (most == NULL || stream->slots.room > most->slots.room)) most = stream;
    }
    return most != NULL && most->slots.room > taker->slots.room ? slot_queue_pop(&most->slots) : NULL;
}

/// Gives a thread's stream its next packet, under the lock. False if there is none for it.
static bool next_packet(struct pooltrace_stream *stream, struct pooltrace_writer *writer) {
    const uint64_t stamp = in_order(writer, pooltrace_clock_now());
    const uint64_t share = (ring_room - reserve()) / (streams_in_use > 0 ? streams_in_use : 1);
    while (stream->slots.count > 2 && (stream->slots.room > share || is_aged(stream->slots.first->next, stamp))) {
        slot_queue_push(&returned, slot_queue_pop(&stream->slots));
        __atomic_store_n(&may_have_room, true, __ATOMIC_RELAXED);
    }
    const bool is_first = stream->slots.count == 0;
    const uint64_t left = is_first ? 0 : stream->slots.count == 1 ? reserve() / 2 : reserve();
    const bool may_take = returned.room + ring_room - ring_room_made >= left + first_room;
    struct slot *slot = NULL;
    bool is_new = false;
    if (is_aged(returned.first, stamp)) {
        slot = slot_queue_pop(&returned);
    } else if (stream->slots.count > 1 && is_aged(stream->slots.first, stamp)) {
        slot = slot_queue_pop(&stream->slots);
    } else if (may_take) {
        // Not from the room that is left for newcomers: there it could not grow, and a ring that wraps would go on in
        // small packets.
        if (ring_slots_made < ring_slots && ring_room_made + first_room + left <= ring_room &&
            make_slot(&slots[ring_slots_made])) {
            slot = &slots[ring_slots_made++];
            ring_room_made += first_room;
            is_new = true;
        } else {
            slot = slot_queue_pop(&returned);
        }
    }
    // Threads that are idle have no use for more than the share of this one.
    if (slot == NULL && (is_first || stream->slots.room < share / 2)) slot = take_from_others(stream);
    if (slot == NULL) slot = slot_queue_pop(&stream->slots);
    if (slot == NULL) {
        __atomic_store_n(&may_have_room, false, __ATOMIC_RELAXED);
        return false;
    }
    begin_packet(stream, writer, slot, is_new, is_first ? first_room : SIZE_MAX, stamp);
    return true;
}

static void refresh_clock(uint64_t stamp) {
    if (!pooltrace_clock_is_due(stamp) || !pooltrace_clock_calibrate()) return;
    struct pooltrace_metadata *made = pooltrace_metadata_make();
    if (made == NULL) return;
    // Without room for the new one the old one stays, whose clock is as good for most purposes.
    (void)storage->write_metadata(made->text, made->size);
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
    stream->next = all;
    all = stream;
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

/// Says, once, that the storage had no room.
static void tell_room_problem(void) {
    const int problem = __atomic_load_n(&room_problem, __ATOMIC_RELAXED);
    if (__builtin_expect(problem == 0, 1) || __atomic_exchange_n(&has_told_room_problem, true, __ATOMIC_RELAXED)) {
        return;
    }
    pooltrace_room_problem_tell(problem);
}

/// Makes room for an event of `size` bytes: a first packet, or the next one. Null: the event was counted as discarded.
static uint8_t *make_room(uint32_t size) {
    struct pooltrace_writer *writer = &pooltrace_this_writer;
    const bool is_first = writer->stream == NULL;
    if (is_first && !__atomic_load_n(&may_have_room, __ATOMIC_RELAXED)) return discard();
    if (size > POOLTRACE_EVENT_LONGEST || ring_slots == 0) return discard();
    pooltrace_real_mutex_lock(&lock);
    bool found = !is_first || adopt(writer);
    if (found && is_spent(writer->packet, pooltrace_clock_now())) found = next_packet(writer->stream, writer);
    if (found && !has_room(writer, size) && !grow_packet(writer->stream, writer, size)) {
        found = next_packet(writer->stream, writer) &&
            (has_room(writer, size) || grow_packet(writer->stream, writer, size));
    }
    if (found) refresh_clock(writer->packet->timestamp_end);
    pooltrace_real_mutex_unlock(&lock);
    tell_room_problem();
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
    begin_packet(&kept, &kept_writer, slot, true, SIZE_MAX, stamp);
    show_discarded();
    return true;
}

/// Makes room in the kept stream, under the lock.
static bool make_kept_room(size_t size, uint64_t stamp) {
    if (has_room(&kept_writer, size)) return true;
    if (kept_writer.packet != NULL && grow_packet(&kept, &kept_writer, size)) return true;
    return next_kept_packet(stamp) && (has_room(&kept_writer, size) || grow_packet(&kept, &kept_writer, size));
}

struct pooltrace_place pooltrace_ring_open(uint16_t number, uint32_t size, uint64_t stamp) {
    if (slot_count == 0 || size > POOLTRACE_EVENT_LONGEST) return (struct pooltrace_place){.at = discard()};
    if (!is_kept(number)) {
        const struct pooltrace_writer *writer = &pooltrace_this_writer;
        uint8_t *at = has_room(writer, size) && !is_spent(writer->packet, stamp) ? writer->cursor : make_room(size);
        return (struct pooltrace_place){.at = at, .stamp = in_order(writer, stamp), .size = size};
    }
    pooltrace_real_mutex_lock(&lock);
    stamp = in_order(&kept_writer, pooltrace_clock_now());
    refresh_clock(stamp);
    const bool is_last = number == POOLTRACE_EVENT_process_end || number == POOLTRACE_EVENT_mark;
    if (!make_kept_room(size + LAST_WORDS, stamp) && !(is_last && has_room(&kept_writer, size))) {
        pooltrace_real_mutex_unlock(&lock);
        tell_room_problem();
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

bool pooltrace_ring_start(const struct pooltrace_storage *in_storage, const struct pooltrace_ring_layout *layout) {
    slots = calloc(layout->slots, sizeof *slots);
    if (slots == NULL || pthread_key_create(&thread_end, give_back) != 0) return false;
    storage = in_storage;
    packet_bytes = layout->packet_size;
    first_room = layout->first_room;
    keep = layout->keep;
    ring_slots = layout->slots - layout->kept_slots;
    ring_room = layout->ring_room;
    kept = (struct pooltrace_stream){.instance = POOLTRACE_KEPT_STREAM};
    kept_writer = (struct pooltrace_writer){0};
    kept_slots_made = 0;
    slot_count = layout->slots;
    // A directory without metadata is no trace yet, one with metadata and no packet is an odd one.
    struct pooltrace_metadata *made = next_kept_packet(pooltrace_clock_now()) ? pooltrace_metadata_make() : NULL;
    if (made != NULL && !storage->write_metadata(made->text, made->size)) {
        free(made);
        made = NULL;
    }
    step(POOLTRACE_STEP_METADATA);
    if (made == NULL) {
        const int problem = errno;
        // What was made of it says nothing to anybody.
        if (kept_slots_made > 0) storage->remove(ring_slots);
        free(slots);
        slot_count = 0;
        ring_slots = 0;
        room_problem = 0;
        (void)pthread_key_delete(thread_end);
        errno = problem;
    }
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

uint64_t pooltrace_ring_keep(void) { return keep; }

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
