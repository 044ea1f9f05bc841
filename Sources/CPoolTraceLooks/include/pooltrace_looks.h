// Where a task looks whether it is cancelled.
#ifndef POOLTRACE_LOOKS_H
#define POOLTRACE_LOOKS_H

/// Has `looked` called at each `Task.isCancelled` and `Task.checkCancellation()` from now on, on the thread that looks.
///
/// Not from code that reaches Swift's runtime without the dynamic linker: a program that is linked with it statically.
void pooltrace_looks_watch(void (*looked)(void));

#endif
