// A contended `Mutex` of Swift's: its slow paths are in a library that ThreadSanitizer does not see, so it would not
// know that who has waited for the lock comes after who gave it back. (The fast ones are atomic operations, which it
// sees.)
#define _GNU_SOURCE
#include "own.h"
#include "tsan.h"

#include <dlfcn.h>
#include <stdint.h>

#define SWIFT_CALL __attribute__((swiftcall))
#define SWIFT_SELF __attribute__((swift_context))

// Synchronization._MutexHandle._lockSlow(UInt32) and ._unlockSlow(), both on the address of the handle.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT_CALL void (*lock_function)(uint32_t thread, SWIFT_SELF void *handle);
typedef SWIFT_CALL void (*unlock_function)(SWIFT_SELF void *handle);

SWIFT_CALL void pooltrace_races_lock(uint32_t thread, SWIFT_SELF void *handle) __asm__(LOCK);
SWIFT_CALL void pooltrace_races_unlock(SWIFT_SELF void *handle) __asm__(UNLOCK);

SWIFT_CALL void pooltrace_races_lock(uint32_t thread, SWIFT_SELF void *handle) {
    static lock_function real;
    if (real == 0) real = (lock_function)dlsym(RTLD_NEXT, LOCK);
    real(thread, handle);
    __tsan_acquire(handle);
}

SWIFT_CALL void pooltrace_races_unlock(SWIFT_SELF void *handle) {
    static unlock_function real;
    if (real == 0) real = (unlock_function)dlsym(RTLD_NEXT, UNLOCK);
    __tsan_release(handle);
    real(handle);
}
