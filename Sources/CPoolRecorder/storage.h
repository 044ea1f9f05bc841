// Where packets are: slots of one size, in a memory file or as the files of a directory.
#ifndef POOLTRACE_STORAGE_H
#define POOLTRACE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pooltrace_ring.h"

struct pooltrace_storage {
    /// Makes a slot: memory that stays mapped for ever, all its bytes 0. Null if there is no room for it.
    struct pooltrace_packet *(*make)(uint32_t slot);
    /// Lets readers of files see a slot, and hides it from them.
    void (*show)(uint32_t slot);
    void (*hide)(uint32_t slot);
    /// Replaces the metadata; a reader sees the old text or the new one.
    void (*write_metadata)(const char *text, size_t size);
};

/// Opens a memory file of `slots` packets: an empty one that another process has made and keeps, or, where `given` is
/// not above 0, a new one. Null with errno set.
const struct pooltrace_storage *pooltrace_storage_open_memory(int given, uint32_t slots, size_t packet_size);

/// Opens a directory, making it. Null with `*problem` a sentence. `*opened` is its path, which stays valid.
const struct pooltrace_storage *pooltrace_storage_open_directory(
    const char *path, bool shares, size_t packet_size, const char **opened, const char **problem);

/// Where each file of a directory with packets begins its name while it must not be seen.
#define POOLTRACE_HIDDEN "."

#endif
