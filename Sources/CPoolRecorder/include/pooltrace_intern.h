// A small cache for each thread, from the addresses of literals to the numbers that stand for them in the trace.
#ifndef POOLTRACE_INTERN_H
#define POOLTRACE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#define POOLTRACE_INTERN_ENTRIES 128

/// One literal place or name: `second` and `line` are 0 for a name.
struct pooltrace_intern_entry {
    const void *first;
    const void *second;
    uint32_t line;
    uint32_t number;
};

/// This thread's entries, null before its first; direct-mapped.
extern _Thread_local struct pooltrace_intern_entry *pooltrace_intern_entries __attribute__((tls_model("initial-exec")));

static inline size_t pooltrace_intern_index(const void *first, const void *second, uint32_t line) {
    const uint64_t mixed = ((uintptr_t)first ^ ((uintptr_t)second << 7) ^ ((uint64_t)line << 32)) * 0x9E3779B97F4A7C15u;
    return (size_t)(mixed >> 57);
}

/// The number of a literal, or 0 if this thread has not seen it lately.
static inline uint32_t pooltrace_intern_find(const void *first, const void *second, uint32_t line) {
    const struct pooltrace_intern_entry *entries = pooltrace_intern_entries;
    if (__builtin_expect(entries == NULL, 0)) return 0;
    const struct pooltrace_intern_entry *entry = &entries[pooltrace_intern_index(first, second, line)];
    const int same = entry->first == first && entry->second == second && entry->line == line;
    return __builtin_expect(same, 1) ? entry->number : 0;
}

/// Remembers a literal's number for this thread.
void pooltrace_intern_remember(const void *first, const void *second, uint32_t line, uint32_t number);

#endif
