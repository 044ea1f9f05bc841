// A work item of Dispatch's with the flag `barrier` runs alone on its queue, after all before it and before all after
// it. ThreadSanitizer knows that of `dispatch_barrier_async`, and of no item that has the flag: it reports a race with
// what the queue runs before or after.
//
// So the block of such an item is put into one that says it: at the two places that the sanitizer itself takes for the
// orders of a queue, its address for serial work and the next word for concurrent work (tsan_interceptors_libdispatch).
#define _GNU_SOURCE
#include "code.h"
#include "tsan.h"

#include <dlfcn.h>
#include <stddef.h>

enum { BARRIER = 0x1, HAS_COPY_AND_DISPOSE = 1 << 25, FIELD_IS_BLOCK = 7 };

// A block, as compilers lay it out: clang.llvm.org/docs/Block-ABI-Apple.html.
struct block;
struct descriptor {
    unsigned long reserved, size;
    void (*copy)(struct block *to, const struct block *from);
    void (*dispose)(const struct block *block);
};
struct block {
    const void *isa;
    int flags, reserved;
    void (*invoke)(struct block *block);
    const struct descriptor *descriptor;
    struct block *inner;
};

static void copy(struct block *to, const struct block *from) {
    void (*assign)(void *, const void *, int) =
        (void (*)(void *, const void *, int))dlsym(RTLD_DEFAULT, "_Block_object_assign");
    assign(&to->inner, from->inner, FIELD_IS_BLOCK);
}

static void dispose(const struct block *block) {
    void (*end)(const void *, int) = (void (*)(const void *, int))dlsym(RTLD_DEFAULT, "_Block_object_dispose");
    end(block->inner, FIELD_IS_BLOCK);
}

static void invoke(struct block *block) {
    static void *(*current_queue)(void);
    if (current_queue == NULL) current_queue = (void *(*)(void))dlsym(RTLD_DEFAULT, "dispatch_get_current_queue");
    char *queue = current_queue == NULL ? NULL : current_queue();
    if (queue != NULL) {
        __tsan_acquire(queue);
        __tsan_acquire(queue + sizeof(void *));
    }
    block->inner->invoke(block->inner);
    if (queue != NULL) __tsan_release(queue);
}

static const struct descriptor descriptor = {0, sizeof(struct block), copy, dispose};

/// Whether the block of a work item is put into another: then `wrapped` is that, which the caller copies.
static bool wrap(unsigned long flags, struct block *block, struct block *wrapped) {
    const void *isa = dlsym(RTLD_DEFAULT, "_NSConcreteStackBlock");
    if ((flags & BARRIER) == 0 || isa == NULL || !code_is_watched()) return false;
    *wrapped = (struct block){isa, HAS_COPY_AND_DISPOSE, 0, invoke, &descriptor, block};
    return true;
}

void *dispatch_block_create(unsigned long flags, struct block *block) {
    void *(*real)(unsigned long, struct block *) =
        (void *(*)(unsigned long, struct block *))dlsym(RTLD_NEXT, "dispatch_block_create");
    struct block wrapped;
    return real(flags, wrap(flags, block, &wrapped) ? &wrapped : block);
}

void *dispatch_block_create_with_qos_class(unsigned long flags, unsigned class, int priority, struct block *block) {
    void *(*real)(unsigned long, unsigned, int, struct block *) = (void *(*)(unsigned long, unsigned, int,
        struct block *))dlsym(RTLD_NEXT, "dispatch_block_create_with_qos_class");
    struct block wrapped;
    return real(flags, class, priority, wrap(flags, block, &wrapped) ? &wrapped : block);
}
