// What the files of the preloaded library share.
#ifndef POOLTRACE_PIN_REAL_H
#define POOLTRACE_PIN_REAL_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

/// The C library's own.
#define REAL(name) ((__typeof__(&name))pooltrace_real(#name, &real_##name))
static inline void *pooltrace_real(const char *name, void **found) {
    if (*found == NULL) *found = dlsym(RTLD_NEXT, name);
    return *found;
}

/// Whether something is to be the same in every run.
bool pooltrace_is_pinned(const char *what);

/// Called when the library is loaded.
void pooltrace_clocks_start(void);

#endif
