// The program's modules: where each is loaded and how its build is named.
#define _GNU_SOURCE
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "pool_recorder.h"

/// Hexadecimal digits of the longest build id that is taken, and a NUL.
#define BUILD_ID_TEXT 129

struct module {
    uint64_t size;
    char build_id[BUILD_ID_TEXT];
};

static void write_digits(char *text, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size && 2 * i + 2 < BUILD_ID_TEXT; i++) {
        text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
        text[2 * i + 2] = 0;
    }
}

static void read_notes(const uint8_t *notes, size_t size, char *build_id) {
    size_t offset = 0;
    while (size - offset >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        memcpy(&note, notes + offset, sizeof note);
        const size_t name = offset + sizeof note;
        const size_t description = name + (((size_t)note.n_namesz + 3) & ~(size_t)3);
        const size_t end = description + (((size_t)note.n_descsz + 3) & ~(size_t)3);
        if (end > size) return;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(notes + name, "GNU", 4) == 0) {
            write_digits(build_id, notes + description, note.n_descsz);
            return;
        }
        offset = end;
    }
}

static struct module read_module(const struct dl_phdr_info *info) {
    struct module module = {0};
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && header->p_vaddr + header->p_memsz > module.size) {
            module.size = header->p_vaddr + header->p_memsz;
        }
        if (header->p_type == PT_NOTE && module.build_id[0] == 0) {
            read_notes((const uint8_t *)(info->dlpi_addr + header->p_vaddr), header->p_memsz, module.build_id);
        }
    }
    return module;
}

static int record_module(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    uint32_t *count = context;
    const struct module module = read_module(info);
    // The executable comes first, without a name.
    const char *path = *count == 0 ? pooltrace_executable() : info->dlpi_name;
    *count += 1;
    if (path == NULL || path[0] == 0) return 0;
    pooltrace_record_module(pooltrace_clock_now(), *count, info->dlpi_addr, module.size, module.build_id, path);
    return 0;
}

void pooltrace_record_modules(void) {
    uint32_t count = 0;
    dl_iterate_phdr(record_module, &count);
}

static int take_first(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    memcpy(context, read_module(info).build_id, BUILD_ID_TEXT);
    return 1;
}

const char *pooltrace_build_id(void) {
    static char text[BUILD_ID_TEXT];
    if (text[0] == 0) dl_iterate_phdr(take_first, text);
    return text;
}

const char *pooltrace_executable(void) {
    static char path[PATH_MAX];
    if (path[0] == 0) {
        const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
        if (length < 0) memcpy(path, "?", 2);
    }
    return path;
}
