#include "pooltrace_fences.h"

#include <linux/membarrier.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

bool pooltrace_heavy_fence(void) {
    // 0: not asked yet, 1: registered, 2: the kernel has none.
    static int state;
    int known = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
    if (known == 0) {
        known = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0 ? 1 : 2;
        __atomic_store_n(&state, known, __ATOMIC_RELEASE);
    }
    return known == 1 && syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}
