// What `--pin` preloads has no interface: it takes the place of functions of the C library.
#ifndef POOLTRACE_PIN_H
#define POOLTRACE_PIN_H

/// Which of "addresses", "random", "clock" and "time" are pinned, with commas between them.
#define POOLTRACE_PIN_VARIABLE "POOLTRACE_PIN"
/// Where random numbers begin.
#define POOLTRACE_PIN_SEED_VARIABLE "POOLTRACE_PIN_SEED"

#endif
