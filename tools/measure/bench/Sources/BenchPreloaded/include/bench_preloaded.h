// The one function that the library exports for the benchmarks: found by name, never linked.
#ifndef BENCH_PRELOADED_H
#define BENCH_PRELOADED_H

struct bench_preloaded;
const struct bench_preloaded *bench_preloaded(void);

#endif
