// Keeps ThreadSanitizer out of PoolTrace's own code.
#ifndef POOLTRACE_OWN_H
#define POOLTRACE_OWN_H

#include <stdbool.h>

/// Whether the sanitizer looks away from PoolTrace's code: in a serial run that looks for races.
bool own_is_active(void);

/// What the calling thread does from here on is PoolTrace's; returns what it was, for `own_leave`.
bool own_enter(void);
void own_leave(bool was_own);

/// Runs `body`, which is PoolTrace's code, on another fiber.
///
/// - to: The fiber.
void own_run(void *to, void (*body)(void *context), void *context);

/// Runs `body` as code of the program's.
void own_run_program(void (*body)(void *context), void *context);

/// Runs `order` with the place although PoolTrace's own code runs, whose orders do not count.
void own_order(void (*order)(void *place), void *place);

/// Forgets what was done on the stack below the calling function.
void own_clear_stack(void);

#endif
