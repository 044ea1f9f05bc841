// Records events with every type of field that LTTng's tracepoints have: ust-sample EVENTS
#ifdef POOLTRACE_LTTNG
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "sample_events.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    long all = argc > 1 ? atol(argv[1]) : 100;
    char text[64];
    for (long i = 0; i < all; i++) {
        snprintf(text, sizeof text, "text %ld %.*s", i, (int)(i % 30), "abcdefghijklmnopqrstuvwxyz0123456789");
        lttng_ust_tracepoint(sample, all, (int)i, text, (double)i * 1.25);
        lttng_ust_tracepoint(sample, small, (int)-i, (unsigned long)i << 33);
    }
    return 0;
}
#else
int main(void) { return 77; }
#endif
