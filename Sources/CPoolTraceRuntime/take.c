// Swift's runtime makes its executors when they are first asked for, and then keeps them: ours have to be there before
// main.
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pooltrace_dispatch.h"
#include "pooltrace_runtime.h"

// The entry of the runtime that takes a factory of executors. Weak: not every runtime has it.
extern void swift_createExecutors(void) __attribute__((weak));

// There in a bundle of tests (CPoolTraceTesting has it), most of which want to be left alone.
extern const char pooltrace_runtime_when_asked __attribute__((weak));

static bool is_set(const char *name) {
    const char *value = getenv(name);
    return value != NULL && value[0] != 0;
}

// Whether somebody who starts the process wants something of PoolTrace.
static bool is_asked(void) {
    return is_set("POOLTRACE_MODE") || is_set("POOLTRACE_REPLAY") || is_set("POOLTRACE_TRACE") ||
        is_set("POOLTRACE_RUNTIME");
}

__attribute__((constructor)) static void pooltrace_runtime_enter(void) {
    const char *runtime = getenv("POOLTRACE_RUNTIME");
    if (runtime != NULL && strcmp(runtime, "off") == 0) return;
    // A worker process serves its pool before main, and ends.
    if (getenv("POOLTRACE_WORKER") != NULL) return;
    if (&pooltrace_runtime_when_asked != NULL && !is_asked()) return;
    if (swift_createExecutors == NULL || !pooltrace_dispatch_is_there()) {
        static const char sentence[] =
            "pooltrace: async tasks are left alone: this Swift runtime takes no executors, or has no Dispatch\n";
        (void)!write(STDERR_FILENO, sentence, sizeof sentence - 1);
        return;
    }
    pooltrace_runtime_take();
}
