// Addresses of code as other processes of the same program understand them: libraries are loaded elsewhere there.
#ifndef POOLTRACE_PLACES_H
#define POOLTRACE_PLACES_H

#include <stdint.h>

/// A place in a module: a number made from the name that it was loaded by, and the distance from where it lies.
struct pooltrace_code_place {
    uint64_t module;
    uint64_t offset;
};

/// The module of no place.
#define POOLTRACE_NO_MODULE 0u

/// The place of a return address; of POOLTRACE_NO_MODULE where that is unknown. Async-signal-safe. (Always unknown with
/// a C library before 2.35.)
struct pooltrace_code_place pooltrace_place_of(uint64_t address);

/// The return address of a place in this process; 0 if it has no such module.
uint64_t pooltrace_address_of(struct pooltrace_code_place place);

/// How many modules have been loaded so far, those that are gone included.
uint64_t pooltrace_modules_loaded(void);

#endif
