#ifndef POOLTRACE_WORKER_VARIABLE_H
#define POOLTRACE_WORKER_VARIABLE_H

/// In the environment of a process that is to be a worker: the number of its pool's process.
#define POOLTRACE_WORKER_VARIABLE "POOLTRACE_WORKER"

#endif
