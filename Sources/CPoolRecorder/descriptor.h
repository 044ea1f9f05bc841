// Descriptors that are held for long, and room in their files.
#ifndef POOLTRACE_DESCRIPTOR_H
#define POOLTRACE_DESCRIPTOR_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
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

/// How large a file of this process may be, in bytes: beyond that the system would not just refuse, but send a signal.
static inline uint64_t pooltrace_file_limit(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : UINT64_MAX;
}

/// Has the system set bytes of a file aside, which then can be written whatever else fills the disk. 0, or an errno.
static inline int pooltrace_allocate(int file, off_t offset, off_t size) {
    int problem;
    do {
        problem = posix_fallocate(file, offset, size);
    } while (problem == EINTR);
    return problem;
}

#endif
