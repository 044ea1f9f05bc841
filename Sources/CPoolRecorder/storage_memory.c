#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "descriptor.h"
#include "pool_recorder.h"
#include "pooltrace_events.h"
#include "storage.h"

#define INDEX_SIZE 4096u
#define METADATA_CAPACITY 61440u

static int file = -1;
static uint8_t *base;
static struct pooltrace_ring_index *ring_index;

static off_t offset_of(uint32_t slot) {
    return (off_t)(ring_index->packets_offset + (uint64_t)slot * ring_index->packet_size);
}

static int grow(uint32_t slot, struct pooltrace_packet *packet, size_t from, size_t to) {
    // Pages now and in one call: a page at a time, at the first touch, they would cost more. A machine without memory
    // refuses here; a touch would end the process.
    const int problem = pooltrace_allocate(file, offset_of(slot) + (off_t)from, (off_t)(to - from));
    if (problem == 0) (void)madvise((uint8_t *)packet + from, to - from, MADV_POPULATE_WRITE);
    return problem;
}

static bool shrink(uint32_t slot, struct pooltrace_packet *packet, size_t from) {
    (void)packet;
    const off_t size = (off_t)(ring_index->packet_size - from);
    return fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset_of(slot) + (off_t)from, size) == 0;
}

static struct pooltrace_packet *make(uint32_t slot, size_t room) {
    struct pooltrace_packet *packet = (struct pooltrace_packet *)(base + offset_of(slot));
    errno = grow(slot, packet, 0, room);
    return errno == 0 ? packet : NULL;
}

static void show(uint32_t slot) { (void)slot; }
static void hide(uint32_t slot) { (void)slot; }
static void remove_slot(uint32_t slot) { (void)shrink(slot, NULL, 0); }

static bool write_metadata(const char *text, size_t size) {
    if (size > METADATA_CAPACITY) {
        errno = EFBIG;
        return false;
    }
    const uint64_t generation = ring_index->metadata_generation;
    __atomic_store_n(&ring_index->metadata_generation, generation + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    memcpy(base + ring_index->metadata_offset, text, size);
    __atomic_store_n(&ring_index->metadata_size, size, __ATOMIC_RELAXED);
    __atomic_store_n(&ring_index->metadata_generation, generation + 2, __ATOMIC_RELEASE);
    return true;
}

int pooltrace_ring_make(void) {
    return pooltrace_above_standard(memfd_create(POOLTRACE_RING_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

static const struct pooltrace_storage storage = {make, grow, shrink, show, hide, remove_slot, write_metadata};

uint32_t pooltrace_storage_memory_slots(size_t packet_size, uint32_t wanted) {
    const uint64_t limit = pooltrace_file_limit();
    const uint64_t offset = INDEX_SIZE + METADATA_CAPACITY;
    const uint64_t most = limit > offset ? (limit - offset) / packet_size : 0;
    return most < wanted ? (uint32_t)most : wanted;
}

const struct pooltrace_storage *pooltrace_storage_open_memory(int given, uint32_t slots, size_t packet_size) {
    const size_t packets_offset = INDEX_SIZE + METADATA_CAPACITY;
    const size_t size = packets_offset + slots * packet_size;
    file = given > 0 ? given : pooltrace_ring_make();
    if (file < 0) return NULL;
    if (ftruncate(file, (off_t)size) != 0) goto failed;
    // Nobody can make the file shorter under a mapping of it, ours or a reader's.
    if (fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) goto failed;
    base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (base == MAP_FAILED) goto failed;
    ring_index = (struct pooltrace_ring_index *)base;
    *ring_index = (struct pooltrace_ring_index){.format_version = POOLTRACE_FORMAT_VERSION,
        .pid = (uint32_t)getpid(),
        .metadata_offset = INDEX_SIZE,
        .metadata_capacity = METADATA_CAPACITY,
        .packets_offset = packets_offset,
        .packet_size = packet_size,
        .packet_count = slots};
    __atomic_store_n(&ring_index->magic, POOLTRACE_RING_INDEX_MAGIC, __ATOMIC_RELEASE);
    return &storage;
failed:;
    const int problem = errno;
    close(file);
    errno = problem;
    return NULL;
}
