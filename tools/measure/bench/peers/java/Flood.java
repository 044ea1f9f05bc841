import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

/**
 * The pool's benchmark on Java's ForkJoinPool. For each count on standard input one round, for which a line says how it went: nanoseconds
 * of wall time, nanoseconds of processor time, the sum of the tasks' numbers, and how many tasks each worker ran.
 */
final class Flood {
    private static final int WORKERS = 2;

    /** A worker that keeps its own count; padded, so that two of them share no cache line. */
    private static final class Worker extends ForkJoinWorkerThread {
        private long before0, before1, before2, before3, before4, before5, before6, before7;
        private long tasks, sum;
        private long after0, after1, after2, after3, after4, after5, after6, after7;

        Worker(ForkJoinPool pool, List<Worker> all) {
            super(pool);
            synchronized (all) {
                all.add(this);
            }
        }

        void count(long number) {
            tasks += 1;
            sum += number;
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var input = new Scanner(System.in);
        while (input.hasNextLong()) {
            long count = input.nextLong();
            var workers = new ArrayList<Worker>();
            // Tasks in the order of submission, as is recommended where nobody forks.
            var pool = new ForkJoinPool(WORKERS, own -> new Worker(own, workers), null, true);
            long cpu = system.getProcessCpuTime(), wall = System.nanoTime();
            submit(pool, count);
            // Not awaitQuiescence, which runs tasks on the thread that waits.
            pool.shutdown();
            pool.awaitTermination(1, TimeUnit.MINUTES);
            wall = System.nanoTime() - wall;
            cpu = system.getProcessCpuTime() - cpu;
            System.out.println(line(wall, cpu, workers));
        }
    }

    private static void submit(ForkJoinPool pool, long count) {
        for (long each = 0; each < count; each++) {
            long number = each;
            pool.execute(() -> ((Worker) Thread.currentThread()).count(number));
        }
    }

    private static String line(long wall, long cpu, List<Worker> workers) {
        synchronized (workers) {
            long sum = 0;
            var line = new StringBuilder();
            for (var worker : workers) {
                sum += worker.sum;
                line.append(' ').append(worker.tasks);
            }
            return wall + " " + cpu + " " + sum + line;
        }
    }
}
