// Stands in for the two functions of Swift's runtime by which a task looks whether it is cancelled. A task that does
// so in a loop may wait for another one, which in serial mode has to run first.
//
// The program's calls go by the dynamic linker, which takes what comes first: the program's own functions, where this
// is linked into it, then those of a preloaded library. The definitions are weak, so that a program that has Swift's
// runtime statically uses the runtime's.
#define _GNU_SOURCE
#include "pooltrace_looks.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

// Exported: PoolTrace's preloaded host sets the one of the preloaded library, which the program's calls come to.
void (*pooltrace_looked)(void);

void pooltrace_looks_watch(void (*looked)(void)) { __atomic_store_n(&pooltrace_looked, looked, __ATOMIC_RELEASE); }

static void look(void) {
    void (*looked)(void) = __atomic_load_n(&pooltrace_looked, __ATOMIC_ACQUIRE);
    if (looked != NULL) looked();
}

/// The runtime's own function, which `known` keeps.
static void *next(void **known, const char *name) {
    void *found = __atomic_load_n(known, __ATOMIC_ACQUIRE);
    if (found != NULL) return found;
    found = dlsym(RTLD_NEXT, name);
    __atomic_store_n(known, found, __ATOMIC_RELEASE);
    return found;
}

// Both end in a jump, so that neither is on the stack of what the runtime's throws, and what Swift has in registers of
// its own, the error among it, is as the caller left it: they are registers that a function in C restores.

// static Task<Never, Never>.isCancelled
#define IS_CANCELLED "$sScTss5NeverORszABRs_rlE11isCancelledSbvgZ"
typedef bool is_cancelled(void);
__attribute__((weak)) is_cancelled pooltrace_task_is_cancelled __asm__(IS_CANCELLED);

bool pooltrace_task_is_cancelled(void) {
    static void *known;
    look();
    __attribute__((musttail)) return ((is_cancelled *)next(&known, IS_CANCELLED))();
}

// static Task<Never, Never>.checkCancellation() throws
#define CHECK "$sScTss5NeverORszABRs_rlE17checkCancellationyyKFZ"
typedef void check(void);
__attribute__((weak)) check pooltrace_task_check __asm__(CHECK);

void pooltrace_task_check(void) {
    static void *known;
    look();
    __attribute__((musttail)) return ((check *)next(&known, CHECK))();
}
