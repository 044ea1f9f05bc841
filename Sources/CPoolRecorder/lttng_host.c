#define _GNU_SOURCE
#include "pooltrace_real_calls.h"
#include "lttng_host.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pooltrace_lttng.h"

/// Set once, before POOLTRACE_SINK_LTTNG is.
static const struct pooltrace_lttng_provider *provider;
static enum pooltrace_lttng_use use;
static char *user_folder;
/// Guards the opening, and the number of listeners that have their definitions.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t listeners_served;
static bool is_refused;

void pooltrace_lttng_configure(enum pooltrace_lttng_use in_use, const char *home) {
    use = in_use;
    if (home != NULL && asprintf(&user_folder, "%s/.lttng", home) < 0) user_folder = NULL;
}

void pooltrace_lttng_give(uint16_t number, const void *event) {
    if (number < provider->event_count) provider->record[number](event);
}

void pooltrace_lttng_abandon(void) { use = POOLTRACE_LTTNG_OFF; }

// MARK: The session daemon

/// Its socket for applications is named lttng-ust-sock-N, N the version of their protocol.
static bool has_socket(const char *folder) {
    DIR *list = folder != NULL ? opendir(folder) : NULL;
    if (list == NULL) return false;
    bool found = false;
    for (const struct dirent *entry; !found && (entry = readdir(list)) != NULL;) {
        found = strncmp(entry->d_name, "lttng-ust-sock-", 15) == 0;
    }
    closedir(list);
    return found;
}

// MARK: The library

static pooltrace_lttng_provider_function *find_symbol(void *library) {
    return (pooltrace_lttng_provider_function *)dlsym(library, POOLTRACE_LTTNG_SYMBOL);
}

static pooltrace_lttng_provider_function *open_from(const char *folder) {
    char path[PATH_MAX + sizeof POOLTRACE_LTTNG_LIBRARY + 16];
    snprintf(path, sizeof path, "%s%s", folder, POOLTRACE_LTTNG_LIBRARY);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    return library != NULL ? find_symbol(library) : NULL;
}

/// Already loaded, beside the executable, in the lib directory beside the executable's directory, then where the system
/// looks.
static pooltrace_lttng_provider_function *find_provider(void) {
    pooltrace_lttng_provider_function *found = find_symbol(RTLD_DEFAULT);
    if (found != NULL) return found;
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder - 8, "%s", pooltrace_executable());
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        slash[1] = 0;
        if ((found = open_from(folder)) != NULL) return found;
        strcat(folder, "../lib/");
        if ((found = open_from(folder)) != NULL) return found;
    }
    return open_from("");
}

static void refuse(const char *why) {
    is_refused = true;
    if (use == POOLTRACE_LTTNG_ON) fprintf(stderr, "pooltrace: POOLTRACE_LTTNG=on: %s\n", why);
}

static void open_provider(void) {
    pooltrace_lttng_provider_function *function = find_provider();
    if (function == NULL) {
        refuse("no " POOLTRACE_LTTNG_LIBRARY " beside the program, in ../lib from there, or in the linker's path");
        return;
    }
    const struct pooltrace_lttng_provider *found = function();
    if (found == NULL || found->version != POOLTRACE_LTTNG_VERSION) {
        refuse(POOLTRACE_LTTNG_LIBRARY " has another version than the program");
        return;
    }
    provider = found;
    __atomic_fetch_or(&pooltrace_sinks, POOLTRACE_SINK_LTTNG, __ATOMIC_RELEASE);
}

void pooltrace_lttng_look(void) {
    if (use == POOLTRACE_LTTNG_OFF) return;
    pooltrace_real_mutex_lock(&lock);
    if (provider == NULL && !is_refused &&
        (use == POOLTRACE_LTTNG_ON || has_socket("/var/run/lttng") || has_socket(user_folder))) {
        open_provider();
        if (provider != NULL) {
            // A definition recorded meanwhile is given twice rather than never.
            listeners_served = provider->listeners();
            pooltrace_give_definitions();
        }
    }
    pooltrace_real_mutex_unlock(&lock);
    pooltrace_lttng_check_definitions();
}

void pooltrace_lttng_check_definitions(void) {
    if ((__atomic_load_n(&pooltrace_sinks, __ATOMIC_ACQUIRE) & POOLTRACE_SINK_LTTNG) == 0) return;
    const uint64_t listeners = provider->listeners();
    if (listeners == __atomic_load_n(&listeners_served, __ATOMIC_RELAXED)) return;
    pooltrace_real_mutex_lock(&lock);
    if (listeners != listeners_served) {
        __atomic_store_n(&listeners_served, listeners, __ATOMIC_RELAXED);
        pooltrace_give_definitions();
    }
    pooltrace_real_mutex_unlock(&lock);
}
