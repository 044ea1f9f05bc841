// A job in a queue: eight words, one of which may be the context of a Swift closure.
#ifndef POOLTRACE_JOB_H
#define POOLTRACE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "swift_abi.h"

/// A thief may read a job that its owner writes again: then its claim fails and what it read is dropped, but the words
/// have to be atomic for that to be defined.
static inline void pooltrace_words_store(uint64_t *to, const uint64_t *from) {
    for (int i = 0; i < 8; i++) __atomic_store_n(to + i, from[i], __ATOMIC_RELAXED);
}
static inline void pooltrace_words_load(uint64_t *to, const uint64_t *from) {
    for (int i = 0; i < 8; i++) to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
}

/// Brings a line that will be written.
static inline void pooltrace_prefetch(uintptr_t address) { __builtin_prefetch((const void *)address, 1); }

// The Swift runtime's: an unowned reference keeps the memory of an object whose last strong reference is gone.
void *swift_unownedRetain(void *object);
void swift_unownedRelease(void *object);
/// Whether an object is the box of a closure's captures: a closure that captures one object alone has that object for
/// its context, and not every kind of object keeps its memory for an unowned reference (a `Task` does not). The kind is
/// the first word of its metadata.
static inline bool pooltrace_is_closure_box(const void *object) {
    return **(const uintptr_t *const *)object == POOLTRACE_KIND_CLOSURE_BOX;
}
static inline void pooltrace_unowned_retain(void *object) { (void)swift_unownedRetain(object); }
static inline void pooltrace_unowned_release(void *object) { swift_unownedRelease(object); }

#endif
