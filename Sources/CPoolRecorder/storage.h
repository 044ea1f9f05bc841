// Where packets are: slots of one size, in a memory file or as the files of a directory.
#ifndef POOLTRACE_STORAGE_H
#define POOLTRACE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pooltrace_ring.h"

struct pooltrace_storage {
    /// Makes a slot: memory that stays mapped for ever, all its bytes 0, of which the first `room` may be written.
    /// Null with errno set if there is no room for it.
    struct pooltrace_packet *(*make)(uint32_t slot, size_t room);
    /// Makes the bytes from `from` to `to` of a slot ready to be written. 0, or an errno: then they must not be.
    int (*grow)(uint32_t slot, struct pooltrace_packet *packet, size_t from, size_t to);
    /// Gives the bytes of a slot from `from` on back to the system. False if it does not take them: they stay as they
    /// are.
    bool (*shrink)(uint32_t slot, struct pooltrace_packet *packet, size_t from);
    /// Lets readers of files see a slot, and hides it from them.
    void (*show)(uint32_t slot);
    void (*hide)(uint32_t slot);
    /// Takes a slot away for ever, as if it had not been made.
    void (*remove)(uint32_t slot);
    /// Replaces the metadata; a reader sees the old text or the new one. False with errno set if it stays as it was.
    bool (*write_metadata)(const char *text, size_t size);
};

/// How many of the `wanted` slots a memory file may have: the process's limit of the size of files goes for it, too.
uint32_t pooltrace_storage_memory_slots(size_t packet_size, uint32_t wanted);

/// Opens a memory file of `slots` packets: an empty one that another process has made and keeps, or, where `given` is
/// not above 0, a new one. Null with errno set.
const struct pooltrace_storage *pooltrace_storage_open_memory(int given, uint32_t slots, size_t packet_size);

/// Opens a directory, making it. Null with `*problem` a sentence. `*opened` is its path, which stays valid.
const struct pooltrace_storage *pooltrace_storage_open_directory(
    const char *path, bool shares, uint32_t slots, size_t packet_size, const char **opened, const char **problem);

/// Where each file of a directory with packets begins its name while it must not be seen.
#define POOLTRACE_HIDDEN "."

#endif
