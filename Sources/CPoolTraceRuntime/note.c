// Says in the linked program that it takes over its own async tasks: see the other note, in CPoolRecorder.
#include <stdint.h>

__attribute__((used, section(".note.pooltrace"), aligned(4))) static const struct {
    uint32_t name_size, size, type;
    char name[12];
    uint32_t version;
} note = {sizeof "PoolTrace", sizeof(uint32_t), 2, "PoolTrace", 1};
