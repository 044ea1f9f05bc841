// A library of its own, opened at run time, so that a program carries liblttng-ust and its threads only while LTTng is
// in use.
#ifdef POOLTRACE_LTTNG

#include "lttng_provider.h"

#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "tracepoints.h"

#include <lttng/ust-events.h>

#define POOLTRACE_EVENT(name, kind, fields)                                            \
    static void record_##name(const void *event) {                                     \
        lttng_ust_tracepoint(pooltrace, name, (const struct pooltrace_##name *)event); \
    }
#include "pooltrace_events.def"
#undef POOLTRACE_EVENT

static uint64_t mixed(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

// Mixes in who listens to a tracepoint: each probe that stands for an event of a session that records.
//
// LTTng attaches the probes of a session before it sets the session active, and drops events until then: a definition
// handed in between would be missing from the session. So `active` is part of the number, read on the same way as
// LTTng's own probe does it, and the number changes again once the session takes events. The pointers are valid inside
// the read-side section only: LTTng waits for its end before it frees them.
static uint64_t listeners_of(const struct lttng_ust_tracepoint *tracepoint, uint64_t hash) {
    if (!CMM_LOAD_SHARED(tracepoint->state) || !LTTNG_UST_TP_RCU_LINK_TEST()) return hash;
    lttng_ust_tp_rcu_read_lock();
    const struct lttng_ust_tracepoint_probe *probe = lttng_ust_tp_rcu_dereference(tracepoint->probes);
    for (; probe && probe->func; probe++) {
        const struct lttng_ust_event_common *event = probe->data;
        if (event->type != LTTNG_UST_EVENT_TYPE_RECORDER) continue;
        const struct lttng_ust_event_recorder *recorder = event->child;
        const struct lttng_ust_channel_common *channel = recorder->chan->parent;
        if (!CMM_ACCESS_ONCE(channel->session->active) || !CMM_ACCESS_ONCE(channel->enabled) ||
            !CMM_ACCESS_ONCE(event->enabled))
            continue;
        hash = mixed(mixed(hash, (uintptr_t)probe->data), (uintptr_t)channel->session);
    }
    lttng_ust_tp_rcu_read_unlock();
    return hash;
}

// Zero while nobody listens.
static uint64_t listeners(void) {
    uint64_t hash = 0;
#define LISTENERS_ORDINARY(name)
#define LISTENERS_KEPT(name)
#define LISTENERS_DEFINITION(name) hash = listeners_of(&lttng_ust_tracepoint_pooltrace___##name, hash);
#define POOLTRACE_EVENT(name, kind, fields) LISTENERS_##kind(name)
#include "pooltrace_events.def"
#undef POOLTRACE_EVENT
    return hash;
}

static const struct pooltrace_lttng_provider provider = {
    .version = POOLTRACE_LTTNG_VERSION,
    .event_count = POOLTRACE_EVENT_COUNT,
    .record =
        {
#define POOLTRACE_EVENT(name, kind, fields) record_##name,
#include "pooltrace_events.def"
#undef POOLTRACE_EVENT
        },
    .listeners = listeners,
};

const struct pooltrace_lttng_provider *pooltrace_lttng_provider(void) { return &provider; }

#endif
