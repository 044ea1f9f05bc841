#include "pooltrace_current.h"
#include "pooltrace_said.h"

_Thread_local struct pooltrace_current pooltrace_current_task;
_Thread_local struct pooltrace_said_notes pooltrace_this_said;
