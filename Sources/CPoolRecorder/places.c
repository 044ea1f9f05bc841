#define _GNU_SOURCE
#include "pooltrace_places.h"

#include <dlfcn.h>
#include <features.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)
#define HAS_FIND_OBJECT 1
#else
#define HAS_FIND_OBJECT 0
#endif

/// FNV-1a. The executable has an empty name.
static uint64_t number_of(const char *name) {
    uint64_t number = 0xcbf29ce484222325u;
    for (; name != NULL && *name != 0; name++) number = (number ^ (uint8_t)*name) * 0x100000001b3u;
    return number == POOLTRACE_NO_MODULE ? 1 : number;
}

struct pooltrace_code_place pooltrace_place_of(uint64_t address) {
    struct pooltrace_code_place place = {POOLTRACE_NO_MODULE, address};
#if HAS_FIND_OBJECT
    struct dl_find_object found;
    // The call is the instruction before the one that it returns to.
    if (address != 0 && _dl_find_object((void *)(uintptr_t)(address - 1), &found) == 0 && found.dlfo_link_map != NULL) {
        place.module = number_of(found.dlfo_link_map->l_name);
        place.offset = address - found.dlfo_link_map->l_addr;
    }
#endif
    return place;
}

struct search {
    struct pooltrace_code_place place;
    uint64_t address;
};

static int find(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    struct search *search = context;
    if (number_of(info->dlpi_name) != search->place.module) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || (header->p_flags & PF_X) == 0) continue;
        if (search->place.offset - 1 - header->p_vaddr >= header->p_memsz) continue;
        search->address = info->dlpi_addr + search->place.offset;
        return 1;
    }
    return 0;
}

uint64_t pooltrace_address_of(struct pooltrace_code_place place) {
    struct search search = {place, 0};
    if (place.module != POOLTRACE_NO_MODULE) dl_iterate_phdr(find, &search);
    return search.address;
}

static int take_count(struct dl_phdr_info *info, size_t size, void *context) {
    if (size >= offsetof(struct dl_phdr_info, dlpi_subs)) *(uint64_t *)context = info->dlpi_adds;
    return 1;
}

uint64_t pooltrace_modules_loaded(void) {
    uint64_t count = 0;
    dl_iterate_phdr(take_count, &count);
    return count;
}
