// How the recorder and the LTTng provider library meet: the library is opened at run time and exports one function.
#ifndef POOLTRACE_LTTNG_H
#define POOLTRACE_LTTNG_H

#include "pooltrace_events.h"

#define POOLTRACE_LTTNG_VERSION 4
/// The library's name, and the one symbol that the recorder looks up in it.
#define POOLTRACE_LTTNG_LIBRARY "libPoolTraceLTTng.so"
#define POOLTRACE_LTTNG_SYMBOL "pooltrace_lttng_provider"

struct pooltrace_lttng_provider {
    /// POOLTRACE_LTTNG_VERSION of the library; another one is refused.
    uint32_t version;
    /// POOLTRACE_EVENT_COUNT of the library: a recorder that knows more events hands it only those.
    uint32_t event_count;
    /// Hands an event (a struct pooltrace_<event>) to LTTng; costs a load where no session listens.
    void (*record[POOLTRACE_EVENT_COUNT])(const void *event);
    /// A number that changes whenever a session starts or stops listening to definitions; the recorder compares it off
    /// the hot path and hands in all definitions again when it changed.
    uint64_t (*listeners)(void);
};

typedef const struct pooltrace_lttng_provider *pooltrace_lttng_provider_function(void);

#endif
