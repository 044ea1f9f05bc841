// PoolTrace's code in a program that ThreadSanitizer sees is seen, too. One thread at a time runs it, in an order that
// the sanitizer must not know: or each hand-over of the baton would order what two tasks do, and hide their race. And
// without that order it would report PoolTrace's own data.
//
// So it looks away while that code runs. The compiler calls `__tsan_func_entry` at the beginning of each function and
// `__tsan_func_exit` at its end; this file stands in front of both. Where a function of PoolTrace's is called from one
// of the program's the sanitizer begins to ignore accesses and synchronization, until that function has returned, or
// has called one of the program's: the body of a task.
//
// What it ignores is counted in the fiber that runs, so a fiber begins with nothing, and each thread's place is its
// own: a thread that has handed the baton on goes on where it was.
#define _GNU_SOURCE
#include "own.h"

#include "code.h"
#include "tsan.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// What begins where a thread goes from one's code into another's.
enum { MOST_CHANGES = 2048 };

/// A thread's place.
struct place {
    /// How many functions it is in.
    uint32_t depth;
    bool is_own;
    /// At which depths it has changed, the last of them last. Deeper than that nothing changes any more.
    uint32_t change_count;
    uint32_t changes[MOST_CHANGES];
    /// How far down the stack has been used, by functions that the sanitizer sees, since it was cleared.
    uintptr_t lowest;
};

/// Whether a program looks for races between its tasks: before that, and else, the sanitizer sees everything.
static bool is_active;

static _Thread_local struct place place __attribute__((tls_model("initial-exec")));

/// A frame ends below the place where its function has called us.
enum { FRAME = 16 * 1024, RED_ZONE = 256 };

static void look_away(void) {
    __tsan_ignore_thread_begin();
    AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

static void look_again(void) {
    AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
    __tsan_ignore_thread_end();
}

typedef void (*entry_function)(void *caller);
typedef void (*exit_function)(void);

static void first_entry(void *caller);
static void first_exit(void);
static entry_function real_entry = first_entry;
static exit_function real_exit = first_exit;

static void find(void) {
    code_load();
    real_exit = (exit_function)dlsym(RTLD_NEXT, "__tsan_func_exit");
    real_entry = (entry_function)dlsym(RTLD_NEXT, "__tsan_func_entry");
}

static void first_entry(void *caller) {
    find();
    real_entry(caller);
}

static void first_exit(void) {
    find();
    real_exit();
}

/// The process exits, maybe from PoolTrace's code: the sanitizer, whose own handler comes next, ends it with another
/// status if it still looks away.
static void end(void) {
    if (place.is_own) look_again();
    place.is_own = false;
}

__attribute__((constructor)) static void begin(void) {
    if (real_entry == first_entry) find();
    // Before any other, so that it is called after them.
    if (real_entry != NULL) (void)atexit(end);
    // Before PoolTrace's code has begun: a function that the sanitizer has seen the beginning of it sees to the end.
    const char *mode = getenv("POOLTRACE_MODE");
    const bool is_serial = (mode != NULL && strncmp(mode, "serial", 6) == 0) || getenv("POOLTRACE_REPLAY") != NULL;
    is_active = is_serial && getenv("POOLTRACE_RACES") != NULL;
    if (is_active && code_is_stripped()) {
        static const char text[] = "pooltrace: --races requires a program with symbols, which 'strip' removes\n";
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        _exit(125);
    }
}

void __tsan_func_entry(void *caller) {
    real_entry(caller);
    struct place *own = &place;
    own->depth++;
    const uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    if (!is_active) return;
    if (frame < own->lowest) own->lowest = frame;
    const enum code_owner owner = code_owner(__builtin_return_address(0));
    if (owner == CODE_OF_CALLER || (owner == CODE_OF_POOLTRACE) == own->is_own) return;
    if (own->change_count == MOST_CHANGES) return;
    own->changes[own->change_count++] = own->depth;
    own->is_own = !own->is_own;
    own->is_own ? look_away() : look_again();
}

void __tsan_func_exit(void) {
    struct place *own = &place;
    if (own->change_count > 0 && own->changes[own->change_count - 1] == own->depth) {
        own->change_count--;
        own->is_own = !own->is_own;
        own->is_own ? look_away() : look_again();
    }
    own->depth--;
    real_exit();
}

bool own_is_active(void) { return is_active; }

void own_run(void *to, void (*body)(void *), void *context) {
    struct place *own = &place;
    void *outer = __tsan_get_current_fiber();
    const bool was_own = own->is_own;
    __tsan_switch_to_fiber(to, POOLTRACE_TSAN_NO_ORDER);
    look_away();
    own->is_own = true;
    body(context);
    look_again();
    own->is_own = was_own;
    __tsan_switch_to_fiber(outer, POOLTRACE_TSAN_NO_ORDER);
}

bool own_enter(void) {
    if (place.is_own) return true;
    look_away();
    place.is_own = true;
    return false;
}

void own_leave(bool was_own) {
    if (was_own) return;
    look_again();
    place.is_own = false;
}

void own_run_program(void (*body)(void *), void *context) {
    struct place *own = &place;
    if (!own->is_own) return body(context);
    look_again();
    own->is_own = false;
    body(context);
    own->is_own = true;
    look_away();
}

void own_order(void (*order)(void *), void *at) {
    if (!place.is_own) return order(at);
    AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
    order(at);
    AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

void own_clear_stack(void) {
    const uintptr_t here = (uintptr_t)__builtin_frame_address(0) - RED_ZONE;
    uintptr_t lowest = place.lowest;
    place.lowest = here;
    if (lowest == 0 || lowest >= here) return;
    lowest = (lowest - FRAME) & ~(uintptr_t)63;
    __tsan_java_alloc(lowest, (here - lowest) & ~7ul);
    __tsan_java_free(lowest, (here - lowest) & ~7ul);
}
