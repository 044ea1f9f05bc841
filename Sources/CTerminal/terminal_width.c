#define _GNU_SOURCE
#include "terminal_width.h"

#include <locale.h>
#include <pthread.h>
#include <wchar.h>

// Made on first use and never freed. 0 where the C library has no such locale.
static locale_t utf8;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_locale(void) { utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

int pooltrace_terminal_width(uint32_t scalar) {
    pthread_once(&once, make_locale);
    if (utf8 == (locale_t)0) return 1;
    // wcwidth answers for the thread's current locale; swapping it is a store to a thread local.
    locale_t previous = uselocale(utf8);
    int width = wcwidth((wchar_t)scalar);
    uselocale(previous);
    return width < 0 ? 1 : width;
}
