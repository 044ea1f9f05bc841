#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptor.h"
#include "pool_recorder.h"
#include "storage.h"

/// The folder; everything in it is named from here, so that a change of the working directory or of a link on the way
/// means nothing.
static int folder = -1;
static size_t packet_bytes;
/// Of the files, by slot: the file that has a slot's name later may be another one.
static ino_t *inodes;

struct names {
    char hidden[32];
    char shown[32];
};

static struct names names_of(uint32_t slot) {
    struct names names;
    snprintf(names.hidden, sizeof names.hidden, POOLTRACE_HIDDEN POOLTRACE_PACKET_NAME "%04u", slot);
    snprintf(names.shown, sizeof names.shown, POOLTRACE_PACKET_NAME "%04u", slot);
    return names;
}

static int create(const char *name) {
    return openat(folder, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_RDWR, 0600);
}

/// The file of a slot; negative with errno set if its name is another file's by now.
static int open_slot(uint32_t slot, const char *name) {
    const int file = openat(folder, name, O_NOFOLLOW | O_CLOEXEC | O_RDWR);
    struct stat status;
    if (file < 0 || (fstat(file, &status) == 0 && status.st_ino == inodes[slot])) return file;
    close(file);
    errno = ESTALE;
    return -1;
}

/// Maps a new file, most of which is a hole.
static void *map_file(int file, uint32_t slot, size_t room) {
    if (packet_bytes > pooltrace_file_limit()) {
        errno = EFBIG;
        return MAP_FAILED;
    }
    struct stat status;
    if (ftruncate(file, (off_t)packet_bytes) != 0 || fstat(file, &status) != 0) return MAP_FAILED;
    inodes[slot] = status.st_ino;
    errno = pooltrace_allocate(file, 0, (off_t)room);
    if (errno != 0) return MAP_FAILED;
    return mmap(NULL, packet_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
}

static struct pooltrace_packet *make(uint32_t slot, size_t room) {
    const struct names names = names_of(slot);
    const int file = create(names.hidden);
    if (file < 0) return NULL;
    void *packet = map_file(file, slot, room);
    const int problem = errno;
    close(file);
    if (packet == MAP_FAILED) {
        unlinkat(folder, names.hidden, 0);
        errno = problem;
        return NULL;
    }
    (void)madvise(packet, room, MADV_POPULATE_WRITE);
    return packet;
}

static int grow(uint32_t slot, struct pooltrace_packet *packet, size_t from, size_t to) {
    const int file = open_slot(slot, names_of(slot).shown);
    if (file < 0) return errno;
    const int problem = pooltrace_allocate(file, (off_t)from, (off_t)(to - from));
    close(file);
    // Pages in one call: one at a time, at the first touch, they would cost more.
    if (problem == 0) (void)madvise((uint8_t *)packet + from, to - from, MADV_POPULATE_WRITE);
    return problem;
}

static bool shrink(uint32_t slot, struct pooltrace_packet *packet, size_t from) {
    (void)packet;
    const int file = open_slot(slot, names_of(slot).hidden);
    if (file < 0) return false;
    const off_t size = (off_t)(packet_bytes - from);
    const bool is_done = fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from, size) == 0;
    close(file);
    return is_done;
}

// If somebody removed the file meanwhile the slot is still good memory, for snapshots at least.
static void show(uint32_t slot) {
    const struct names names = names_of(slot);
    (void)renameat(folder, names.hidden, folder, names.shown);
}

static void hide(uint32_t slot) {
    const struct names names = names_of(slot);
    (void)renameat(folder, names.shown, folder, names.hidden);
}

static void remove_slot(uint32_t slot) {
    const struct names names = names_of(slot);
    unlinkat(folder, names.hidden, 0);
    unlinkat(folder, names.shown, 0);
}

static bool write_metadata(const char *text, size_t size) {
    const char *hidden = POOLTRACE_HIDDEN POOLTRACE_METADATA_NAME;
    const int file = create(hidden);
    if (file < 0) return false;
    size_t written = 0;
    int problem = 0;
    while (written < size && problem == 0) {
        const ssize_t count = write(file, text + written, size - written);
        if (count > 0) written += (size_t)count;
        else if (count == 0 || errno != EINTR) problem = count == 0 ? ENOSPC : errno;
    }
    // Some file systems have more to say here.
    if (close(file) != 0 && problem == 0) problem = errno;
    if (problem == 0 && renameat(folder, hidden, folder, POOLTRACE_METADATA_NAME) != 0) problem = errno;
    if (problem != 0) unlinkat(folder, hidden, 0);
    errno = problem;
    return problem == 0;
}

static const struct pooltrace_storage storage = {make, grow, shrink, show, hide, remove_slot, write_metadata};

static bool is_empty(int directory) {
    DIR *list = fdopendir(dup(directory));
    if (list == NULL) return false;
    bool empty = true;
    for (const struct dirent *entry; empty && (entry = readdir(list)) != NULL;) {
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    }
    closedir(list);
    return empty;
}

static const char *problem_with(const char *path, const char *what) {
    static char text[PATH_MAX + 200];
    snprintf(text, sizeof text, "%s: %s", path, what);
    return text;
}

static int open_folder(int parent, const char *name) {
    if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST) return -1;
    return openat(parent, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_RDONLY);
}

const struct pooltrace_storage *pooltrace_storage_open_directory(
    const char *path, bool shares, uint32_t slots, size_t packet_size, const char **opened, const char **problem) {
    static char own_path[PATH_MAX];
    char full[PATH_MAX];
    packet_bytes = packet_size;
    inodes = calloc(slots, sizeof *inodes);
    if (inodes == NULL) {
        *problem = problem_with(path, strerror(errno));
        return NULL;
    }
    folder = open_folder(AT_FDCWD, path);
    if (folder < 0) {
        *problem = problem_with(path,
            errno == ELOOP || errno == ENOTDIR ? "expected a directory, found a file or a symbolic link"
                                               : strerror(errno));
        return NULL;
    }
    if (realpath(path, full) == NULL) snprintf(full, sizeof full, "%s", path);
    snprintf(own_path, sizeof own_path, "%s", full);
    if (!is_empty(folder)) {
        const int outer = folder;
        folder = -1;
        if (shares) {
            const char *executable = pooltrace_executable();
            const char *slash = strrchr(executable, '/');
            char name[NAME_MAX + 1];
            snprintf(name, sizeof name, "%.200s-%d", slash != NULL ? slash + 1 : executable, (int)getpid());
            folder = mkdirat(outer, name, 0700) == 0 ? open_folder(outer, name) : -1;
            const int written = snprintf(own_path, sizeof own_path, "%s/%s", full, name);
            if (written < 0 || (size_t)written >= sizeof own_path) own_path[0] = 0;
        }
        const int error = errno;
        close(outer);
        if (folder < 0) {
            *problem = problem_with(
                path, shares ? strerror(error) : "expected a new or empty directory, found one with files in it");
            return NULL;
        }
    }
    *opened = own_path;
    return &storage;
}
