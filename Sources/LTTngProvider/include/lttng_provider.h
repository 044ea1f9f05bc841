// The one function that the library exports; the recorder looks it up by name (POOLTRACE_LTTNG_SYMBOL).
#ifndef LTTNG_PROVIDER_H
#define LTTNG_PROVIDER_H

#include "pooltrace_lttng.h"

/// Returns what the recorder needs to hand events to LTTng; there is nothing to free.
const struct pooltrace_lttng_provider *pooltrace_lttng_provider(void);

#endif
