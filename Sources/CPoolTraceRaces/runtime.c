// What Swift's runtime does for itself orders tasks, to the sanitizer, and hides their races: it takes locks where a
// program makes the metadata of a type, asks for a conformance, or starts a task; and each look whether a lazy global
// is there would come before the next. To the program none of that is an order. So the sanitizer does not see it.
//
// What the runtime tells the sanitizer of tasks, actors and streams is true, and left.
#define _GNU_SOURCE
#include "code.h"
#include "tsan.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>

// MARK: - Locks of the runtime

#define STAND_IN(name, argument)                                               \
    int name(argument *lock) {                                                 \
        static int (*real)(argument *);                                        \
        if (real == NULL) real = (int (*)(argument *))dlsym(RTLD_NEXT, #name); \
        if (!code_is_core(__builtin_return_address(0))) return real(lock);     \
        AnnotateIgnoreSyncBegin(__FILE__, __LINE__);                           \
        const int status = real(lock);                                         \
        AnnotateIgnoreSyncEnd(__FILE__, __LINE__);                             \
        return status;                                                         \
    }

STAND_IN(pthread_mutex_lock, pthread_mutex_t)
STAND_IN(pthread_mutex_trylock, pthread_mutex_t)
STAND_IN(pthread_mutex_unlock, pthread_mutex_t)

// Its other locks tell the sanitizer by themselves. libswiftCore has no other orders to tell; those of
// libswift_Concurrency lie in its own memory, where tasks and actors do not.
#define STAND_IN_FOR_ORDER(name)                                                               \
    void name(void *address) {                                                                 \
        static void (*real)(void *);                                                           \
        if (real == NULL) real = (void (*)(void *))dlsym(RTLD_NEXT, #name);                    \
        if (code_is_core(__builtin_return_address(0)) || code_is_concurrency(address)) return; \
        if (real != NULL) real(address);                                                       \
    }

STAND_IN_FOR_ORDER(__tsan_acquire)
STAND_IN_FOR_ORDER(__tsan_release)

// MARK: - Lazy globals

struct beginning {
    void (*body)(void *context);
    void *context;
    long *token;
};

static void begin(void *context) {
    const struct beginning *beginning = context;
    beginning->body(beginning->context);
    // Of PoolTrace's own globals the sanitizer knows nothing: it looks away.
    if (code_is_watched()) __tsan_release(beginning->token);
}

/// What initializes a global comes before each use of it.
void swift_once(long *token, void (*body)(void *context), void *context) {
    static void (*real)(long *, void (*)(void *), void *);
    if (real == NULL) real = (void (*)(long *, void (*)(void *), void *))dlsym(RTLD_NEXT, "swift_once");
    struct beginning beginning = {body, context, token};
    real(token, begin, &beginning);
    if (code_is_watched()) __tsan_acquire(token);
}

// MARK: - Continuations

// Of a continuation that is resumed before its task waits for it, the runtime tells the sanitizer nothing.

typedef void __attribute__((swiftasynccall)) (*await_function)(void *continuation);

__attribute__((swiftasynccall)) void swift_continuation_await(void *continuation) {
    static await_function real;
    static void *__attribute__((swiftcall)) (*current)(void);
    if (real == NULL) {
        current = (void *__attribute__((swiftcall)) (*)(void))dlsym(RTLD_DEFAULT, "swift_task_getCurrent");
        real = (await_function)dlsym(RTLD_NEXT, "swift_continuation_await");
    }
    if (code_is_watched() && current != NULL) __tsan_acquire(current());
    __attribute__((musttail)) return real(continuation);
}

#define STAND_IN_FOR_RESUME(name, parameters, arguments)                                   \
    __attribute__((swiftcall)) void name parameters {                                      \
        static __attribute__((swiftcall)) void(*real) parameters;                          \
        if (real == NULL) {                                                                \
            real = (__attribute__((swiftcall)) void(*) parameters)dlsym(RTLD_NEXT, #name); \
        }                                                                                  \
        if (code_is_watched()) __tsan_release(task);                                       \
        real arguments;                                                                    \
    }

STAND_IN_FOR_RESUME(swift_continuation_resume, (void *task), (task))
STAND_IN_FOR_RESUME(swift_continuation_throwingResume, (void *task), (task))
STAND_IN_FOR_RESUME(swift_continuation_throwingResumeWithError, (void *task, void *error), (task, error))
