#include "pooltrace_events.h"

// Arrays of fields, one for each event.
#define BITS_u8 8
#define BITS_u32 32
#define BITS_u64 64
#define BITS_i32 32
#define SIGNED_u8 0
#define SIGNED_u32 0
#define SIGNED_u64 0
#define SIGNED_i32 1
#define POOLTRACE_INTEGER(type, name) {#name, POOLTRACE_FIELD_INTEGER, BITS_##type, SIGNED_##type},
#define POOLTRACE_FLOAT(name) {#name, POOLTRACE_FIELD_FLOAT, 64, 1},
#define POOLTRACE_STRING(name) {#name, POOLTRACE_FIELD_STRING, 0, 0},
#define POOLTRACE_SEQUENCE(name) {#name, POOLTRACE_FIELD_SEQUENCE, 64, 0},
#define POOLTRACE_EVENT(name, kind, fields) \
    static const struct pooltrace_field_description fields_of_##name[] = {fields};
#include "pooltrace_events.def"
#undef POOLTRACE_INTEGER
#undef POOLTRACE_FLOAT
#undef POOLTRACE_STRING
#undef POOLTRACE_SEQUENCE
#undef POOLTRACE_EVENT

// The ring's metadata of each event's fields, in the Common Trace Format's metadata language.
#define CTF_u8 "uint8_t "
#define CTF_u32 "uint32_t "
#define CTF_u64 "uint64_t "
#define CTF_i32 "int32_t "
#define POOLTRACE_INTEGER(type, name) CTF_##type #name "; "
#define POOLTRACE_FLOAT(name) "double " #name "; "
#define POOLTRACE_STRING(name) "string " #name "; "
#define POOLTRACE_SEQUENCE(name) "uint32_t _" #name "_length; uint64_t " #name "[_" #name "_length]; "
#define POOLTRACE_EVENT(name, kind, fields) static const char metadata_of_##name[] = fields;
#include "pooltrace_events.def"
#undef POOLTRACE_INTEGER
#undef POOLTRACE_FLOAT
#undef POOLTRACE_STRING
#undef POOLTRACE_SEQUENCE
#undef POOLTRACE_EVENT

#define POOLTRACE_EVENT(name, kind, fields)                                                           \
    {#name, POOLTRACE_##kind, sizeof fields_of_##name / sizeof fields_of_##name[0], fields_of_##name, \
        metadata_of_##name},
static const struct pooltrace_event_description descriptions[] = {
#include "pooltrace_events.def"
};
#undef POOLTRACE_EVENT

const struct pooltrace_event_description *pooltrace_event_descriptions(void) { return descriptions; }
