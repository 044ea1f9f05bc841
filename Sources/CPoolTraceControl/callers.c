// Whose code takes a lock: the program's, or that of Swift's runtime, Dispatch or Foundation.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "turns.h"

bool has_own_runtime;

enum owner { UNKNOWN, PROGRAM, LOCK_METHOD, OTHERS };

static char program_folder[4096];

bool is_name(const char *path, const char *part) {
    const char *name = strrchr(path, '/');
    return strstr(name != NULL ? name : path, part) != NULL;
}

/// Whether code of Foundation's is a part of NSLock or one of its relatives: these are the program's, if the program
/// calls them.
///
/// Their functions, most of which have no names, are beside each other.
static bool is_lock_method(uintptr_t code) {
    static const char *const methods[] = {"$s10Foundation6NSLockC4lockyyF", "$s10Foundation6NSLockC6unlockyyF",
        "$s10Foundation15NSRecursiveLockC4lockyyF", "$s10Foundation15NSRecursiveLockC6unlockyyF",
        "$s10Foundation11NSConditionC4lockyyF", "$s10Foundation11NSConditionC9broadcastyyF",
        "$s10Foundation15NSConditionLockC4lockyyF", "$s10Foundation15NSConditionLockC6unlockyyF"};
    uintptr_t start = UINTPTR_MAX, end = 0;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        const uintptr_t method = (uintptr_t)dlsym(RTLD_DEFAULT, methods[i]);
        if (method == 0) continue;
        if (method < start) start = method;
        if (method > end) end = method;
    }
    const uintptr_t around = 1024;
    return end != 0 && code > start - around && code < end + around;
}

static enum owner find_owner(const void *code) {
    struct dl_find_object found;
    if (_dl_find_object((void *)code, &found) != 0) return OTHERS;
    const char *path = found.dlfo_link_map->l_name;
    if (*path == 0) return PROGRAM;
    if (is_name(path, "libPoolTrace")) return OTHERS;
    if (is_name(path, "libswiftDispatch")) return LOCK_METHOD;
    if (is_name(path, "Foundation")) return is_lock_method((uintptr_t)code) ? LOCK_METHOD : OTHERS;
    const size_t length = strlen(program_folder);
    return length > 0 && strncmp(path, program_folder, length) == 0 && strchr(path + length, '/') == NULL ? PROGRAM
                                                                                                          : OTHERS;
}

#define MOST_CALLERS 1024

/// Each caller is looked up once. An entry is written once: the code, then what it is.
static struct {
    const void *code;
    enum owner owner;
} callers[MOST_CALLERS];

static enum owner owner_of(const void *code) {
    size_t place = ((uintptr_t)code >> 2) % MOST_CALLERS;
    for (int tries = 0; tries < 8; tries++, place = (place + 1) % MOST_CALLERS) {
        const void *known = __atomic_load_n(&callers[place].code, __ATOMIC_ACQUIRE);
        if (known == NULL) {
            const enum owner owner = find_owner(code);
            if (__atomic_compare_exchange_n(
                    &callers[place].code, &known, code, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
                __atomic_store_n(&callers[place].owner, owner, __ATOMIC_RELEASE);
            return owner;
        }
        if (known != code) continue;
        const enum owner owner = __atomic_load_n(&callers[place].owner, __ATOMIC_ACQUIRE);
        return owner != UNKNOWN ? owner : find_owner(code);
    }
    return find_owner(code);
}

/// The frame below one on the stack; NULL if there is none.
///
/// A frame begins with the address of the one below, and the place where its function was called.
static void *const *frame_below(void *const *frame) {
    void *const *below = (void *const *)frame[0];
    // A stack grows downward, and no such frame is large.
    return below > frame && (uintptr_t)below - (uintptr_t)frame < 65536 && (uintptr_t)below % sizeof(void *) == 0
        ? below
        : NULL;
}

struct code find_code(const void *caller, void *const *frame) {
    const void *first = caller;
    for (int depth = 0; depth < 6 && frame != NULL; depth++) {
        const enum owner owner = owner_of(caller);
        frame = frame_below(frame);
        if (owner == PROGRAM) return (struct code){caller, frame != NULL ? frame[1] : NULL, true};
        if (owner != LOCK_METHOD) break;
        caller = frame != NULL ? frame[1] : NULL;
    }
    return (struct code){first, NULL, false};
}

void find_program(const void *runtime) {
    const ssize_t length = readlink("/proc/self/exe", program_folder, sizeof program_folder - 1);
    program_folder[length > 0 ? length : 0] = 0;
    char *name = strrchr(program_folder, '/');
    if (name != NULL) name[1] = 0;
    has_own_runtime = find_owner(runtime) != PROGRAM;
}
