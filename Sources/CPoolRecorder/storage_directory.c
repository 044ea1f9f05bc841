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

#include "pool_recorder.h"
#include "storage.h"

/// The folder; everything in it is named from here, so that a change of the working directory or of a link on the way
/// means nothing.
static int folder = -1;
static size_t packet_bytes;

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

static struct pooltrace_packet *make(uint32_t slot) {
    const struct names names = names_of(slot);
    const int file = create(names.hidden);
    if (file < 0) return NULL;
    // Space now: on a full disk a hole that is written to through a mapping ends the process.
    void *packet = MAP_FAILED;
    if (fallocate(file, 0, 0, (off_t)packet_bytes) == 0 ||
        (errno == EOPNOTSUPP && ftruncate(file, (off_t)packet_bytes) == 0)) {
        packet = mmap(NULL, packet_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    close(file);
    if (packet == MAP_FAILED) {
        unlinkat(folder, names.hidden, 0);
        return NULL;
    }
    (void)madvise(packet, packet_bytes, MADV_POPULATE_WRITE);
    return packet;
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

static void write_metadata(const char *text, size_t size) {
    const char *hidden = POOLTRACE_HIDDEN POOLTRACE_METADATA_NAME;
    const int file = create(hidden);
    if (file < 0) return;
    size_t written = 0;
    while (written < size) {
        const ssize_t count = write(file, text + written, size - written);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        written += (size_t)count;
    }
    close(file);
    if (written != size || renameat(folder, hidden, folder, POOLTRACE_METADATA_NAME) != 0) unlinkat(folder, hidden, 0);
}

static const struct pooltrace_storage storage = {make, show, hide, write_metadata};

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
    const char *path, bool shares, size_t packet_size, const char **opened, const char **problem) {
    static char own_path[PATH_MAX];
    char full[PATH_MAX];
    packet_bytes = packet_size;
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
