#define _GNU_SOURCE
#include "on_failure.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pool_recorder.h"

/// "FOLDER/PROGRAM-PID" with room for an ending; empty: no snapshots.
static char base[PATH_MAX];
static char folder[PATH_MAX];
static bool has_failure_snapshot;

static int leave_snapshot(const char *ending) {
    char path[PATH_MAX + 32];
    (void)mkdir(folder, 0700);
    const size_t length = strlen(base);
    memcpy(path, base, length);
    memcpy(path + length, ending, strlen(ending) + 1);
    return pooltrace_snapshot_to(path);
}

int pooltrace_snapshot_on_failure(void) {
    if (base[0] == 0 || __atomic_exchange_n(&has_failure_snapshot, true, __ATOMIC_RELAXED)) return 0;
    return leave_snapshot("-failure");
}

void pooltrace_on_failure_leave(int signal) {
    const char ending[] = {
        '-', 's', 'i', 'g', 'n', 'a', 'l', '-', (char)('0' + signal / 10), (char)('0' + signal % 10), 0};
    if (base[0] != 0) (void)leave_snapshot(ending);
}

void pooltrace_on_failure_start(const char *in_folder) {
    // Absolute, because the program may change its working directory.
    char here[PATH_MAX] = "";
    if (in_folder[0] != '/' && getcwd(here, sizeof here - 1) != NULL) strcat(here, "/");
    const char *executable = pooltrace_executable();
    const char *slash = strrchr(executable, '/');
    if (strlen(here) + strlen(in_folder) + NAME_MAX + 32 > PATH_MAX) return;
    snprintf(folder, sizeof folder, "%s%s", here, in_folder);
    const int length =
        snprintf(base, sizeof base, "%s/%.200s-%d", folder, slash != NULL ? slash + 1 : executable, (int)getpid());
    if (length < 0 || (size_t)length >= sizeof base) base[0] = 0;
}
