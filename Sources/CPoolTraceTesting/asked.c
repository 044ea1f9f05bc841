// Tells the constructor in CPoolTraceRuntime that the tests of this bundle have their tasks to themselves, unless the
// environment asks for a mode, a replay or a trace. Weakly referenced there: a bundle without CPoolTraceRuntime has no
// use for it.
const char pooltrace_runtime_when_asked = 1;
