// What takes over Swift's executors before main.
#ifndef POOLTRACE_RUNTIME_H
#define POOLTRACE_RUNTIME_H

/// Hands Swift's runtime our executors; Swift's side. Called once, before main.
void pooltrace_runtime_take(void);

#endif
