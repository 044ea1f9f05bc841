// The ring as it lies in memory and in files: what the process that writes it and the command that copies it must agree
// on.
//
// A ring is a trace in the Common Trace Format 1.8, little endian. Its packets are slots of one size: files of a
// directory (one packet a file), or parts of one memory file that begins with a struct pooltrace_ring_index.
#ifndef POOLTRACE_RING_H
#define POOLTRACE_RING_H

#include <stdint.h>

#define POOLTRACE_PACKET_MAGIC 0xC1FC1FC1u
/// The least packet size in bytes; packets are a multiple of it. No event is longer than a quarter of it.
#define POOLTRACE_PACKET_LEAST 65536
#define POOLTRACE_EVENT_LONGEST (POOLTRACE_PACKET_LEAST / 4)

/// The stream that holds what outlives a ring that wraps: definitions and failures. Threads have the numbers from 1.
#define POOLTRACE_KEPT_STREAM 0

/// packet_seq_num of a packet that its writer is about to use again: its header and content mean nothing.
#define POOLTRACE_PACKET_RESETTING UINT64_MAX

/// packet.header and packet.context of the metadata, in this order. Sizes are in bits, as the format has them.
///
/// A copier of a live ring reads packet_seq_num, then content_size, then timestamp_end, copies, and reads
/// packet_seq_num again: if it changed, or was POOLTRACE_PACKET_RESETTING, the copy is worth nothing.
struct pooltrace_packet {
    uint32_t magic;
    uint32_t stream_id;
    uint64_t stream_instance_id;
    uint64_t timestamp_begin;
    uint64_t timestamp_end;
    uint64_t content_size;
    uint64_t packet_size;
    /// Counts the stream's packets from 0: a gap is what was overwritten.
    uint64_t packet_seq_num;
    /// Events that were not stored, so far. Events of threads that found no slot are counted in the kept stream.
    uint64_t events_discarded;
    /// Events of the stream before this packet: the newest packet's, and the events in it, are all that the stream ever
    /// stored.
    uint64_t events_before;
};

/// event.header, in one of two shapes, as LTTng has them. Compact, a word: the event's number in the lowest 5 bits, the
/// stamp's lowest 27 above them; a reader takes the first such stamp that is not before the stream's last. Extended,
/// where that would not do: the number POOLTRACE_EVENT_EXTENDED in a byte of its own, then the event's number (16 bits)
/// and the whole stamp.
#define POOLTRACE_EVENT_EXTENDED 31
#define POOLTRACE_EVENT_NUMBER_BITS 5
#define POOLTRACE_EVENT_STAMP_BITS 27
#define POOLTRACE_EVENT_COMPACT_SIZE 4
#define POOLTRACE_EVENT_EXTENDED_SIZE 11

/// The names in a directory: packets, `packet-0007`; a leading dot while one is being made or made ready for its next
/// use.
#define POOLTRACE_PACKET_NAME "packet-"
#define POOLTRACE_METADATA_NAME "metadata"

/// The name of the memory file, as /proc/PID/fd shows it between "/memfd:" and " (deleted)".
#define POOLTRACE_RING_NAME "pooltrace-ring"
/// That of the memory file that answers `pooltrace stacks`, and the value that its signal carries.
#define POOLTRACE_STACKS_NAME "pooltrace-stacks"
#define POOLTRACE_STACKS_REQUEST 0x5074
/// "PoolRing".
#define POOLTRACE_RING_INDEX_MAGIC 0x676E69526C6F6F50u

/// The first page of the memory file.
struct pooltrace_ring_index {
    uint64_t magic;
    uint32_t format_version;
    uint32_t pid;
    /// In bytes, from the start of the file.
    uint64_t metadata_offset;
    uint64_t metadata_capacity;
    /// Odd while the metadata is being replaced; the size belongs to it too.
    uint64_t metadata_generation;
    uint64_t metadata_size;
    uint64_t packets_offset;
    uint64_t packet_size;
    /// Slots, used or not: an unused one has no magic.
    uint64_t packet_count;
};

#endif
