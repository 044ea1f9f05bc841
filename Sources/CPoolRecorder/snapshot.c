// A copy of the ring, slot by slot, while threads write to it and use slots again. Async-signal-safe: system calls, no
// lock, no allocation.
//
// The folder has a hidden name until it is whole. A slot is written out straight from the ring, up to the content_size
// seen before; its header comes last, made from what was seen. If the slot's sequence number changed meanwhile the copy
// is made again. Packets that began after the copying did are left out: their predecessor in the stream may have been
// copied before it was full, and a gap that is neither overwritten nor discarded would lie between the two. (As a
// packet begins, its predecessor is full.)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ring.h"

#define ATTEMPTS 100

static char *append(char *at, const char *text) {
    const size_t length = strlen(text);
    memcpy(at, text, length + 1);
    return at + length;
}

static void name_packet(char *at, uint32_t slot) {
    at = append(at, POOLTRACE_PACKET_NAME);
    char digits[] = "0000";
    for (int i = 3; i >= 0; i--, slot /= 10) digits[i] = (char)('0' + slot % 10);
    append(at, digits);
}

static int write_at(int file, const void *bytes, size_t size, off_t offset) {
    size_t written = 0;
    while (written < size) {
        const ssize_t count = pwrite(file, (const char *)bytes + written, size - written, offset + (off_t)written);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return count < 0 ? errno : EIO;
        written += (size_t)count;
    }
    return 0;
}

static int create(int folder, const char *name) {
    return openat(folder, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_WRONLY, 0600);
}

/// EAGAIN: the slot changed its packet meanwhile, or is about to. ESTALE: the packet began after `moment`, or is older
/// than the ring keeps events.
static int copy_packet(int file, const struct pooltrace_packet *packet, uint64_t moment) {
    struct pooltrace_packet header;
    const uint64_t sequence = __atomic_load_n(&packet->packet_seq_num, __ATOMIC_ACQUIRE);
    if (sequence == POOLTRACE_PACKET_RESETTING) return EAGAIN;
    const uint64_t content = __atomic_load_n(&packet->content_size, __ATOMIC_ACQUIRE);
    const uint64_t end = __atomic_load_n(&packet->timestamp_end, __ATOMIC_ACQUIRE);
    memcpy(&header, packet, sizeof header);
    header.packet_seq_num = sequence;
    header.content_size = content;
    header.timestamp_end = end;
    if (header.timestamp_begin > moment) return ESTALE;
    const uint64_t keep = pooltrace_ring_keep();
    if (keep != 0 && header.stream_instance_id != POOLTRACE_KEPT_STREAM &&
        pooltrace_clock_nanoseconds(end, moment) > keep) {
        return ESTALE;
    }
    const size_t size = content / 8;
    if (size < sizeof header || content > header.packet_size) return EAGAIN;
    const int error = write_at(file, packet + 1, size - sizeof header, sizeof header);
    if (error != 0) return error;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&packet->packet_seq_num, __ATOMIC_RELAXED) != sequence) return EAGAIN;
    // No longer than what is in it; an earlier attempt may have been longer.
    if (ftruncate(file, (off_t)size) != 0) return errno;
    header.packet_size = content;
    return write_at(file, &header, sizeof header, 0);
}

static int copy_slot(int folder, uint32_t slot, uint64_t moment) {
    const struct pooltrace_packet *packet = pooltrace_ring_slot(slot);
    if (packet == NULL || __atomic_load_n(&packet->magic, __ATOMIC_ACQUIRE) != POOLTRACE_PACKET_MAGIC) return 0;
    char name[32];
    name_packet(name, slot);
    const int file = create(folder, name);
    if (file < 0) return errno;
    int error = EAGAIN;
    for (int attempt = 0; error == EAGAIN && attempt < ATTEMPTS; attempt++) error = copy_packet(file, packet, moment);
    close(file);
    if (error != 0) unlinkat(folder, name, 0);
    // Always on its way into another use: overwritten.
    return error == EAGAIN || error == ESTALE ? 0 : error;
}

static int copy_metadata(int folder) {
    const struct pooltrace_metadata *metadata = pooltrace_ring_metadata();
    if (metadata == NULL) return ENODATA;
    const int file = create(folder, POOLTRACE_METADATA_NAME);
    if (file < 0) return errno;
    const int error = write_at(file, metadata->text, metadata->size, 0);
    close(file);
    return error;
}

static void remove_folder(int folder, const char *path) {
    char name[32];
    for (uint32_t slot = 0; slot < pooltrace_ring_slot_count(); slot++) {
        name_packet(name, slot);
        unlinkat(folder, name, 0);
    }
    unlinkat(folder, POOLTRACE_METADATA_NAME, 0);
    rmdir(path);
}

int pooltrace_snapshot_to(const char *directory) {
    char hidden[PATH_MAX + 32];
    const size_t length = strlen(directory);
    if (length == 0 || length >= PATH_MAX) return length == 0 ? ENOENT : ENAMETOOLONG;
    if ((__atomic_load_n(&pooltrace_sinks, __ATOMIC_ACQUIRE) & POOLTRACE_SINK_RING) == 0) return ENODATA;
    // "a/b" is made as "a/.b.making".
    memcpy(hidden, directory, length + 1);
    char *name = hidden + length;
    while (name > hidden && name[-1] == '/') *--name = 0;
    while (name > hidden && name[-1] != '/') name--;
    memmove(name + 1, name, strlen(name) + 1);
    name[0] = '.';
    append(name + strlen(name), ".making");
    if (mkdir(hidden, 0700) != 0) return errno;
    const int folder = open(hidden, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_RDONLY);
    int error = folder < 0 ? errno : 0;
    const uint64_t moment = pooltrace_clock_now();
    if (error == 0) error = copy_metadata(folder);
    for (uint32_t slot = 0; error == 0 && slot < pooltrace_ring_slot_count(); slot++) {
        error = copy_slot(folder, slot, moment);
    }
    // An empty directory may be there; a full one stays as it is.
    if (error == 0 && rename(hidden, directory) != 0) error = errno;
    if (folder >= 0) {
        if (error != 0) remove_folder(folder, hidden);
        close(folder);
    }
    return error;
}
