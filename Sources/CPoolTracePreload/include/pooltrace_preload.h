// Nothing to call: the library acts as it is loaded.
#ifndef POOLTRACE_PRELOAD_H
#define POOLTRACE_PRELOAD_H
#endif
