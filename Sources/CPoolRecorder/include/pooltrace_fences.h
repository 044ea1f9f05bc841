// Fences, and the words that threads wait for each other with.
#ifndef POOLTRACE_FENCES_H
#define POOLTRACE_FENCES_H

#include <stdbool.h>
#include <stdint.h>

#include "pooltrace_delay.h"

static inline void pooltrace_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Orders everything before it with everything after it; the light side of the park protocol.
static inline void pooltrace_full_fence(void) {
    pooltrace_delay();
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
    // Orders ordinary memory as `mfence` does, which the compiler would write, in 6 ns and not 15.
    __asm__ volatile("lock; orl $0, -64(%%rsp)" ::: "memory", "cc");
#else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/// Makes every thread of the process pass a full fence; false where the kernel cannot.
bool pooltrace_heavy_fence(void);

static inline uint32_t pooltrace_word_load(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline uint32_t pooltrace_word_exchange(uint32_t *word, uint32_t value) {
    return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);
}

#endif
