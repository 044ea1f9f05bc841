#define _GNU_SOURCE
#include "pooltrace_annotations.h"

#include <dlfcn.h>

const struct pooltrace_annotations *pooltrace_annotations_1;

// A program's own variables are not seen by the libraries that are preloaded to it, so it looks at theirs: before main,
// and after those libraries have been initialized, which have their recorder by then.
__attribute__((constructor)) static void pooltrace_annotations_find(void) {
    const struct pooltrace_annotations **preloaded = dlsym(RTLD_DEFAULT, "pooltrace_annotations_1");
    if (preloaded == NULL || preloaded == &pooltrace_annotations_1 || pooltrace_annotations() != NULL) return;
    pooltrace_annotations_set(__atomic_load_n(preloaded, __ATOMIC_ACQUIRE));
}
