#ifndef POOLTRACE_RACES_LIBRARY_H
#define POOLTRACE_RACES_LIBRARY_H

#include "pooltrace_races.h"

/// See `pooltrace_races_start_function`.
const struct pooltrace_races *pooltrace_races_start(void);

#endif
