// A shared library with a recorder of its own, to be preloaded: its thread-local slots and its functions are reached as
// those of any preloaded library are.
#include "bench.h"
#include "bench_preloaded.h"
#include "pool_recorder.h"

static const char *start(bool ring, const char *directory, uint64_t limit) {
    const struct pooltrace_configuration configuration = {
        .ring = ring, .directory = directory, .limit = limit, .lttng = POOLTRACE_LTTNG_OFF};
    return pooltrace_recorder_start(&configuration);
}

static void record_task_start(uint64_t task, uint32_t worker) {
    pooltrace_record_task_start(pooltrace_clock_now(), task, worker);
}

static uint64_t discarded(void) { return pooltrace_ring_totals().discarded; }

static const struct bench_preloaded table = {
    .start = start, .sinks = &pooltrace_sinks, .record_task_start = record_task_start, .discarded = discarded};

const struct bench_preloaded *bench_preloaded(void) { return &table; }
