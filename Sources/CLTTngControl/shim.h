#include <lttng/lttng.h>
