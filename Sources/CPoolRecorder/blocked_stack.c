// /proc/self/task/TID/syscall has a blocked thread's system call, stack pointer and program counter. From there on the
// stack is followed by the rules that compilers write for unwinders (DWARF call frame information, .eh_frame), since
// the C library's functions, in which threads block, keep no frame pointers. They say where the caller's registers are,
// given the stack pointer. The one thing that cannot be known is the frame pointer, which the kernel does not show and
// the C library has not always saved: where a rule needs it, it is looked for as the first saved one, from the stack
// pointer on, whose chain leads exactly to the frame of the task's body.
//
// Nothing is guessed: a stack that does not lead to the body has no frames, and one of a thread that has been on a
// processor meanwhile is not used at all.
#define _GNU_SOURCE
#include "blocked_stack.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "pooltrace_events.h"
#include "swift_abi.h"

/// The text of a file of the thread's in /proc; empty if the thread is gone.
static void read_file(uint32_t thread, const char *name, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%u/%s", thread, name);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t length = file < 0 ? 0 : read(file, text, size - 1);
    if (file >= 0) close(file);
    text[length > 0 ? length : 0] = 0;
}

/// How often the thread has given its processor away.
static uint64_t voluntary_switches(uint32_t thread) {
    static const char label[] = "\nvoluntary_ctxt_switches:";
    char text[4096];
    read_file(thread, "status", text, sizeof text);
    const char *found = strstr(text, label);
    return found == NULL ? 0 : strtoull(found + sizeof label - 1, NULL, 10);
}

#if defined(__x86_64__)

// MARK: - Memory

/// What has been copied of the stack.
struct copied {
    uintptr_t start;
    size_t size;
};

enum { MOST_COPIED = 1 << 20 };
/// One stack is read at a time, by the sampler's thread.
static uint8_t copy[MOST_COPIED];

static bool load(const struct copied *copied, uintptr_t address, uintptr_t *value) {
    if (address < copied->start || address - copied->start > copied->size - sizeof *value) return false;
    memcpy(value, copy + (address - copied->start), sizeof *value);
    return true;
}

// MARK: - Rules

enum { FRAME_POINTER = 6, STACK_POINTER = 7 };
enum rule { SAME, AT_OFFSET, OTHER };

/// Where the caller's stack pointer and frame pointer are.
struct rules {
    uint64_t base_register;
    int64_t base_offset;
    bool has_base;
    enum rule frame_pointer;
    int64_t frame_pointer_offset;
};

static uint64_t unsigned_number(const uint8_t **at) {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const uint8_t byte = *(*at)++;
        if (shift < 64) value |= (uint64_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) return value;
    }
}

static int64_t signed_number(const uint8_t **at) {
    uint64_t value = 0;
    for (unsigned shift = 0;;) {
        const uint8_t byte = *(*at)++;
        if (shift < 64) value |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
        if ((byte & 0x80) != 0) continue;
        return (int64_t)(shift < 64 && (byte & 0x40) != 0 ? value | ~UINT64_C(0) << shift : value);
    }
}

/// How many bytes an address takes in an encoding (Linux Standard Base, DWARF extensions); 0: unknown.
static size_t encoded_size(uint8_t encoding) {
    switch (encoding & 0x0F) {
    case 0x00:
    case 0x04:
    case 0x0C: return 8;
    case 0x02:
    case 0x0A: return 2;
    case 0x03:
    case 0x0B: return 4;
    default: return 0;
    }
}

struct description {
    uint64_t code_alignment;
    int64_t data_alignment;
    uint8_t encoding;
};

/// Carries instructions out, up to those that hold at `target` only from later on; false for one that is unknown.
static bool execute(const uint8_t *at, const uint8_t *end, const struct description *description, uintptr_t location,
    uintptr_t target, const struct rules *initial, struct rules *rules) {
    enum { MOST_REMEMBERED = 8 };
    struct rules remembered[MOST_REMEMBERED];
    unsigned depth = 0;
    while (at < end && location <= target) {
        const uint8_t byte = *at++, low = byte & 0x3F;
        uint64_t number, offset;
        switch (byte & 0xC0) {
        case 0x40: location += low * description->code_alignment; continue;
        case 0x80:
            offset = unsigned_number(&at);
            if (low == FRAME_POINTER) {
                rules->frame_pointer = AT_OFFSET;
                rules->frame_pointer_offset = (int64_t)offset * description->data_alignment;
            }
            continue;
        case 0xC0:
            if (low == FRAME_POINTER && initial != NULL) {
                rules->frame_pointer = initial->frame_pointer;
                rules->frame_pointer_offset = initial->frame_pointer_offset;
            }
            continue;
        default: break;
        }
        switch (byte) {
        case 0x00: break;
        case 0x02: location += *at++ * description->code_alignment; break;
        case 0x03:
            location += (uintptr_t)(at[0] | at[1] << 8) * description->code_alignment;
            at += 2;
            break;
        case 0x04: {
            uint32_t delta;
            memcpy(&delta, at, sizeof delta);
            location += delta * description->code_alignment;
            at += sizeof delta;
            break;
        }
        case 0x05: // offset_extended
            number = unsigned_number(&at);
            offset = unsigned_number(&at);
            if (number == FRAME_POINTER) {
                rules->frame_pointer = AT_OFFSET;
                rules->frame_pointer_offset = (int64_t)offset * description->data_alignment;
            }
            break;
        case 0x06: // restore_extended
        case 0x07: // undefined
        case 0x08: // same_value
            if (unsigned_number(&at) == FRAME_POINTER) rules->frame_pointer = byte == 0x08 ? SAME : OTHER;
            break;
        case 0x09: // register
            if (unsigned_number(&at) == FRAME_POINTER) rules->frame_pointer = OTHER;
            (void)unsigned_number(&at);
            break;
        case 0x0A:
            if (depth == MOST_REMEMBERED) return false;
            remembered[depth++] = *rules;
            break;
        case 0x0B:
            if (depth == 0) return false;
            *rules = remembered[--depth];
            break;
        case 0x0C: // def_cfa
            rules->base_register = unsigned_number(&at);
            rules->base_offset = (int64_t)unsigned_number(&at);
            rules->has_base = true;
            break;
        case 0x0D: rules->base_register = unsigned_number(&at); break;
        case 0x0E: rules->base_offset = (int64_t)unsigned_number(&at); break;
        case 0x0F: // def_cfa_expression
            rules->has_base = false;
            number = unsigned_number(&at);
            at += number;
            break;
        case 0x10: // expression
        case 0x16: // val_expression
            if (unsigned_number(&at) == FRAME_POINTER) rules->frame_pointer = OTHER;
            number = unsigned_number(&at);
            at += number;
            break;
        case 0x2E: (void)unsigned_number(&at); break; // GNU_args_size
        default: return false;
        }
    }
    return true;
}

/// The rules for a return address; false where there are none, or others than are understood here.
static bool rules_at(uintptr_t address, struct rules *rules) {
    const struct pooltrace_described found = pooltrace_sample_describe(address - 1);
    const uint8_t *entry = found.entry;
    if (entry == NULL) return false;
    uint32_t length;
    int32_t distance;
    memcpy(&length, entry, sizeof length);
    memcpy(&distance, entry + sizeof length, sizeof distance);
    // What is longer has another form.
    if (length == UINT32_MAX) return false;
    const uint8_t *common = entry + sizeof length - distance, *entry_end = entry + sizeof length + length;
    uint32_t common_length;
    memcpy(&common_length, common, sizeof common_length);
    const uint8_t *common_end = common + sizeof common_length + common_length, *at = common + 2 * sizeof(uint32_t);
    const uint8_t version = *at++;
    const char *augmentation = (const char *)at;
    at += strlen(augmentation) + 1;
    if (version != 1 && version != 3) return false;
    struct description description = {.encoding = 0};
    description.code_alignment = unsigned_number(&at);
    description.data_alignment = signed_number(&at);
    // The register of the return address: always the word below the caller's frame here.
    if (version == 1) at++;
    else (void)unsigned_number(&at);
    if (augmentation[0] == 'z') {
        const uint64_t size = unsigned_number(&at);
        const uint8_t *instructions = at + size;
        for (const char *letter = augmentation + 1; *letter != 0; letter++) {
            if (*letter == 'R') {
                description.encoding = *at++;
            } else if (*letter == 'L') {
                at++;
            } else if (*letter == 'P') {
                const uint8_t encoding = *at++;
                const size_t bytes = encoded_size(encoding);
                if (bytes == 0) return false;
                at += bytes;
            } else if (*letter != 'S') {
                return false;
            } else {
                // The frame of a signal's handler.
                return false;
            }
        }
        at = instructions;
    } else if (augmentation[0] != 0) {
        return false;
    }
    const size_t bytes = encoded_size(description.encoding);
    if (bytes == 0) return false;
    *rules = (struct rules){.frame_pointer = SAME};
    if (!execute(at, common_end, &description, 0, UINTPTR_MAX, NULL, rules)) return false;
    const struct rules initial = *rules;
    at = entry + 2 * sizeof(uint32_t) + 2 * bytes;
    if (augmentation[0] == 'z') {
        const uint64_t size = unsigned_number(&at);
        at += size;
    }
    return execute(at, entry_end, &description, found.function, address - 1, &initial, rules) && rules->has_base;
}

// MARK: - The walk

static bool is_code(uintptr_t address) { return address != 0 && pooltrace_sample_describe(address - 1).entry != NULL; }

/// Whether frames are linked from the one at `frame` to that of the body.
static bool leads_to(const struct copied *copied, uintptr_t frame, uintptr_t body) {
    while (frame != body) {
        uintptr_t saved, address;
        if (!load(copied, frame, &saved) || !load(copied, frame + sizeof saved, &address)) return false;
        saved &= ~POOLTRACE_ASYNC_FRAME;
        if (saved <= frame || saved > body || saved % sizeof saved != 0 || !is_code(address)) return false;
        frame = saved;
    }
    return true;
}

/// The first frame from `from` on that is linked to the body's; 0: none.
static uintptr_t find_frame(const struct copied *copied, uintptr_t from, uintptr_t body) {
    for (uintptr_t frame = from; frame < body; frame += sizeof frame)
        if (leads_to(copied, frame, body)) return frame;
    return 0;
}

static uint32_t walk(uintptr_t pointer, uintptr_t counter, uintptr_t body, uint64_t *frames) {
    if (pointer >= body || body - pointer > MOST_COPIED - 2 * sizeof(uintptr_t) || pointer % 8 != 0) return 0;
    struct copied copied = {pointer, body - pointer + 2 * sizeof(uintptr_t)};
    const struct iovec here = {copy, copied.size}, there = {(void *)pointer, copied.size};
    if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != (ssize_t)copied.size) return 0;
    uint32_t length = 0;
    uintptr_t frame = 0, last_frame = 0;
    bool was_runtime = false;
    while (length < POOLTRACE_SAMPLE_FRAMES) {
        struct rules rules;
        if (!rules_at(counter, &rules)) return 0;
        if (rules.base_register == FRAME_POINTER && frame == 0) frame = find_frame(&copied, pointer, body);
        if (frame == body) return length;
        // The function before is an async one that the runtime runs, if it has a context.
        const bool is_runtime = pooltrace_sample_is_runtime(counter);
        uintptr_t context;
        if (is_runtime && !was_runtime && last_frame != 0 && load(&copied, last_frame - sizeof context, &context)) {
            const uint32_t more = pooltrace_sample_add_callers(context, frames, length, POOLTRACE_SAMPLE_FRAMES);
            if (more > length) return more;
        }
        was_runtime = is_runtime;
        last_frame = frame;
        frames[length++] = counter;
        uintptr_t base;
        if (rules.base_register == STACK_POINTER) base = pointer + (uintptr_t)rules.base_offset;
        else if (rules.base_register == FRAME_POINTER && frame != 0) base = frame + (uintptr_t)rules.base_offset;
        else return 0;
        if (base <= pointer || base > body) return 0;
        if (!load(&copied, base - sizeof counter, &counter)) return 0;
        if (rules.frame_pointer == AT_OFFSET) {
            if (!load(&copied, base + (uintptr_t)rules.frame_pointer_offset, &frame)) return 0;
            // What a function that keeps no frame pointer has there may be anything.
            if (frame % sizeof frame != 0 || !leads_to(&copied, frame, body)) frame = 0;
        } else if (rules.frame_pointer == OTHER) {
            frame = 0;
        }
        pointer = base;
    }
    // Cut: the innermost ones.
    return length;
}

#endif

bool pooltrace_blocked_stack_read(uint32_t thread, const struct pooltrace_current *current, uintptr_t stack_low,
    uintptr_t stack_end, struct pooltrace_blocked_stack *stack) {
    const uint64_t before = voluntary_switches(thread), task = __atomic_load_n(&current->task, __ATOMIC_RELAXED);
    char text[256], again[256];
    read_file(thread, "syscall", text, sizeof text);
    // `NUMBER ARGUMENT ... POINTER COUNTER`, -1 and two for none, or `running`.
    char *rest;
    const long call = strtol(text, &rest, 10);
    if (rest == text) return false;
    unsigned long long words[8];
    int count = 0;
    while (count < 8 && *rest == ' ') words[count++] = strtoull(rest, &rest, 16);
    if (count < 2) return false;
    const uintptr_t pointer = (uintptr_t)words[count - 2], counter = (uintptr_t)words[count - 1];
    stack->call = (int32_t)call;
    stack->length = 0;
    stack->index = POOLTRACE_NO_INDEX;
    // The context may be gone as soon as it is looked at.
    const struct iovec here = {&stack->index, sizeof stack->index},
                       there = {__atomic_load_n(&current->context, __ATOMIC_RELAXED), sizeof stack->index};
    if (there.iov_base == NULL || process_vm_readv(getpid(), &here, 1, &there, 1, 0) != sizeof stack->index)
        stack->index = POOLTRACE_NO_INDEX;
    const uintptr_t body = (uintptr_t)__atomic_load_n(&current->frame, __ATOMIC_RELAXED);
#if defined(__x86_64__)
    if (pointer >= stack_low && pointer < stack_end && body < stack_end)
        stack->length = walk(pointer, counter, body, stack->frames);
#else
    (void)pointer, (void)counter, (void)body, (void)stack_low, (void)stack_end;
#endif
    read_file(thread, "syscall", again, sizeof again);
    return strcmp(text, again) == 0 && voluntary_switches(thread) == before &&
        __atomic_load_n(&current->task, __ATOMIC_RELAXED) == task;
}
