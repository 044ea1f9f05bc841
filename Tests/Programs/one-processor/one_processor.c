#define _GNU_SOURCE
#include "one_processor.h"

#include <sched.h>
#include <stdbool.h>

static cpu_set_t all;
static bool is_known;

void one_processor(int is_one) {
    if (!is_known) is_known = sched_getaffinity(0, sizeof all, &all) == 0;
    if (!is_known) return;
    if (!is_one) {
        sched_setaffinity(0, sizeof all, &all);
        return;
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int number = 0; number < CPU_SETSIZE; number++) {
        if (!CPU_ISSET(number, &all)) continue;
        CPU_SET(number, &one);
        break;
    }
    sched_setaffinity(0, sizeof one, &one);
}
