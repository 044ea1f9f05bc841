// The table's events as LTTng tracepoints: read several times over by LTTng's own headers, hence the guard.
// A file that includes this includes pooltrace_events.h before: the headers read this inside of braces, where a header
// of a module may not begin.
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER pooltrace
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./tracepoints.h"

#if !defined(POOLTRACE_TRACEPOINTS_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define POOLTRACE_TRACEPOINTS_H

#include <lttng/tracepoint.h>

// One argument, the pointer to the event's struct: so LTTng's limit of ten does not matter.
#define POOLTRACE_INTEGER(type, name) lttng_ust_field_integer(pooltrace_##type, name, event->name)
#define POOLTRACE_FLOAT(name) lttng_ust_field_float(double, name, event->name)
#define POOLTRACE_STRING(name) lttng_ust_field_string(name, event->name)
#define POOLTRACE_SEQUENCE(name) lttng_ust_field_sequence(uint64_t, name, event->name, uint32_t, event->name##_length)
#define POOLTRACE_EVENT(name, kind, fields) \
    LTTNG_UST_TRACEPOINT_EVENT(             \
        pooltrace, name, LTTNG_UST_TP_ARGS(const struct pooltrace_##name *, event), LTTNG_UST_TP_FIELDS(fields))
#include "pooltrace_events.def"
#undef POOLTRACE_INTEGER
#undef POOLTRACE_FLOAT
#undef POOLTRACE_STRING
#undef POOLTRACE_SEQUENCE
#undef POOLTRACE_EVENT

#endif

#include <lttng/tracepoint-event.h>
