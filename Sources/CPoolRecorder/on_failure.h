// Snapshots that failures leave: of tasks, and of the process.
#ifndef POOLTRACE_ON_FAILURE_H
#define POOLTRACE_ON_FAILURE_H

/// Sets the directory for snapshots.
void pooltrace_on_failure_start(const char *folder);

/// Leaves a snapshot because of a fault's signal, if there is a directory; no other failure leaves one after that.
/// Async-signal-safe.
void pooltrace_on_failure_leave(int signal);

#endif
