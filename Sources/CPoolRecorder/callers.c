#define _GNU_SOURCE
#include "pooltrace_callers.h"
#include "pooltrace_real_calls.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdbool.h>

#include "swift_abi.h"
#include "throw_hook.h"

extern void *swift_task_getCurrent(void) __attribute__((swiftcall, weak));

/// Deeper than the runtime and ours are together.
#define MOST_FRAMES 48

static pthread_once_t once = PTHREAD_ONCE_INIT;
static uintptr_t runtime_low, runtime_high;

static int find(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    const uintptr_t address = (uintptr_t)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        const uintptr_t low = info->dlpi_addr + header->p_vaddr;
        // The executable has an empty name; a runtime that is linked into it cannot be told from the program.
        if (header->p_type != PT_LOAD || address - low >= header->p_memsz || info->dlpi_name[0] == 0) continue;
        runtime_low = low;
        runtime_high = low + header->p_memsz;
        return 1;
    }
    return 0;
}

static void find_runtime(void) {
    if (swift_task_getCurrent == NULL) return;
    // Not the address of this program's own way to it.
    void *function = dlsym(RTLD_DEFAULT, "swift_task_getCurrent");
    if (function != NULL) dl_iterate_phdr(find, function);
}

bool pooltrace_runtime_bounds(uintptr_t *low, uintptr_t *high) {
    pooltrace_real_once(&once, find_runtime);
    *low = runtime_low;
    *high = runtime_high;
    return runtime_high != 0;
}

__attribute__((noinline)) uint32_t pooltrace_callers(uint64_t frames[POOLTRACE_CALLERS]) {
    pooltrace_real_once(&once, find_runtime);
    uintptr_t low, end;
    if (runtime_high == 0 || !pooltrace_stack_bounds(&low, &end)) return 0;
    bool was_in_runtime = false;
    uint32_t length = 0;
    uintptr_t at = (uintptr_t)__builtin_frame_address(0);
    for (int i = 0; i < MOST_FRAMES && at >= low && at < end && at % sizeof(uintptr_t) == 0; i++) {
        const uintptr_t saved = ((const uintptr_t *)at)[0] & ~POOLTRACE_ASYNC_FRAME,
                        address = ((const uintptr_t *)at)[1];
        const bool is_in_runtime = address - runtime_low < runtime_high - runtime_low;
        if (was_in_runtime && !is_in_runtime) frames[length++] = address;
        else if (length > 0) break;
        was_in_runtime |= is_in_runtime;
        if (length == POOLTRACE_CALLERS || saved <= at) break;
        at = saved;
    }
    return length;
}
