// Says in the linked program that it carries PoolTrace: what is preloaded looks for it, and stays out. A note, since
// that outlives `strip` and needs no exported symbol, which programs that SwiftPM links do not have.
#include <stdint.h>

__attribute__((used, section(".note.pooltrace"), aligned(4))) static const struct {
    uint32_t name_size, size, type;
    char name[12];
    uint32_t version;
} note = {sizeof "PoolTrace", sizeof(uint32_t), 1, "PoolTrace", 1};
