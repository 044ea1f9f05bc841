// How wide a character is on a terminal: the C library's table, which Swift's Glibc module leaves out.
#ifndef POOLTRACE_TERMINAL_WIDTH_H
#define POOLTRACE_TERMINAL_WIDTH_H

#include <stdint.h>

/// The columns that a Unicode scalar takes, whatever the process's locale is: 0, 1 or 2; 1 for what the C library does
/// not know.
int pooltrace_terminal_width(uint32_t scalar);

#endif
