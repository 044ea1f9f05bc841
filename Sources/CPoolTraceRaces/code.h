// Whose code an address is in.
#ifndef POOLTRACE_CODE_H
#define POOLTRACE_CODE_H

/// Code that belongs to nobody, such as a copy of a function of the standard library, is of its caller.
enum code_owner { CODE_OF_CALLER, CODE_OF_POOLTRACE, CODE_OF_PROGRAM };

/// Reads the symbols of the program, and of its libraries that ThreadSanitizer sees.
void code_load(void);

enum code_owner code_owner(const void *address);

#endif
