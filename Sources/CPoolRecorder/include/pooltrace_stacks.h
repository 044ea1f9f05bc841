// Stacks of other threads of the process, and requests for them, without ptrace.
#ifndef POOLTRACE_STACKS_H
#define POOLTRACE_STACKS_H

#include <stdbool.h>
#include <stdint.h>

/// Lets the calling thread, which may be Dispatch's, be asked for its stack, which takes a signal.
void pooltrace_stack_allow_sample(void);

/// The stack of another thread that runs a task, as return addresses, innermost first, up to the task's body.
///
/// The thread is interrupted by a signal, SIGURG, for as long as the walk takes. One caller at a time.
///
/// @param task The task that it is expected to run.
/// @return How many there are, at most `most`; 0 where the thread is gone, blocks the signal, or runs something else by
/// now.
uint32_t pooltrace_stack_sample(uint32_t thread, uint64_t task, uint64_t *frames, uint32_t most);

/// Answers SIGQUIT from now on: `pooltrace_stacks_wait` reports it.
bool pooltrace_stacks_on_quit(void);
/// Waits for the next request; whether it came from `pooltrace stacks`.
bool pooltrace_stacks_wait(void);
/// Makes the memory file that `pooltrace stacks` reads: a sequence number of eight bytes, then text. -1 where there is
/// none to be had.
int pooltrace_stacks_file(void);
/// Replaces the text, then counts the sequence number up.
void pooltrace_stacks_publish(int file, const char *text, uint64_t length);

#endif
