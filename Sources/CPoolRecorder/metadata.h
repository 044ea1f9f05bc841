// The trace's metadata, in the language of the Common Trace Format.
#ifndef POOLTRACE_METADATA_H
#define POOLTRACE_METADATA_H

#include <stddef.h>

struct pooltrace_metadata {
    size_t size;
    char text[];
};

/// Makes the text from the table of events and from what is known of the clock now. Null without memory. The caller
/// frees it.
struct pooltrace_metadata *pooltrace_metadata_make(void);

#endif
