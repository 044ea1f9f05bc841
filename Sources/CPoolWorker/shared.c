// Memory that a pool's process and a worker's share, and the futexes in it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "pool_worker.h"

void pooltrace_shared_wait(uint32_t *word, uint32_t value, int64_t nanoseconds) {
    const struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT, value, nanoseconds < 0 ? NULL : &limit, NULL, 0);
}

void pooltrace_shared_wake(uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0); }

int pooltrace_shared_make(const char *name, size_t size) {
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file >= 0 && file <= STDERR_FILENO) {
        // A program that has closed these may still write to them.
        const int standard = file;
        file = fcntl(standard, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        close(standard);
    }
    if (file < 0) return -1;
    int problem = pooltrace_shared_grow(file, 0, size);
    if (problem == 0 && fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL) != 0) problem = errno;
    if (problem == 0) return file;
    close(file);
    errno = problem;
    return -1;
}

size_t pooltrace_shared_size(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 && status.st_size > 0 ? (size_t)status.st_size : 0;
}

int pooltrace_shared_grow(int descriptor, size_t from, size_t to) {
    int result;
    do result = fallocate(descriptor, 0, (off_t)from, (off_t)(to - from));
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

void *pooltrace_shared_map(int descriptor, size_t size) {
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return base == MAP_FAILED ? NULL : base;
}

void *pooltrace_shared_remap(void *base, size_t from, size_t to) {
    void *moved = mremap(base, from, to, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? NULL : moved;
}
