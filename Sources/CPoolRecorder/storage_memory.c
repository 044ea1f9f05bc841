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

static struct pooltrace_packet *make(uint32_t slot) {
    // Pages now and in one call: a page at a time, at the first touch, they would cost more. A machine without memory
    // refuses here; a touch would end the process.
    if (fallocate(file, 0, offset_of(slot), (off_t)ring_index->packet_size) != 0) return NULL;
    uint8_t *packet = base + offset_of(slot);
    (void)madvise(packet, ring_index->packet_size, MADV_POPULATE_WRITE);
    return (struct pooltrace_packet *)packet;
}

static void show(uint32_t slot) { (void)slot; }
static void hide(uint32_t slot) { (void)slot; }

static void write_metadata(const char *text, size_t size) {
    if (size > METADATA_CAPACITY) return;
    const uint64_t generation = ring_index->metadata_generation;
    __atomic_store_n(&ring_index->metadata_generation, generation + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    memcpy(base + ring_index->metadata_offset, text, size);
    __atomic_store_n(&ring_index->metadata_size, size, __ATOMIC_RELAXED);
    __atomic_store_n(&ring_index->metadata_generation, generation + 2, __ATOMIC_RELEASE);
}

int pooltrace_ring_make(void) {
    return pooltrace_above_standard(memfd_create(POOLTRACE_RING_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

static const struct pooltrace_storage storage = {make, show, hide, write_metadata};

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
