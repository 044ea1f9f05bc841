// How what a program says inside its tasks comes to a recorder, which may be linked into the program, preloaded, or not
// there at all: a pointer to a recorder's functions.
#ifndef POOLTRACE_ANNOTATIONS_H
#define POOLTRACE_ANNOTATIONS_H

#include <stdbool.h>
#include <stddef.h>

/// What a recorder does with what is said on the calling thread.
///
/// A name is UTF-8 of a length. A literal lies where it is for as long as the process lives: its address stands for it.
struct pooltrace_annotations {
    void (*mark)(const char *name, size_t length, bool is_literal);
    void (*value)(const char *name, size_t length, bool is_literal, double value);
    void (*span_start)(const char *name, size_t length, bool is_literal);
    void (*span_end)(const char *name, size_t length, bool is_literal);
};

/// The recorder's functions; NULL: nobody records. The number is the version of the struct: another struct has another
/// name.
///
/// Exported. Of a preloaded recorder, the preloaded library has it; a program that has one of its own copies that one
/// before main.
extern const struct pooltrace_annotations *pooltrace_annotations_1;

/// The recorder's functions; NULL: nobody records.
static inline const struct pooltrace_annotations *pooltrace_annotations(void) {
    return __atomic_load_n(&pooltrace_annotations_1, __ATOMIC_ACQUIRE);
}

/// Has these functions called from now on; for recorders.
static inline void pooltrace_annotations_set(const struct pooltrace_annotations *functions) {
    __atomic_store_n(&pooltrace_annotations_1, functions, __ATOMIC_RELEASE);
}

#endif
