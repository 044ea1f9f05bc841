// The runtime has queues of its own, a concurrent one for each priority, as wide as there are processors, and puts each
// job into one by dispatch_async_f. It has an official way to get at a job once Dispatch runs it, `createTrampoline`,
// which makes a task for each: 2 to 5 us. So the jobs go into queues that are made as the runtime makes its own, here.
#include "pooltrace_dispatch.h"

#include <stddef.h>

#include "swift_abi.h"

// Dispatch's own declarations need its headers and blocks. Weak: a program need not have this runtime.
typedef struct dispatch_queue *queue;
extern void dispatch_async_f(queue, void *context, void (*work)(void *)) __attribute__((weak));
extern queue dispatch_queue_create(const char *label, void *attributes) __attribute__((weak));
extern void *dispatch_queue_attr_make_with_qos_class(void *attributes, unsigned qos, int relative)
    __attribute__((weak));
extern void dispatch_queue_set_width(queue, long width) __attribute__((weak));
extern void dispatch_release(queue) __attribute__((weak));
extern char _dispatch_queue_attr_concurrent[] __attribute__((weak));
extern char _dispatch_main_q[] __attribute__((weak));

enum { PRIORITIES = 64 };

bool pooltrace_dispatch_is_there(void) {
    return dispatch_async_f != NULL && dispatch_queue_create != NULL &&
        dispatch_queue_attr_make_with_qos_class != NULL && dispatch_queue_set_width != NULL &&
        dispatch_release != NULL && (void *)_dispatch_queue_attr_concurrent != NULL && (void *)_dispatch_main_q != NULL;
}

static queue queues[PRIORITIES];

static queue make_queue(unsigned priority) {
    void *attributes = dispatch_queue_attr_make_with_qos_class(_dispatch_queue_attr_concurrent, priority, 0);
    queue made = dispatch_queue_create("Swift global concurrent queue", attributes);
    dispatch_queue_set_width(made, POOLTRACE_QUEUE_WIDTH_OF_PROCESSORS);
    queue known = NULL;
    if (__atomic_compare_exchange_n(&queues[priority], &known, made, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
        return made;
    dispatch_release(made);
    return known;
}

void pooltrace_dispatch(void *job, uint8_t priority, void (*run)(void *)) {
    const unsigned place = priority < PRIORITIES ? priority : PRIORITIES - 1;
    queue known = __atomic_load_n(&queues[place], __ATOMIC_ACQUIRE);
    dispatch_async_f(known != NULL ? known : make_queue(place), job, run);
}

void pooltrace_dispatch_main(void *job, void (*run)(void *)) { dispatch_async_f((queue)_dispatch_main_q, job, run); }
