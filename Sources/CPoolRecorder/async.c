#define _GNU_SOURCE
#include "pooltrace_async.h"

#include <sys/uio.h>
#include <unistd.h>

/// Two words, wherever they are said to be: what lies there may be anything, and is not to be trusted.
static bool load(uintptr_t address, uintptr_t words[2]) {
    const size_t size = 2 * sizeof(uintptr_t);
    const struct iovec here = {words, size};
    const struct iovec there = {(void *)address, size};
    return address != 0 && process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)size;
}

uint32_t pooltrace_async_chain(const void *task, uint64_t *frames, uint32_t most) {
    // The function and the context with which the task goes on; of a context its parent's and the function of its
    // caller.
    uintptr_t words[2];
    if (!load((uintptr_t)task + POOLTRACE_JOB_RESUME, words)) return 0;
    uintptr_t function = words[0];
    uint32_t length = 0;
    for (uint32_t depth = 0; depth < 4 * most && length < most && function != 0; depth++) {
        // Two contexts may be one function's: that of its wait, and its own.
        if (length == 0 || frames[length - 1] != function) frames[length++] = function;
        const uintptr_t context = depth == 0 ? words[1] : words[0];
        if (!load(context, words)) break;
        function = words[1];
    }
    return length;
}
