// Whose code an address is in.
#ifndef POOLTRACE_CODE_H
#define POOLTRACE_CODE_H

#include <stdbool.h>

/// Code that belongs to nobody, such as a copy of a function of the standard library, is of its caller.
enum code_owner { CODE_OF_CALLER, CODE_OF_POOLTRACE, CODE_OF_PROGRAM };

/// Reads the symbols of the program, and of its libraries that ThreadSanitizer sees.
void code_load(void);

enum code_owner code_owner(const void *address);

/// Whether one of those has no symbols, so that nobody knows whose its functions are.
bool code_is_stripped(void);

/// Whether the sanitizer sees the program.
bool code_is_watched(void);

/// Whether an address is in libswiftCore, of a program that the sanitizer sees; or in libswift_Concurrency.
bool code_is_core(const void *address);
bool code_is_concurrency(const void *address);

#endif
