// Snapshots that failures leave: of tasks, and of the process.
#ifndef POOLTRACE_ON_FAILURE_H
#define POOLTRACE_ON_FAILURE_H

/// Sets the folder for snapshots, and takes the signals that end a process because of a fault.
void pooltrace_on_failure_start(const char *folder);

/// Gives a thread a stack for signal handlers, if it has none, so that a stack overflow is handled too.
void pooltrace_on_failure_thread(void);

/// Takes it back as the thread ends.
void pooltrace_on_failure_thread_end(void);

#endif
