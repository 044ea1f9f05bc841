#include "pooltrace_current.h"

_Thread_local struct pooltrace_current pooltrace_current_task;
