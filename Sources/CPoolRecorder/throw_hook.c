// Notes the stack of every throw of a running task, through the hooks that the Swift runtime offers to debuggers.
//
// The runtime calls `_swift_willThrow` with the box of an error at each `throw`, and `_swift_willThrowTypedImpl` with
// the value and its type where a function declares the type that it throws. Both are chained once, from a constructor,
// and never again: a hook installed on top of one that already calls it would make a cycle. Code that installs a hook
// later (Swift Testing does) calls these in turn.
//
// What was noted belongs to the thread, as a stack of throws: a task that waits may run the awaited task on its own
// stack, whose throws then lie above its own and go when it ends. Only the thread itself touches them, so nothing here
// is atomic. A noted error is retained: otherwise its address could come back as that of another error, and this one's
// frames would be shown for it.
//
// The first throw of an error wins: where the same error is thrown again, from `catch`, the origin stays. That is known
// by the box. Where there is none to compare, because the error was typed or was boxed anew on its way, an error counts
// as the same if its type and bytes are equal and it is thrown from a frame that had called the earlier one's thrower.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unwind.h>

#include "pooltrace_clock.h"
#include "pooltrace_record.h"
#include "pooltrace_throws.h"
#include "swift_abi.h"
#include "throw_hook.h"

// MARK: - The runtime's side

typedef void (*untyped_hook)(void *error);
typedef void (*typed_hook)(void *value, const void *type, const void *conformance);

// Weak: a program need not have this runtime, or not all of it.
extern _Atomic(untyped_hook) _swift_willThrow __attribute__((weak));
extern _Atomic(typed_hook) _swift_willThrowTypedImpl __attribute__((weak));
extern void *swift_errorRetain(void *error) __attribute__((weak));
extern void swift_errorRelease(void *error) __attribute__((weak));
struct new_box {
    void *error;
    void *value;
};
extern struct new_box swift_allocError(const void *type, const void *conformance, void *value, bool takes)
    __attribute__((weak));

static bool is_class(const void *type) {
    uintptr_t kind = *(const uintptr_t *)type;
    return kind == POOLTRACE_KIND_CLASS || kind > POOLTRACE_KIND_LAST_ENUMERATED;
}

static bool is_any_error(const void *type) {
    if (*(const uintptr_t *)type != POOLTRACE_KIND_EXISTENTIAL) return false;
    uint32_t flags = *(const uint32_t *)((const uintptr_t *)type + 1);
    return (flags >> POOLTRACE_SPECIAL_PROTOCOL_SHIFT & POOLTRACE_SPECIAL_PROTOCOL_MASK) ==
        POOLTRACE_SPECIAL_PROTOCOL_ERROR;
}

static const uintptr_t *witnesses(const void *type) { return ((const uintptr_t *const *)type)[-1]; }

/// The type of the value itself: that of the object, where the value is one.
static const void *dynamic_type(const void *value, const void *type) {
    return is_class(type) ? **(const void *const *const *)value : type;
}

static const void *value_in(const struct pooltrace_error_box *box) {
    uintptr_t mask = (uint32_t)witnesses(box->type)[POOLTRACE_WITNESS_FLAGS] & 0xFF;
    return (const void *)(((uintptr_t)(box + 1) + mask) & ~mask);
}

const void *pooltrace_error_type(const void *error_box) {
    const struct pooltrace_error_box *box = error_box;
    return dynamic_type(value_in(box), box->type);
}

// MARK: - What a thread keeps

enum { VALUE_BYTES = 64, NOTED_LIMIT = 4096 };

struct noted {
    struct pooltrace_throw shown;
    /// The size of the value, and as much of it as is compared.
    uintptr_t value_size;
    uint8_t value[VALUE_BYTES];
    /// The element that threw, of several that one context serves.
    uint64_t place;
    uint64_t frames[POOLTRACE_THROW_FRAMES];
};

struct thread {
    /// Set while a throw is looked at: what runs then may throw itself (a released error's deinit).
    bool busy;
    /// Where a frame on the thread's stack may begin, and where not any more: no load of a walk goes outside.
    uintptr_t stack_low, stack_end;
    /// As many as `pooltrace_current()->throws` are in use; the others are kept for later throws.
    struct noted **noted;
    uint32_t capacity;
};

static _Thread_local struct thread *this_thread __attribute__((tls_model("initial-exec")));
static pthread_key_t thread_key;

static untyped_hook next_untyped;
static typed_hook next_typed;
static bool is_installed;

static void free_thread(void *memory) {
    struct thread *thread = memory;
    this_thread = NULL;
    for (uint32_t i = 0; i < thread->capacity; i++) free(thread->noted[i]);
    free(thread->noted);
    free(thread);
}

/// The thread's memory, made when it is first asked for; NULL if there is none to be had.
static struct thread *make_thread(void) {
    struct thread *thread = calloc(1, sizeof *thread);
    if (!thread) return NULL;
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void *low = NULL;
        size_t size = 0;
        if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
            thread->stack_low = (uintptr_t)low;
            thread->stack_end = (uintptr_t)low + size - 2 * sizeof(uintptr_t) + 1;
        }
        pthread_attr_destroy(&attributes);
    }
    if (pthread_setspecific(thread_key, thread) != 0) {
        free(thread);
        return NULL;
    }
    this_thread = thread;
    return thread;
}

bool pooltrace_stack_bounds(uintptr_t *low, uintptr_t *end) {
    const struct thread *thread = this_thread ? this_thread : make_thread();
    if (!thread) return false;
    *low = thread->stack_low;
    *end = thread->stack_end;
    return true;
}

/// Room for one more throw of the running task, its oldest one's if it has as many as a task may have; NULL if there is
/// none.
static struct noted *take_room(struct thread *thread, struct pooltrace_current *current) {
    if (current->throws - current->first_throw >= POOLTRACE_TASK_THROWS) {
        struct noted **first = thread->noted + current->first_throw;
        struct noted *oldest = *first;
        memmove(first, first + 1, (current->throws - current->first_throw - 1) * sizeof *first);
        thread->noted[--current->throws] = oldest;
        if (oldest->shown.error) swift_errorRelease((void *)oldest->shown.error);
        return oldest;
    }
    if (current->throws == thread->capacity) {
        // A thread that throws for the first time, or more than ever before: the one place that allocates.
        if (thread->capacity >= NOTED_LIMIT) return NULL;
        uint32_t capacity = thread->capacity ? thread->capacity * 2 : 4;
        struct noted **grown = realloc(thread->noted, capacity * sizeof *grown);
        if (!grown) return NULL;
        memset(grown + thread->capacity, 0, (capacity - thread->capacity) * sizeof *grown);
        thread->noted = grown;
        thread->capacity = capacity;
    }
    struct noted **slot = thread->noted + current->throws;
    if (!*slot) *slot = malloc(sizeof **slot);
    return *slot;
}

// MARK: - The walk

// Frames of the runtime and of hooks above ours, between this file and the function that throws, are skipped.
static uintptr_t will_throw_low, will_throw_high, testing_low, testing_high;

static bool is_machinery(uintptr_t address) {
    return address - will_throw_low < will_throw_high - will_throw_low ||
        address - testing_low < testing_high - testing_low;
}

// A walk's beginning: a frame, and the address in its function, where that is known already.
struct beginning {
    uintptr_t frame, address;
    bool passed_testing;
};

static _Unwind_Reason_Code (*unwind_backtrace)(_Unwind_Trace_Fn, void *);
static uintptr_t (*unwind_address)(struct _Unwind_Context *);
static uintptr_t (*unwind_register)(struct _Unwind_Context *, int);
#if defined(__aarch64__)
enum { FRAME_REGISTER = 29 };
#else
enum { FRAME_REGISTER = 6 };
#endif

static _Unwind_Reason_Code pass_testing(struct _Unwind_Context *context, void *argument) {
    struct beginning *beginning = argument;
    uintptr_t address = unwind_address(context);
    bool is_testing = address - testing_low < testing_high - testing_low;
    if (is_testing) beginning->passed_testing = true;
    if (is_testing || !beginning->passed_testing || is_machinery(address)) return _URC_NO_REASON;
    beginning->address = address;
    beginning->frame = unwind_register(context, FRAME_REGISTER);
    return _URC_END_OF_STACK;
}

/// Where the walk begins for a hook whose frame this is.
///
/// Swift Testing is built without frame pointers, and its hooks call ours: its frames are passed with the unwinder,
/// which takes microseconds and finds the registers of the function that throws.
static struct beginning begin(const void *frame) {
    struct beginning beginning = {(uintptr_t)frame, 0, false};
    uintptr_t caller = ((const uintptr_t *)frame)[1];
    if (caller - testing_low < testing_high - testing_low && unwind_backtrace && unwind_address && unwind_register) {
        unwind_backtrace(pass_testing, &beginning);
    }
    return beginning;
}

/// The stack of the caller of `frame`'s function as return addresses, up to the frame at `end`; bounded by the thread's
/// stack.
static uint32_t walk(const struct thread *thread, const void *frame, const void *end, uint64_t *frames) {
    struct beginning beginning = begin(frame);
    uintptr_t at = beginning.frame;
    uint32_t length = 0;
    if (at < thread->stack_low || at >= thread->stack_end || at % sizeof(uintptr_t)) return 0;
    if (beginning.address) {
        frames[length++] = beginning.address;
    } else {
        // The runtime's function has a frame where it calls a hook, and none where it jumps to one.
        uintptr_t saved = ((const uintptr_t *)at)[0];
        if (is_machinery(((const uintptr_t *)at)[1]))
            at = saved > at && saved < thread->stack_end ? saved : thread->stack_end;
    }
    // The frame that an address returns to is `saved`: the pool's own are no part of the task.
    uintptr_t stop = end ? (uintptr_t)end : UINTPTR_MAX, limit = stop < thread->stack_end ? stop : thread->stack_end;
    while (length < POOLTRACE_THROW_FRAMES && at < limit && at % sizeof(uintptr_t) == 0) {
        uintptr_t saved = ((const uintptr_t *)at)[0], address = ((const uintptr_t *)at)[1];
        if (saved <= at || saved >= limit) {
            // The last frame of the stack, of the task, or of those that can be followed.
            if (saved < stop && address) frames[length++] = address;
            break;
        }
        frames[length++] = address;
        at = saved;
    }
    return length;
}

// MARK: - The same error again

/// Whether the second stack is that of the function which caught what the first one's threw, itself included.
static bool calls(const struct noted *first, const struct pooltrace_throw *shown, bool is_typed) {
    const uint64_t *a = first->shown.frames + first->shown.frames_length, *b = shown->frames + shown->frames_length;
    uint32_t shorter =
        first->shown.frames_length < shown->frames_length ? first->shown.frames_length : shown->frames_length;
    uint32_t shared = 0;
    while (shared < shorter && a[-1 - (ptrdiff_t)shared] == b[-1 - (ptrdiff_t)shared]) shared++;
    uint32_t own = shown->frames_length - shared;
    // Without optimization a typed throw goes through a function of the program's, whose frame every throw then has in
    // common.
    if (own == 2 && is_typed && shown->frames[0] == first->shown.frames[0]) return true;
    return own <= 1;
}

static bool has_value(const struct noted *noted, const void *type, const void *value, uintptr_t size) {
    if (noted->shown.type != type || noted->value_size != size) return false;
    return memcmp(noted->value, value, size < VALUE_BYTES ? size : VALUE_BYTES) == 0;
}

// MARK: - The hooks

/// `error`: the box, NULL if there is none. `value`, `type`: of the value as it lies in memory.
__attribute__((noinline)) static void note(void *error, const void *value, const void *type, const void *frame) {
    struct pooltrace_current *current = pooltrace_current();
    struct thread *thread = this_thread ? this_thread : make_thread();
    if (!thread || thread->busy) return;
    const uint64_t place = pooltrace_current_place();
    // What an earlier element caught is over.
    if (current->throws > current->first_throw && thread->noted[current->throws - 1]->place != place) {
        pooltrace_throws_clear(current->first_throw);
    }
    for (uint32_t i = current->throws; error && i > current->first_throw; i--) {
        if (thread->noted[i - 1]->shown.error == error) return;
    }
    thread->busy = true;
    struct noted *noted = take_room(thread, current);
    if (noted) {
        uintptr_t size = witnesses(type)[POOLTRACE_WITNESS_SIZE];
        noted->place = place;
        noted->shown.error = error;
        noted->shown.type = dynamic_type(value, type);
        noted->shown.frames = noted->frames;
        noted->shown.frames_length = walk(thread, frame, current->frame, noted->frames);
        const struct noted *origin = NULL;
        for (uint32_t i = current->throws; i > current->first_throw && !origin; i--) {
            const struct noted *earlier = thread->noted[i - 1];
            if (has_value(earlier, noted->shown.type, value, size) && calls(earlier, &noted->shown, !error))
                origin = earlier;
        }
        if (origin) {
            // The same error under another address, or under its first one: the origin now answers to it.
            struct noted *kept = (struct noted *)origin;
            if (error) {
                const void *previous = kept->shown.error;
                kept->shown.error = swift_errorRetain(error);
                if (previous) swift_errorRelease((void *)previous);
            }
        } else {
            noted->value_size = size;
            memcpy(noted->value, value, size < VALUE_BYTES ? size : VALUE_BYTES);
            if (error) swift_errorRetain(error);
            current->throws++;
            if (pooltrace_is_recording()) {
                pooltrace_record_task_throw(
                    pooltrace_clock_now(), current->task, (uintptr_t)error, noted->shown.frames_length, noted->frames);
            }
        }
    }
    thread->busy = false;
}

static void will_throw(void *error) {
    // The frame is this function's own, so that what it returns to is the runtime's.
    if (pooltrace_current()->task && error) {
        const struct pooltrace_error_box *box = error;
        note(error, value_in(box), box->type, __builtin_frame_address(0));
    }
    if (next_untyped) next_untyped(error);
}

static void will_throw_typed(void *value, const void *type, const void *conformance) {
    if (pooltrace_current()->task) {
        // A generic function may throw an `any Error` as its declared type: then the value is the box's address.
        if (is_any_error(type)) {
            const struct pooltrace_error_box *box = *(const struct pooltrace_error_box *const *)value;
            note((void *)box, value_in(box), box->type, __builtin_frame_address(0));
        } else {
            note(NULL, value, type, __builtin_frame_address(0));
        }
    }
    if (next_typed) {
        next_typed(value, type, conformance);
        return;
    }
    // With no typed hook the runtime boxes the error for the untyped ones; as this is one, others would go without.
    untyped_hook first = atomic_load_explicit(&_swift_willThrow, memory_order_acquire);
    if (first == will_throw) first = next_untyped;
    if (!first || !swift_allocError) return;
    struct new_box boxed = swift_allocError(type, conformance, value, false);
    struct thread *thread = this_thread;
    bool was_busy = thread && thread->busy;
    if (thread) thread->busy = true;
    first(boxed.error);
    if (thread) thread->busy = was_busy;
    swift_errorRelease(boxed.error);
}

// MARK: - Installation

static int find_testing(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size, (void)context;
    if (!info->dlpi_name || !strstr(info->dlpi_name, "/libTesting.so")) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
        testing_low = info->dlpi_addr + header->p_vaddr;
        testing_high = testing_low + header->p_memsz;
    }
    return 1;
}

__attribute__((constructor)) static void install(void) {
    if (is_installed || !&_swift_willThrow || !swift_errorRetain || !swift_errorRelease) return;
    if (pthread_key_create(&thread_key, free_thread) != 0) return;
    is_installed = true;
    void *function = dlsym(RTLD_DEFAULT, "swift_willThrow");
    if (function) {
        will_throw_low = (uintptr_t)function;
        will_throw_high = will_throw_low + POOLTRACE_WILL_THROW_SIZE;
    }
    if (dl_iterate_phdr(find_testing, NULL)) {
        unwind_backtrace = dlsym(RTLD_DEFAULT, "_Unwind_Backtrace");
        unwind_address = dlsym(RTLD_DEFAULT, "_Unwind_GetIP");
        unwind_register = dlsym(RTLD_DEFAULT, "_Unwind_GetGR");
    }
    next_untyped = atomic_exchange(&_swift_willThrow, will_throw);
    if (&_swift_willThrowTypedImpl) next_typed = atomic_exchange(&_swift_willThrowTypedImpl, will_throw_typed);
}

bool pooltrace_throws_are_noted(void) { return is_installed; }

// MARK: - Looking up

const struct pooltrace_throw *pooltrace_throws_find(const void *error_box) {
    const struct pooltrace_current *current = pooltrace_current();
    struct thread *thread = this_thread;
    if (!thread || !error_box) return NULL;
    for (uint32_t i = current->throws; i > current->first_throw; i--) {
        if (thread->noted[i - 1]->shown.error == error_box) return &thread->noted[i - 1]->shown;
    }
    // Nobody threw this box: the error was typed and boxed on its way to here. One with the same bytes is it; else the
    // latest.
    const struct pooltrace_error_box *box = error_box;
    const void *value = value_in(box), *type = dynamic_type(value, box->type);
    uintptr_t size = witnesses(box->type)[POOLTRACE_WITNESS_SIZE];
    const struct pooltrace_throw *latest = NULL;
    for (uint32_t i = current->throws; i > current->first_throw; i--) {
        const struct noted *noted = thread->noted[i - 1];
        if (noted->shown.error || noted->shown.type != type) continue;
        if (has_value(noted, type, value, size)) return &noted->shown;
        if (!latest) latest = &noted->shown;
    }
    return latest;
}

void pooltrace_throws_clear_noted(uint32_t first) {
    struct pooltrace_current *current = pooltrace_current();
    struct thread *thread = this_thread;
    if (!thread) return;
    while (current->throws > first) {
        // The count goes down first: releasing an error may run code that throws.
        const struct noted *noted = thread->noted[--current->throws];
        const void *error = noted->shown.error;
        bool was_busy = thread->busy;
        thread->busy = true;
        if (error) swift_errorRelease((void *)error);
        thread->busy = was_busy;
    }
}
