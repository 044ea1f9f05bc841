// LTTng as the recorder sees it: a library that is opened when there is a session daemon to talk to.
#ifndef POOLTRACE_LTTNG_HOST_H
#define POOLTRACE_LTTNG_HOST_H

#include <stdint.h>

#include "pool_recorder.h"

/// Sets what pooltrace_lttng_look goes by.
void pooltrace_lttng_configure(enum pooltrace_lttng_use use, const char *home);

/// Gives an event, a struct pooltrace_<event>, to the provider; only where POOLTRACE_SINK_LTTNG is set.
void pooltrace_lttng_give(uint16_t number, const void *event);

/// Gives all definitions recorded so far to the provider.
void pooltrace_give_definitions(void);

/// In a forked child: LTTng's threads are not there.
void pooltrace_lttng_abandon(void);

#endif
