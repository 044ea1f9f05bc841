#define _GNU_SOURCE
#include "pooltrace_thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pooltrace_sampler.h"

_Thread_local struct pooltrace_thread pooltrace_thread_slots;

uint32_t pooltrace_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return (uint32_t)CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (uint32_t)online : 1;
}

static pthread_t main_thread;

// Runs before main, on the main thread.
__attribute__((constructor)) static void note_main_thread(void) { main_thread = pthread_self(); }

pthread_t pooltrace_main_thread(void) { return main_thread; }

uint32_t pooltrace_thread_id(void) { return (uint32_t)syscall(SYS_gettid); }

uint32_t pooltrace_thread_first_id(void) {
    pooltrace_sampler_add_thread();
    return pooltrace_thread_id();
}

void pooltrace_thread_set_name(const char *name) { pthread_setname_np(pthread_self(), name); }

void pooltrace_thread_yield_first(void) {
    const struct sched_param none = {0};
    (void)sched_setscheduler(0, SCHED_BATCH, &none);
}

void pooltrace_thread_name(char name[16]) {
    if (pthread_getname_np(pthread_self(), name, 16) != 0) name[0] = 0;
}
