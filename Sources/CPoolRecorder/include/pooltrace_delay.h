#ifndef POOLTRACE_DELAY_H
#define POOLTRACE_DELAY_H

/// Stands between two steps of a protocol between threads, where another thread may come in.
///
/// Nothing, but where everything is compiled with POOLTRACE_DELAYS (`tools/check/stress`): then it sometimes takes a
/// while.
static inline void pooltrace_delay(void);

#ifdef POOLTRACE_DELAYS
void pooltrace_delay_at_random(void);
static inline void pooltrace_delay(void) { pooltrace_delay_at_random(); }
#else
static inline void pooltrace_delay(void) {}
#endif

#endif
