// Swift's runtime makes its executors when they are first asked for, and then keeps them: ours have to be there before main.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pooltrace_dispatch.h"
#include "pooltrace_runtime.h"

// The entry of the runtime that takes a factory of executors. Weak: not every runtime has it.
extern void swift_createExecutors(void) __attribute__((weak));

__attribute__((constructor)) static void pooltrace_runtime_enter(void) {
    const char *runtime = getenv("POOLTRACE_RUNTIME");
    if (runtime != NULL && strcmp(runtime, "off") == 0) return;
    // A worker process serves its pool before main, and ends.
    if (getenv("POOLTRACE_WORKER") != NULL) return;
    if (swift_createExecutors == NULL || !pooltrace_dispatch_is_there()) {
        static const char sentence[] = "pooltrace: async tasks are left alone: this Swift runtime takes no executors, or has no Dispatch\n";
        (void)!write(STDERR_FILENO, sentence, sizeof sentence - 1);
        return;
    }
    pooltrace_runtime_take();
}
