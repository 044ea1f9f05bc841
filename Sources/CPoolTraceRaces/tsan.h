// ThreadSanitizer's functions that PoolTrace uses: compiler-rt/lib/tsan/rtl/tsan_interface.h, tsan_debugging.cpp, and
// tsan_interface_java.h. All are weak: the library is also loaded into programs without the sanitizer, which the
// program may start, and does nothing there.
#ifndef POOLTRACE_TSAN_H
#define POOLTRACE_TSAN_H

#include <stddef.h>

#pragma clang attribute push(__attribute__((weak)), apply_to = function)

/// Its fibers.
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void *__tsan_get_current_fiber(void);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
void __tsan_set_fiber_name(void *fiber, const char *name);
/// A switch that orders nothing.
enum { POOLTRACE_TSAN_NO_ORDER = 1 };

void __tsan_acquire(void *address);
void __tsan_release(void *address);

/// Where it writes its texts: a file descriptor.
void __sanitizer_set_report_fd(void *descriptor);

/// Memory that is given out, and given back: what was done there before is forgotten, and so are its locks.
void __tsan_java_alloc(unsigned long address, unsigned long size);
void __tsan_java_free(unsigned long address, unsigned long size);

void AnnotateIgnoreSyncBegin(const char *file, int line);
void AnnotateIgnoreSyncEnd(const char *file, int line);
void __tsan_ignore_thread_begin(void);
void __tsan_ignore_thread_end(void);

int __tsan_get_report_data(void *report, const char **description, int *count, int *stack_count, int *mop_count,
    int *loc_count, int *mutex_count, int *thread_count, int *unique_tid_count, void **sleep_trace,
    unsigned long trace_size);
int __tsan_get_report_mop(void *report, unsigned long index, int *tid, void **addr, int *size, int *write, int *atomic,
    void **trace, unsigned long trace_size);
int __tsan_get_report_loc(void *report, unsigned long index, const char **type, void **addr, unsigned long *start,
    unsigned long *size, int *tid, int *fd, int *suppressable, void **trace, unsigned long trace_size);
int __tsan_get_report_thread(void *report, unsigned long index, int *tid, unsigned long *os_id, int *running,
    const char **name, int *parent_tid, void **trace, unsigned long trace_size);

#pragma clang attribute pop

#endif
