#include <sqlite3.h>

/// SQLite copies the text: a macro that Swift does not import.
static inline sqlite3_destructor_type pooltrace_sqlite_transient(void) { return SQLITE_TRANSIENT; }
