// The name of an error's type, read from its metadata: what the runtime makes of it takes tens of microseconds the
// first time, and memory.
#include "pooltrace_throws.h"

#include <stdint.h>
#include <string.h>

#include "swift_abi.h"
#include "throw_hook.h"

/// The deepest nesting of types that is followed.
#define MOST_CONTEXTS 16

extern const void *swift_getTypeContextDescriptor(const void *type) __attribute__((weak));

/// What a field of a descriptor refers to: it is so far away, or, with the lowest bit, the address of that is.
static const uint32_t *context_at(const int32_t *field) {
    const int32_t offset = *field;
    if (offset == 0) return NULL;
    const uintptr_t at = (uintptr_t)field + (uintptr_t)(intptr_t)(offset & ~1);
    return (offset & 1) != 0 ? *(const uint32_t *const *)at : (const uint32_t *)at;
}

static const char *name_of(const uint32_t *context) {
    const uint32_t kind = context[0] & POOLTRACE_CONTEXT_KIND;
    if (kind != POOLTRACE_CONTEXT_MODULE && kind < POOLTRACE_CONTEXT_FIRST_TYPE) return NULL;
    const int32_t *field = (const int32_t *)context + POOLTRACE_CONTEXT_NAME;
    return *field == 0 ? NULL : (const char *)field + *field;
}

const char *pooltrace_error_type_name(const void *error_box, char *text, uint32_t size) {
    if (size == 0) return "";
    text[size - 1] = 0;
    // From its end: the innermost name comes last.
    char *start = text + size - 1;
    const uint32_t *context = NULL;
    if (error_box && &swift_getTypeContextDescriptor)
        context = swift_getTypeContextDescriptor(pooltrace_error_type(error_box));
    for (int i = 0; context && i < MOST_CONTEXTS; i++) {
        const char *name = name_of(context);
        const size_t length = name ? strlen(name) : 0, dot = *start ? 1 : 0;
        if (name) {
            if (length + dot > (size_t)(start - text)) break;
            if (dot) *--start = '.';
            start -= length;
            memcpy(start, name, length);
        }
        context = context_at((const int32_t *)context + POOLTRACE_CONTEXT_PARENT);
    }
    return start;
}
