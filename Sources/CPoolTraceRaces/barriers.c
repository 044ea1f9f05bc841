// A work item of Dispatch with the flag `barrier` runs alone on its queue. ThreadSanitizer hands a queue a function in
// place of each block, and the flag is the block's: such an item then runs beside others, and its races with them are
// real, and reported.
//
// So an item that is made with the flag is remembered, and handed on as what the sanitizer knows: the block of
// `dispatch_barrier_async` or `dispatch_barrier_sync`.
#define _GNU_SOURCE
#include "code.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

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
    // What ours have captured.
    struct block *inner;
    /// The group that is left after it.
    void *group;
    /// The item that it was made into.
    struct block *item;
};

#define OF_BLOCKS(name, type) ((type)dlsym(RTLD_DEFAULT, name))
#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

static void take(struct block *to, const struct block *from) {
    OF_BLOCKS("_Block_object_assign", void (*)(void *, const void *, int))(&to->inner, from->inner, FIELD_IS_BLOCK);
}

static void give_back(const struct block *block) {
    OF_BLOCKS("_Block_object_dispose", void (*)(const void *, int))(block->inner, FIELD_IS_BLOCK);
}

static void invoke(struct block *block) { block->inner->invoke(block->inner); }

// MARK: - Items

enum { MOST_ITEMS = 4096 };
/// The items with the flag; a place is free, or an item's address.
static _Atomic(struct block *) items[MOST_ITEMS];
static _Thread_local struct block *last_copied;

static size_t place_of(const struct block *item) { return ((uintptr_t)item >> 4) % MOST_ITEMS; }

static bool is_barrier(const struct block *item) { return item != NULL && atomic_load(&items[place_of(item)]) == item; }

static void copy_item(struct block *to, const struct block *from) {
    take(to, from);
    to->item = NULL;
    last_copied = to;
}

static void dispose_item(const struct block *block) {
    struct block *item = block->item;
    if (item != NULL) (void)atomic_compare_exchange_strong(&items[place_of(item)], &item, NULL);
    give_back(block);
}

static const struct descriptor item_descriptor = {0, sizeof(struct block), copy_item, dispose_item};

/// Whether the block of an item is put into `wrapped`, which tells when the item is gone.
static bool wrap(unsigned long flags, struct block *block, struct block *wrapped) {
    const void *isa = dlsym(RTLD_DEFAULT, "_NSConcreteStackBlock");
    if ((flags & BARRIER) == 0 || isa == NULL || !code_is_watched()) return false;
    *wrapped = (struct block){isa, HAS_COPY_AND_DISPOSE, 0, invoke, &item_descriptor, block, NULL, NULL};
    last_copied = NULL;
    return true;
}

static void *remember(struct block *item) {
    if (last_copied != NULL && item != NULL) {
        last_copied->item = item;
        // Of two at one place the later is remembered.
        atomic_store(&items[place_of(item)], item);
    }
    return item;
}

typedef void *(*create_function)(unsigned long flags, struct block *block);
typedef void *(*create_with_class_function)(unsigned long flags, unsigned class, int priority, struct block *block);

void *dispatch_block_create(unsigned long flags, struct block *block) {
    const create_function real = REAL(create_function, "dispatch_block_create");
    struct block wrapped;
    return wrap(flags, block, &wrapped) ? remember(real(flags, &wrapped)) : real(flags, block);
}

void *dispatch_block_create_with_qos_class(unsigned long flags, unsigned class, int priority, struct block *block) {
    const create_with_class_function real = REAL(create_with_class_function, "dispatch_block_create_with_qos_class");
    struct block wrapped;
    return wrap(flags, block, &wrapped) ? remember(real(flags, class, priority, &wrapped))
                                        : real(flags, class, priority, block);
}

// MARK: - Queues

typedef void (*queue_function)(void *queue, struct block *block);
typedef void (*group_function)(void *group, void *queue, struct block *block);

void dispatch_async(void *queue, struct block *block) {
    REAL(queue_function, is_barrier(block) ? "dispatch_barrier_async" : "dispatch_async")(queue, block);
}

void dispatch_sync(void *queue, struct block *block) {
    REAL(queue_function, is_barrier(block) ? "dispatch_barrier_sync" : "dispatch_sync")(queue, block);
}

static void copy_member(struct block *to, const struct block *from) {
    take(to, from);
    OF_BLOCKS("dispatch_retain", void (*)(void *))(to->group);
}

static void dispose_member(const struct block *block) {
    OF_BLOCKS("dispatch_release", void (*)(void *))(block->group);
    give_back(block);
}

static void invoke_member(struct block *block) {
    invoke(block);
    OF_BLOCKS("dispatch_group_leave", void (*)(void *))(block->group);
}

static const struct descriptor member_descriptor = {0, sizeof(struct block), copy_member, dispose_member};

void dispatch_group_async(void *group, void *queue, struct block *block) {
    if (!is_barrier(block)) return REAL(group_function, "dispatch_group_async")(group, queue, block);
    OF_BLOCKS("dispatch_group_enter", void (*)(void *))(group);
    struct block member = {dlsym(RTLD_DEFAULT, "_NSConcreteStackBlock"), HAS_COPY_AND_DISPOSE, 0, invoke_member,
        &member_descriptor, block, group, NULL};
    REAL(queue_function, "dispatch_barrier_async")(queue, &member);
}
