#include "text.h"

#include <stdint.h>
#include <string.h>

const char *pooltrace_text_cut(const char *text, size_t limit, char *buffer) {
    if (text == NULL) return "";
    if (strnlen(text, limit + 1) <= limit) return text;
    size_t length = limit - 3;
    // Back over the bytes that continue a character; more than three in a row are not UTF-8.
    for (int step = 0; step < 3 && length > 0 && ((uint8_t)text[length] & 0xC0) == 0x80; step++) length -= 1;
    memcpy(buffer, text, length);
    memcpy(buffer + length, "...", 4);
    return buffer;
}
