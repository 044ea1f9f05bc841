#define _GNU_SOURCE
#include "metadata.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "pool_recorder.h"
#include "ring.h"

static const char types[] =
    "/* CTF 1.8 */\n"
    "typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
    "typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
    "typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
    "typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
    "typealias integer { size = 32; align = 8; signed = true; } := int32_t;\n"
    "typealias floating_point { exp_dig = 11; mant_dig = 53; align = 8; } := double;\n"
    "trace {\n"
    "    major = 1; minor = 8; byte_order = le;\n"
    "    packet.header := struct { uint32_t magic; uint32_t stream_id; uint64_t stream_instance_id; };\n"
    "};\n";

// After the clock, as its stamps are of that.
static const char stream[] =
    "typealias integer { size = 64; align = 8; signed = false; map = clock.pooltrace.value; } := timestamp_t;\n"
    "typealias integer { size = 5; align = 1; signed = false; } := uint5_t;\n"
    "typealias integer { size = 27; align = 1; signed = false; map = clock.pooltrace.value; } := short_timestamp_t;\n"
    "struct event_header {\n"
    "    enum : uint5_t { compact = 0 ... 30, extended = 31 } id;\n"
    "    variant <id> {\n"
    "        struct { short_timestamp_t timestamp; } compact;\n"
    "        struct { uint16_t id; timestamp_t timestamp; } extended;\n"
    "    } v;\n"
    "} align(8);\n"
    "stream {\n"
    "    id = 0;\n"
    "    packet.context := struct {\n"
    "        timestamp_t timestamp_begin; timestamp_t timestamp_end; uint64_t content_size; uint64_t packet_size;\n"
    "        uint64_t packet_seq_num; uint64_t events_discarded; uint64_t events_before;\n"
    "    };\n"
    "    event.header := struct event_header;\n"
    "};\n";

/// A text between quotes: what the language would read as its own is escaped, control characters are left out.
static void write_quoted(FILE *out, const char *text) {
    fputc('"', out);
    for (; *text != 0; text++) {
        if (*text == '"' || *text == '\\') fputc('\\', out);
        if ((unsigned char)*text >= 0x20) fputc(*text, out);
    }
    fputc('"', out);
}

static void write_environment(FILE *out, const struct pooltrace_clock_state *clock) {
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    fprintf(out, "env {\n    domain = \"pooltrace\";\n    tracer_name = \"pooltrace\";\n    format_version = %d;\n",
        POOLTRACE_FORMAT_VERSION);
    fprintf(out, "    pid = %d;\n    hostname = ", (int)getpid());
    write_quoted(out, host);
    fputs(";\n    executable = ", out);
    write_quoted(out, pooltrace_executable());
    fputs(";\n    build_id = ", out);
    write_quoted(out, pooltrace_build_id());
    // Older events may be in packets that have younger ones: readers leave them out.
    if (pooltrace_ring_keep() != 0) fprintf(out, ";\n    keep_ns = %" PRIu64, pooltrace_ring_keep());
    // The language has no fractions.
    fprintf(out, ";\n    clock_source = \"%s\";\n    clock_error_ppm = %" PRIu64 ";\n};\n",
        pooltrace_clock_counts_cycles ? "cycle counter" : "CLOCK_MONOTONIC", (uint64_t)(clock->error_ppm + 0.999));
}

struct pooltrace_metadata *pooltrace_metadata_make(void) {
    const struct pooltrace_clock_state clock = pooltrace_clock_state();
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return NULL;
    fputs(types, out);
    write_environment(out, &clock);
    fprintf(out,
        "clock {\n    name = pooltrace;\n    description = \"%s\";\n    freq = %" PRIu64 ";\n    offset_s = %" PRIu64
        ";\n    offset = %" PRIu64 ";\n    absolute = TRUE;\n};\n",
        pooltrace_clock_counts_cycles ? "cycle counter" : "CLOCK_MONOTONIC", clock.frequency,
        clock.epoch_offset / clock.frequency, clock.epoch_offset % clock.frequency);
    fputs(stream, out);
    const struct pooltrace_event_description *events = pooltrace_event_descriptions();
    for (int number = 0; number < POOLTRACE_EVENT_COUNT; number++) {
        // The names that LTTng gives the same events: provider, colon, event.
        fprintf(out,
            "event {\n    name = \"pooltrace:%s\";\n    id = %d;\n    stream_id = 0;\n    fields := struct { "
            "%s};\n};\n",
            events[number].name, number, events[number].metadata);
    }
    const int failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    struct pooltrace_metadata *metadata = malloc(sizeof *metadata + size);
    if (metadata != NULL) {
        metadata->size = size;
        memcpy(metadata->text, text, size);
    }
    free(text);
    return metadata;
}
