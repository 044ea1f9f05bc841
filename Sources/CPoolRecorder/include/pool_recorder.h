// The recorder: takes events, keeps them in the ring, and hands them to LTTng.
#ifndef POOL_RECORDER_H
#define POOL_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "pooltrace_breakpoint.h"
#include "pooltrace_callers.h"
#include "pooltrace_calls.h"
#include "pooltrace_clock.h"
#include "pooltrace_current.h"
#include "pooltrace_delay.h"
#include "pooltrace_faults.h"
#include "pooltrace_intern.h"
#include "pooltrace_stand_ins.h"
#include "pooltrace_record.h"
#include "pooltrace_said.h"
#include "pooltrace_stacks.h"
#include "pooltrace_throws.h"
#include "pooltrace_time.h"

enum pooltrace_lttng_use { POOLTRACE_LTTNG_OFF = 0, POOLTRACE_LTTNG_AUTO = 1, POOLTRACE_LTTNG_ON = 2 };

/// How to record. Texts are read during pooltrace_recorder_start alone.
struct pooltrace_configuration {
    bool ring;
    /// CLOCK_MONOTONIC even where the cycle counter would do.
    bool monotonic_clock;
    /// Whether workers record where their time goes.
    bool time;
    /// Whether the inputs of slow tasks are recorded.
    bool slow_inputs;
    enum pooltrace_lttng_use lttng;
    /// The directory to record into, made if it is not there; null: memory.
    const char *directory;
    /// Where the folder holds a trace already, record into a folder of this process inside it; else that is an error.
    bool shares_directory;
    /// Of the ring and what is kept together, in bytes; 0: 16 MiB in memory, 1 GiB in a directory.
    uint64_t limit;
    /// Of a packet, in bytes; 0: 64 KiB in memory, 1 MiB in a directory.
    uint64_t packet_size;
    /// For how long events are kept, in nanoseconds; 0: for as long as the limit lets them.
    uint64_t keep;
    /// The user's own LTTng directory's parent ($LTTNG_HOME, else $HOME), or null.
    const char *lttng_home;
    /// Where a failure leaves a snapshot, or null.
    const char *on_failure;
    /// The memory file for a ring in memory, which another process made by pooltrace_ring_make and keeps; 0: a new one.
    int ring_file;
};

/// An empty memory file for a ring, of this process or of one that inherits the descriptor. Close-on-exec. -1 with
/// errno set.
int pooltrace_ring_make(void);

/// Starts recording, once; later calls do nothing. Returns null, or a sentence on why the ring is in memory (or
/// nowhere) instead of where it should be.
const char *pooltrace_recorder_start(const struct pooltrace_configuration *configuration);

/// The directory that is recorded into, or null.
const char *pooltrace_trace_directory(void);

/// Looks for an LTTng session daemon, where that is allowed and none was found yet, and opens the provider library if
/// there is one. Costs a few system calls: at start, and when a pool starts.
void pooltrace_lttng_look(void);

/// Hands all definitions to LTTng again if a session began to listen since the last call. One call through a pointer.
void pooltrace_lttng_check_definitions(void);

/// Reads the clock's frequency again if that would make it better known, and rewrites the metadata. Off the hot path.
void pooltrace_clock_refresh(void);

/// Copies the ring into a new directory: a trace of its own. Async-signal-safe. Returns 0 or an errno.
int pooltrace_snapshot_to(const char *directory);

/// Copies the ring into the folder for failures, if one is set and none was left there yet. Async-signal-safe. Returns
/// 0 or an errno.
int pooltrace_snapshot_on_failure(void);

/// Calls `body` with the exit status at exit, in this process alone, not in its forks.
void pooltrace_at_exit(void (*body)(int status));

/// Records a module event for each loaded module.
void pooltrace_record_modules(void);

/// The build id of the executable as hexadecimal digits, or an empty text. Stays valid.
const char *pooltrace_build_id(void);

/// The path of the executable, from the kernel. Stays valid.
const char *pooltrace_executable(void);

/// Counts of the ring, for tests and the curious.
struct pooltrace_ring_totals {
    uint32_t slots;
    uint32_t slots_returned;
    uint32_t slots_never_used;
    uint32_t streams;
    uint32_t streams_in_use;
    uint64_t discarded;
};

struct pooltrace_ring_totals pooltrace_ring_totals(void);

/// Called at every step of a packet's first and later uses: for tests that end the process there.
void pooltrace_ring_set_step_hook(void (*hook)(int step));

#endif
