// Descriptors that are held for long.
#ifndef POOLTRACE_DESCRIPTOR_H
#define POOLTRACE_DESCRIPTOR_H

#include <fcntl.h>
#include <unistd.h>

/// The same file under a number above those of standard input, output and error, which a program may have closed, and
/// still write to.
///
/// Negative with errno set if there is none, or `file` is not one.
static inline int pooltrace_above_standard(int file) {
    if (file < 0 || file > STDERR_FILENO) return file;
    const int above = fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(file);
    return above;
}

#endif
