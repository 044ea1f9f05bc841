// The pool's benchmark on oneTBB, or with `tree` as its argument that of forks: for each count on standard input one
// round, for which a line says how it went: nanoseconds of wall time, nanoseconds of processor time, the sum of the
// tasks' numbers, and how many tasks each thread ran.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <deque>
#include <iostream>
#include <mutex>

/// What one thread did; on cache lines of its own.
struct alignas(128) Tally {
    uint64_t tasks = 0, sum = 0;
};

static std::mutex lock;
static std::deque<Tally> tallies;
static thread_local Tally *tally;

[[gnu::noinline]] static Tally *make() {
    const std::lock_guard held(lock);
    return tally = &tallies.emplace_back();
}

static inline void count(uint64_t number) {
    Tally *own = tally ? tally : make();
    own->tasks += 1;
    own->sum += number;
}

static uint64_t now(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return uint64_t(time.tv_sec) * 1000000000u + uint64_t(time.tv_nsec);
}

/// Splits until there is one number left: each task forks another and waits for it.
static void tree(uint64_t first, uint64_t end) {
    if (end - first == 1) return count(first);
    const uint64_t middle = first + (end - first) / 2;
    tbb::task_group group;
    group.run([first, middle] { tree(first, middle); });
    tree(middle, end);
    group.wait();
}

int main(int arguments, char **) {
    const bool isTree = arguments > 1;
    // Two workers, and a place for the thread that submits: it is the one that then waits, and runs tasks while it
    // does. Without that place, or with tasks put in from outside the arena, a round takes half as long again, or twice
    // as long. The thread that runs the whole tree is one of the two.
    const int places = isTree ? 2 : 3;
    const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, places);
    tbb::task_arena arena(places, 1);
    tbb::task_group group;
    uint64_t tasks;
    while (std::cin >> tasks) {
        for (Tally &each : tallies) each = {};
        const uint64_t cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
        arena.execute([&] {
            if (isTree) return tree(0, tasks);
            for (uint64_t number = 0; number < tasks; number++) group.run([number] { count(number); });
            group.wait();
        });
        std::cout << now(CLOCK_MONOTONIC) - wall << ' ' << now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        uint64_t sum = 0;
        for (const Tally &each : tallies) sum += each.sum;
        std::cout << ' ' << sum;
        for (const Tally &each : tallies) std::cout << ' ' << each.tasks;
        std::cout << std::endl;
    }
}
