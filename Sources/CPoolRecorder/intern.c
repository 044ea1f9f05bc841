#include "pooltrace_intern.h"
#include "pooltrace_real_calls.h"

#include <pthread.h>
#include <stdlib.h>

_Thread_local struct pooltrace_intern_entry *pooltrace_intern_entries;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t thread_end;

static void forget(void *entries) {
    pooltrace_intern_entries = NULL;
    free(entries);
}

static void make_key(void) { (void)pthread_key_create(&thread_end, forget); }

void pooltrace_intern_remember(const void *first, const void *second, uint32_t line, uint32_t number) {
    if (pooltrace_intern_entries == NULL) {
        pooltrace_real_once(&once, make_key);
        struct pooltrace_intern_entry *made = calloc(POOLTRACE_INTERN_ENTRIES, sizeof *made);
        if (made == NULL || pthread_setspecific(thread_end, made) != 0) {
            free(made);
            return;
        }
        pooltrace_intern_entries = made;
    }
    pooltrace_intern_entries[pooltrace_intern_index(first, second, line)] =
        (struct pooltrace_intern_entry){.first = first, .second = second, .line = line, .number = number};
}
