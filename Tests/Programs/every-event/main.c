// Hands events to the provider library, as a recorder would:
//   every-event LIBRARY every       each event of the table once, with values that a test can foretell
//   every-event LIBRARY definitions a definition whenever somebody else listens, until SIGTERM; prints "listeners N" at
//   each change
#include <dlfcn.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pooltrace_lttng.h"

static const uint64_t elements[] = {1, UINT64_MAX, 3};

static void every(const struct pooltrace_lttng_provider *provider) {
#define POOLTRACE_INTEGER(type, field) .field = (pooltrace_##type)UINT64_MAX,
#define POOLTRACE_FLOAT(field) .field = 0.5,
#define POOLTRACE_STRING(field) .field = "text of " #field,
#define POOLTRACE_SEQUENCE(field) .field##_length = 3, .field = elements,
#define POOLTRACE_EVENT(event, kind, fields) \
    provider->record[POOLTRACE_EVENT_##event](&(struct pooltrace_##event){fields});
#include "pooltrace_events.def"
}

static volatile sig_atomic_t ended;
static void end(int signal) { ended = signal; }

static void definitions(const struct pooltrace_lttng_provider *provider) {
    signal(SIGTERM, end);
    uint64_t last = 0;
    for (uint32_t changes = 0; !ended;) {
        uint64_t now = provider->listeners();
        if (now != last) {
            last = now;
            struct pooltrace_name name = {.name = ++changes, .text = "defined"};
            provider->record[POOLTRACE_EVENT_name](&name);
            printf("listeners %" PRIu64 "\n", now);
            fflush(stdout);
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
    pooltrace_lttng_provider_function *function =
        (pooltrace_lttng_provider_function *)dlsym(library, POOLTRACE_LTTNG_SYMBOL);
    if (!function) return fprintf(stderr, "%s\n", dlerror()), 1;
    const struct pooltrace_lttng_provider *provider = function();
    if (provider->version != POOLTRACE_LTTNG_VERSION || provider->event_count != POOLTRACE_EVENT_COUNT) return 2;
    strcmp(arguments[2], "every") == 0 ? every(provider) : definitions(provider);
    return 0;
}
