# The benchmark of worker processes in Python: multiprocessing.Pool with two processes, used in the way that the argument says. For each count
# on standard input one round, for which a line says how it went: nanoseconds of wall time, nanoseconds of processor time of this process,
# the sum of the tasks' numbers, and how many tasks each worker ran.
import collections
import multiprocessing
import os
import sys
import time


# Asked for once in each process, on both sides: a system call is not what is measured.
process = os.getpid() << 32


def work(number):
    return process | number


def length(buffer):
    return len(buffer)


def each(pool, count):
    return [result.get() for result in [pool.apply_async(work, (number,)) for number in range(count)]]


ways = {
    "each": each,
    "map-1": lambda pool, count: pool.map(work, range(count), chunksize=1),
    "map": lambda pool, count: pool.map(work, range(count)),
}


def serve(way):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for line in sys.stdin:
            count = int(line)
            before, start = time.process_time_ns(), time.monotonic_ns()
            results = ways[way](pool, count)
            wall, cpu = time.monotonic_ns() - start, time.process_time_ns() - before
            tasks = collections.Counter(result >> 32 for result in results)
            print(wall, cpu, sum(result & 0xFFFFFFFF for result in results), *tasks.values(), flush=True)


def serve_buffers():
    # As many bytes as the line says, there and its length back; what is counted is one task.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for line in sys.stdin:
            buffer = bytes(int(line))
            before, start = time.process_time_ns(), time.monotonic_ns()
            found = pool.apply(length, (buffer,))
            wall, cpu = time.monotonic_ns() - start, time.process_time_ns() - before
            print(wall, cpu, found, 1, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "buffer":
        serve_buffers()
    else:
        serve(sys.argv[1])
