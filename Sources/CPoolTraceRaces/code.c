// Functions are told by their names: PoolTrace's modules are mangled with theirs, and its C functions begin with
// `pooltrace_`. One byte for 16 of code: functions begin at such a multiple.
#define _GNU_SOURCE
#include "code.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GRANULE_BITS = 4, MOST_OBJECTS = 16 };

/// One of the program's own objects.
struct object {
    uintptr_t start, size;
    uint8_t *owners;
};

static struct object objects[MOST_OBJECTS];
static unsigned object_count;

/// Swift's runtime: code and data.
static struct object core, concurrency;

static const char *const modules[] = {"PoolTrace", "PoolRecorder", "PoolModel", "PoolSchedule", "PoolSymbols",
    "RingAccess", "PoolTraceRuntime", "PoolTraceTesting", "PoolTraceArguments", "PoolTraceLogging", "PoolTraceMetrics",
    "PoolTraceTracing", "PoolTraceServiceLifecycle"};

/// Of a Swift name, by the first module in it.
static enum code_owner owner_of_swift(const char *name) {
    // A digit begins an identifier: the length of the module's name. What begins with a letter is of the standard
    // library, or a thunk between types.
    if (*name < '0' || *name > '9') return CODE_OF_CALLER;
    char *module;
    const unsigned long length = strtoul(name, &module, 10);
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (strlen(modules[i]) == length && strncmp(modules[i], module, length) == 0) return CODE_OF_POOLTRACE;
    return CODE_OF_PROGRAM;
}

static enum code_owner owner_of(const char *name) {
    if (strncmp(name, "$s", 2) == 0) return owner_of_swift(name + 2);
    return strncmp(name, "pooltrace_", 10) == 0 ? CODE_OF_POOLTRACE : CODE_OF_CALLER;
}

/// Whether an object has no table of symbols.
static bool is_stripped;

static void read_symbols(const uint8_t *file, size_t size, const struct object *object, uintptr_t base) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
    if (size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return;
    if (header->e_shoff > size || (size - header->e_shoff) / sizeof(Elf64_Shdr) < header->e_shnum) return;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff);
    bool has_symbols = false;
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *section = &sections[i];
        if (section->sh_type != SHT_SYMTAB || section->sh_link >= header->e_shnum) continue;
        const Elf64_Shdr *names = &sections[section->sh_link];
        if (section->sh_offset > size || section->sh_size > size - section->sh_offset) return;
        if (names->sh_offset > size || names->sh_size > size - names->sh_offset || names->sh_size == 0) return;
        has_symbols = true;
        const char *text = (const char *)file + names->sh_offset;
        if (text[names->sh_size - 1] != '\0') return;
        const Elf64_Sym *symbols = (const Elf64_Sym *)(file + section->sh_offset);
        for (size_t s = 0; s < section->sh_size / sizeof *symbols; s++) {
            const Elf64_Sym *symbol = &symbols[s];
            if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_size == 0) continue;
            if (symbol->st_name >= names->sh_size) continue;
            const uintptr_t start = base + symbol->st_value - object->start;
            if (start >= object->size || symbol->st_size > object->size - start) continue;
            const enum code_owner owner = owner_of(text + symbol->st_name);
            if (owner == CODE_OF_CALLER) continue;
            const uintptr_t last = (start + symbol->st_size - 1) >> GRANULE_BITS;
            memset(object->owners + (start >> GRANULE_BITS), (int)owner, last - (start >> GRANULE_BITS) + 1);
        }
    }
    if (!has_symbols) is_stripped = true;
}

/// Whether an object calls the sanitizer's functions: it needs the runtime's library.
static bool is_instrumented(const struct dl_phdr_info *info) {
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
        const ElfW(Dyn) *entries = (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
        const char *texts = NULL;
        // The loader has made the address of the texts absolute.
        for (const ElfW(Dyn) *e = entries; e->d_tag != DT_NULL; e++)
            if (e->d_tag == DT_STRTAB) texts = (const char *)e->d_un.d_ptr;
        for (const ElfW(Dyn) *e = entries; texts != NULL && e->d_tag != DT_NULL; e++)
            if (e->d_tag == DT_NEEDED && strstr(texts + e->d_un.d_val, "libclang_rt.tsan") != NULL) return true;
    }
    return false;
}

static int add_object(struct dl_phdr_info *info, size_t size, void *unused) {
    (void)size;
    (void)unused;
    struct object *runtime = strstr(info->dlpi_name, "/libswiftCore.so") != NULL ? &core
        : strstr(info->dlpi_name, "/libswift_Concurrency.so") != NULL            ? &concurrency
                                                                                 : NULL;
    if (object_count == MOST_OBJECTS || (runtime == NULL && !is_instrumented(info))) return 0;
    struct object object = {.start = UINTPTR_MAX};
    uintptr_t end = 0;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        // Of the runtime the data, too.
        if (part->p_type != PT_LOAD || ((part->p_flags & PF_X) == 0 && runtime == NULL)) continue;
        const uintptr_t start = info->dlpi_addr + part->p_vaddr;
        if (start < object.start) object.start = start;
        if (start + part->p_memsz > end) end = start + part->p_memsz;
    }
    if (end == 0) return 0;
    object.size = end - object.start;
    if (runtime != NULL) {
        *runtime = object;
        return 0;
    }
    const int file = open(*info->dlpi_name != '\0' ? info->dlpi_name : "/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0) return 0;
    if (fstat(file, &status) == 0) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        object.owners =
            mmap(NULL, (object.size >> GRANULE_BITS) + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (bytes != MAP_FAILED && object.owners != MAP_FAILED) {
            read_symbols(bytes, (size_t)status.st_size, &object, info->dlpi_addr);
            objects[object_count++] = object;
        }
        if (bytes != MAP_FAILED) munmap(bytes, (size_t)status.st_size);
    }
    close(file);
    return 0;
}

void code_load(void) { dl_iterate_phdr(add_object, NULL); }

enum code_owner code_owner(const void *address) {
    for (unsigned i = 0; i < object_count; i++) {
        const uintptr_t place = (uintptr_t)address - objects[i].start;
        if (place < objects[i].size) return (enum code_owner)objects[i].owners[place >> GRANULE_BITS];
    }
    return CODE_OF_CALLER;
}

static bool is_in(const struct object *object, const void *address) {
    return (uintptr_t)address - object->start < object->size;
}

bool code_is_stripped(void) { return is_stripped; }

bool code_is_watched(void) { return object_count > 0; }

bool code_is_core(const void *address) { return object_count > 0 && is_in(&core, address); }

bool code_is_concurrency(const void *address) { return object_count > 0 && is_in(&concurrency, address); }
