// Tracepoints with every type of field; LTTng includes this file several times.
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER sample
#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./sample_events.h"
#if !defined(SAMPLE_EVENTS_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define SAMPLE_EVENTS_H
#include <lttng/tracepoint.h>
LTTNG_UST_TRACEPOINT_ENUM(sample, colour,
    LTTNG_UST_TP_ENUM_VALUES(lttng_ust_field_enum_value("red", 0) lttng_ust_field_enum_range("blue", 1, 4)
            lttng_ust_field_enum_value("green", 5)))
LTTNG_UST_TRACEPOINT_EVENT(sample, small, LTTNG_UST_TP_ARGS(int, number, unsigned long, id),
    LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(int, number, number) lttng_ust_field_integer(unsigned long, id, id)))
LTTNG_UST_TRACEPOINT_EVENT(sample, all, LTTNG_UST_TP_ARGS(int, number, const char *, text, double, real),
    LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(signed char, tiny, (signed char)number)
            lttng_ust_field_integer_hex(unsigned short, hexadecimal, (unsigned short)(number * 7))
                lttng_ust_field_integer_network(unsigned int, network, (unsigned int)number) lttng_ust_field_integer(
                    long long, wide, -(long long)number * 1000000007LL) lttng_ust_field_float(double, real, real)
                    lttng_ust_field_float(float, half, (float)real) lttng_ust_field_string(text, text)
                        lttng_ust_field_array(int, triple, ((int[]){number, -number, 3}), 3) lttng_ust_field_array_text(
                            char, fixed, "fixed\0text", 10) lttng_ust_field_sequence(unsigned long, words,
                            ((unsigned long[]){1, 2, (unsigned long)-1, 4}), unsigned int, (unsigned int)(number & 3))
        // Never empty: babeltrace2 2.0.4 shows the text before instead of an empty one.
        lttng_ust_field_sequence_text(char, letters, "abcdefgh", unsigned char, (unsigned char)(1 + (number & 7)))
            lttng_ust_field_enum(sample, colour, int, colour, number % 8) lttng_ust_field_string(last, "end")))
#endif
#include <lttng/tracepoint-event.h>
