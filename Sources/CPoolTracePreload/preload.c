// Preloaded into a program that knows nothing of PoolTrace: opens the library with PoolTraceRuntime, beside this one,
// where that makes sense.
//
// In C, and small: what is preloaded comes into every program that is started, also those that have nothing to do with
// Swift. So it looks first:
// - the program itself needs libswift_Concurrency.so;
// - the program is not linked with PoolTrace, which the linker's notes tell: one host a process. There is one queue,
//   one recorder and one set of types; a second copy would know nothing of the first one's tasks.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pooltrace_preload.h"

static const char needed_library[] = "libswift_Concurrency.so";
static const char host_library[] = "libPoolTraceHost.so";
static const char note_owner[] = "PoolTrace";

struct program {
    bool needs_concurrency;
    bool has_pooltrace;
};

static bool has_note(const struct dl_phdr_info *program, const ElfW(Phdr) * segment) {
    const char *start = (const char *)(program->dlpi_addr + segment->p_vaddr);
    for (size_t at = 0; at + sizeof(ElfW(Nhdr)) <= segment->p_memsz;) {
        const ElfW(Nhdr) *note = (const void *)(start + at);
        const size_t name = at + sizeof *note,
                     next = name + ((note->n_namesz + 3ul) & ~3ul) + ((note->n_descsz + 3ul) & ~3ul);
        if (next > segment->p_memsz) return false;
        if (note->n_namesz == sizeof note_owner && memcmp(start + name, note_owner, sizeof note_owner) == 0)
            return true;
        at = next;
    }
    return false;
}

static bool needs_concurrency(const struct dl_phdr_info *program, const ElfW(Phdr) * segment) {
    const ElfW(Dyn) *entries = (const void *)(program->dlpi_addr + segment->p_vaddr);
    const char *texts = NULL;
    // The loader has made this an address.
    for (const ElfW(Dyn) *entry = entries; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_STRTAB) texts = (const char *)entry->d_un.d_ptr;
    }
    if (texts == NULL) return false;
    for (const ElfW(Dyn) *entry = entries; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_NEEDED && strcmp(texts + entry->d_un.d_val, needed_library) == 0) return true;
    }
    return false;
}

/// Called with the program first, which is all that it looks at.
static int look(struct dl_phdr_info *info, size_t size, void *argument) {
    (void)size;
    struct program *program = argument;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type == PT_DYNAMIC && needs_concurrency(info, segment)) program->needs_concurrency = true;
        if (segment->p_type == PT_NOTE && has_note(info, segment)) program->has_pooltrace = true;
    }
    return 1;
}

/// Takes this library out of what programs that this one starts are preloaded with.
static void leave_children_alone(const char *own) {
    const char *follow = getenv("POOLTRACE_FOLLOW");
    const char *preloaded = getenv("LD_PRELOAD");
    if (preloaded == NULL || (follow != NULL && strcmp(follow, "1") == 0)) return;
    char *rest = calloc(strlen(preloaded) + 1, 1);
    char *words = strdup(preloaded);
    if (rest != NULL && words != NULL) {
        char *state = NULL;
        for (char *word = strtok_r(words, ": ", &state); word != NULL; word = strtok_r(NULL, ": ", &state)) {
            if (strcmp(word, own) == 0) continue;
            if (rest[0] != '\0') strcat(rest, ":");
            strcat(rest, word);
        }
        if (rest[0] == '\0') {
            (void)unsetenv("LD_PRELOAD");
        } else {
            (void)setenv("LD_PRELOAD", rest, 1);
        }
    }
    free(words);
    free(rest);
}

__attribute__((constructor)) static void pooltrace_preload_enter(void) {
    Dl_info own;
    if (dladdr(needed_library, &own) == 0 || own.dli_fname == NULL) return;
    leave_children_alone(own.dli_fname);
    const char *runtime = getenv("POOLTRACE_RUNTIME");
    if (runtime != NULL && strcmp(runtime, "off") == 0) return;
    struct program program = {false, false};
    (void)dl_iterate_phdr(look, &program);
    if (!program.needs_concurrency || program.has_pooltrace) return;
    char path[PATH_MAX];
    const char *end = strrchr(own.dli_fname, '/');
    const int folder = end == NULL ? 0 : (int)(end - own.dli_fname) + 1;
    if (snprintf(path, sizeof path, "%.*s%s", folder, own.dli_fname, host_library) >= (int)sizeof path) return;
    if (dlopen(path, RTLD_NOW | RTLD_LOCAL) == NULL) {
        fprintf(stderr, "pooltrace: async tasks are not seen: %s\n", dlerror());
    }
}
