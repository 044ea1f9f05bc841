// What the files of the preloaded library share.
#ifndef POOLTRACE_PIN_REAL_H
#define POOLTRACE_PIN_REAL_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

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

/// A system call as the kernel answers it.
long pooltrace_call(long number, long a, long b, long c, long d, long e, long f);

/// SYS_futex, as the kernel would answer it.
///
/// - caller, frame: Who calls `syscall`, and its frame.
long pooltrace_futex(const long words[6], const void *caller, void *const *frame);

// MARK: - Limits of waits

/// The clock that a limit was made from, where the function that takes it does not say.
clockid_t pooltrace_clock_of(const struct timespec *limit);

/// How many nanoseconds are left until a limit, as the program's clocks show it; -1 if there is none.
int64_t pooltrace_left(clockid_t clock, const struct timespec *limit);

/// A limit as the kernel's clock has it.
const struct timespec *pooltrace_kernel_limit(clockid_t clock, const struct timespec *limit, struct timespec *changed);

/// A wait has come to its limit: so the clock has.
int pooltrace_at_limit(int result, bool has_ended, clockid_t clock, const struct timespec *limit);

/// Calls a function with a limit of the kernel's clock, unless `known` is the result already; one that returns what is
/// wrong.
#define LIMITED(known, clock, limit, call)                                              \
    if (known != -1) return known;                                                      \
    struct timespec changed;                                                            \
    const clockid_t of_limit = clock;                                                   \
    const struct timespec *kernels = pooltrace_kernel_limit(of_limit, limit, &changed); \
    const int status = call;                                                            \
    return pooltrace_at_limit(status, status == ETIMEDOUT, of_limit, limit);

/// The same for those that say what is wrong by errno.
#define LIMITED_BY_ERRNO(clock, limit, call)                                            \
    struct timespec changed;                                                            \
    const clockid_t of_limit = clock;                                                   \
    const struct timespec *kernels = pooltrace_kernel_limit(of_limit, limit, &changed); \
    const int status = call;                                                            \
    return pooltrace_at_limit(status, status != 0 && errno == ETIMEDOUT, of_limit, limit);

#endif
