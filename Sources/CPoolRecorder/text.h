// How long texts and sequences may be. Cut in one place, before either sink, so that both show the same.
//
// A field's limit goes by its name; a new name in the table needs a line here to compile. An event at its longest is at
// most a quarter of the smallest packet: record.c checks that for each.
#ifndef POOLTRACE_TEXT_H
#define POOLTRACE_TEXT_H

#include <stddef.h>

#include "pooltrace_said.h"

// Bytes, without the NUL.
#define POOLTRACE_LIMIT_name 4095
#define POOLTRACE_LIMIT_text 4095
#define POOLTRACE_LIMIT_input 4095
#define POOLTRACE_LIMIT_message 4095
#define POOLTRACE_LIMIT_function 4095
#define POOLTRACE_LIMIT_executable 4095
#define POOLTRACE_LIMIT_arguments 4095
#define POOLTRACE_LIMIT_only 2047
#define POOLTRACE_LIMIT_path 2047
#define POOLTRACE_LIMIT_other_path 2047
#define POOLTRACE_LIMIT_other_input 4095
#define POOLTRACE_LIMIT_memory 255
#define POOLTRACE_LIMIT_beside_paths 1943
#define POOLTRACE_LIMIT_file 2047
#define POOLTRACE_LIMIT_module 2047
#define POOLTRACE_LIMIT_type 1023
#define POOLTRACE_LIMIT_type_name 255
#define POOLTRACE_LIMIT_strategy 255
#define POOLTRACE_LIMIT_reason 1023
#define POOLTRACE_LIMIT_build_id 255

// Elements.
#define POOLTRACE_LIMIT_frames 128
#define POOLTRACE_LIMIT_other_frames 128
#define POOLTRACE_LIMIT_allocation 128
#define POOLTRACE_LIMIT_ancestor_sites 48
#define POOLTRACE_LIMIT_other_ancestor_sites 48
#define POOLTRACE_LIMIT_other_ancestor_names 48
#define POOLTRACE_LIMIT_ancestor_names 48
#define POOLTRACE_LIMIT_beside_workers 48
#define POOLTRACE_LIMIT_beside_names 48
#define POOLTRACE_LIMIT_beside_run_ns 48
#define POOLTRACE_LIMIT_beside_tasks 48
#define POOLTRACE_LIMIT_steps 512
#define POOLTRACE_LIMIT_said POOLTRACE_SAID_MOST
#define POOLTRACE_LIMIT_said_values POOLTRACE_SAID_MOST
#define POOLTRACE_LIMIT_said_ns POOLTRACE_SAID_MOST

/// The text itself if it is not longer than `limit` bytes, else a copy in `buffer` (of limit + 1 bytes), cut before the
/// character that does not fit and marked with "..." at its end. Null becomes an empty text.
const char *pooltrace_text_cut(const char *text, size_t limit, char *buffer);

#endif
