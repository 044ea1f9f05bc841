// The private face of faults.
#ifndef POOLTRACE_FAULTS_PRIVATE_H
#define POOLTRACE_FAULTS_PRIVATE_H

#include "pooltrace_faults.h"

/// Takes the signals, once.
void pooltrace_faults_take(void);

/// Gives the calling thread a stack for the handlers, if it has none, so that a full stack is reported too.
void pooltrace_faults_thread(void);

/// Takes the stack for handlers back as the thread ends.
void pooltrace_faults_thread_end(void);

#endif
