-- A run of pooltrace, as tables. Times of tasks, waits, failures and marks are integers: nanoseconds since the run's start.
-- What is not known is NULL.

CREATE TABLE runs (
    run         INTEGER PRIMARY KEY,    -- from 1, in the order in which the traces were named
    trace       TEXT NOT NULL,          -- the folder that it was read from
    pid         INTEGER,
    parent_pid  INTEGER,
    executable  TEXT,
    command     TEXT,                   -- without options of pooltrace's own
    mode        TEXT,                   -- parallel or serial
    strategy    TEXT,                   -- of a serial run
    seed        INTEGER,
    start_ns    INTEGER NOT NULL,       -- on the trace's clock; since 1970 where the clock knows
    duration_ns INTEGER NOT NULL,
    status      INTEGER,                -- exit status; NULL where the process did not end by itself
    shown       INTEGER NOT NULL,       -- events in the trace
    overwritten INTEGER NOT NULL,       -- events older than the ring's window
    discarded   INTEGER NOT NULL        -- events that were never stored: more than 0 says that counts are too low
);

CREATE TABLE pools (
    run     INTEGER NOT NULL REFERENCES runs,
    pool    INTEGER NOT NULL,           -- its number in the process
    name    TEXT NOT NULL,
    workers INTEGER NOT NULL,           -- with how many it was made
    PRIMARY KEY (run, pool)
) WITHOUT ROWID;

CREATE TABLE workers (
    run    INTEGER NOT NULL REFERENCES runs,
    worker INTEGER NOT NULL,            -- its number in the process
    pool   INTEGER NOT NULL,
    number INTEGER NOT NULL,            -- its number in the pool, from 1
    thread INTEGER,                     -- the kernel's number of its thread or process
    PRIMARY KEY (run, worker)
) WITHOUT ROWID;

CREATE TABLE sites (
    run      INTEGER NOT NULL REFERENCES runs,
    site     INTEGER NOT NULL,
    file     TEXT NOT NULL,             -- as #fileID gives it
    line     INTEGER NOT NULL,
    function TEXT NOT NULL,
    PRIMARY KEY (run, site)
) WITHOUT ROWID;

CREATE TABLE names (
    run  INTEGER NOT NULL REFERENCES runs,
    name INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;

-- A row for each task; a map is its elements.
CREATE TABLE tasks (
    id            INTEGER PRIMARY KEY,  -- in the file
    run           INTEGER NOT NULL REFERENCES runs,
    path          TEXT NOT NULL,        -- main.3.1, an element of a map main.2[17]
    parent        INTEGER,              -- the id of the task that submitted it; NULL for main and other roots
    element       INTEGER,              -- its index, if it is an element of a map
    name          INTEGER,
    site          INTEGER,              -- where it was submitted
    pool          INTEGER,
    worker        INTEGER,              -- NULL if none ran it
    state         TEXT NOT NULL,        -- succeeded, failed, cancelled, not_ended, not_started, overwritten
    submitted_ns  INTEGER,
    started_ns    INTEGER,
    ended_ns      INTEGER,
    queue_wait_ns INTEGER,              -- from submission to start
    run_time_ns   INTEGER,              -- from start to end, without the time in which an async task was suspended
    suspensions   INTEGER NOT NULL,     -- how often it left its worker
    cpu_ns        INTEGER,              -- of its run time: on a processor; NULL, as the next two, where not measured
    ready_ns      INTEGER,              -- ready to run, without a processor
    blocked_ns    INTEGER,              -- blocked, or waiting for another task
    self_ns       INTEGER,              -- run time without waits for other tasks
    input         TEXT                  -- of the slowest tasks of each name; of failed ones it is in failures
);

-- The times in which an async task that was suspended ran.
CREATE TABLE segments (
    run        INTEGER NOT NULL REFERENCES runs,
    task       INTEGER NOT NULL REFERENCES tasks,
    worker     INTEGER NOT NULL,
    started_ns INTEGER NOT NULL,
    ended_ns   INTEGER NOT NULL
);

-- A task waited for another. The paths are there for main and other roots, which are no tasks.
CREATE TABLE waits (
    run          INTEGER NOT NULL REFERENCES runs,
    task         INTEGER REFERENCES tasks,
    path         TEXT NOT NULL,
    awaited      INTEGER REFERENCES tasks,
    awaited_path TEXT NOT NULL,
    started_ns   INTEGER NOT NULL,
    ended_ns     INTEGER                -- NULL where it did not end
);

CREATE TABLE failures (
    failure    INTEGER PRIMARY KEY,     -- in the file
    run        INTEGER NOT NULL REFERENCES runs,
    number     INTEGER NOT NULL,        -- its place among the run's failures, from 1
    task       INTEGER REFERENCES tasks,
    path       TEXT NOT NULL,
    type       TEXT NOT NULL,           -- the error's
    message    TEXT NOT NULL,
    input      TEXT,
    failed_ns  INTEGER NOT NULL,
    report     TEXT                     -- as `pooltrace failures` prints it; NULL where an earlier one tells of this one too
);

-- The stack at the throw.
CREATE TABLE frames (
    failure  INTEGER NOT NULL REFERENCES failures,
    depth    INTEGER NOT NULL,          -- from 0, innermost first
    function TEXT NOT NULL,
    file     TEXT,
    line     INTEGER,
    PRIMARY KEY (failure, depth)
) WITHOUT ROWID;

-- What else ran when a task failed.
CREATE TABLE beside (
    failure    INTEGER NOT NULL REFERENCES failures,
    worker     INTEGER NOT NULL,        -- its number in its pool
    path       TEXT NOT NULL,
    name       TEXT,
    running_ns INTEGER NOT NULL         -- for how long already
);

CREATE TABLE marks (
    run     INTEGER NOT NULL REFERENCES runs,
    path    TEXT NOT NULL,              -- the task that made it
    time_ns INTEGER NOT NULL,
    kind    TEXT NOT NULL,              -- user, uncontrolled, takeover, lost, spilled, stalled, deadlock, unknown
    text    TEXT NOT NULL
);

-- Samples of the stacks of tasks: see `pooltrace profile`.
CREATE TABLE samples (
    run       INTEGER NOT NULL REFERENCES runs,
    task      INTEGER REFERENCES tasks, -- the task that ran; NULL where the trace does not have it
    thread    INTEGER NOT NULL,         -- the thread ID
    time_ns   INTEGER NOT NULL,
    kind      TEXT NOT NULL,            -- perf or timer: on a processor; blocked
    weight_ns INTEGER NOT NULL,         -- the time that it stands for
    call      INTEGER,                  -- of a blocked thread: the number of its system call
    reason    TEXT,                     -- and what it waited for
    stack     INTEGER NOT NULL
);

CREATE TABLE stacks (
    run      INTEGER NOT NULL REFERENCES runs,
    stack    INTEGER NOT NULL,
    depth    INTEGER NOT NULL,          -- from 0, the task's own function
    function TEXT NOT NULL,
    file     TEXT,
    line     INTEGER,
    module   TEXT,
    PRIMARY KEY (run, stack, depth)
);

-- How stacks were sampled, in runs in which they were.
CREATE TABLE sampling (
    run               INTEGER PRIMARY KEY REFERENCES runs,
    period_ns         INTEGER NOT NULL, -- of processor time; 0: none were taken
    blocked_ns        INTEGER NOT NULL, -- how long a task is blocked when its stack is read; 0: none is
    perf_error        INTEGER NOT NULL, -- the errno with which the kernel refuses perf events
    lost              INTEGER NOT NULL,
    unsampled_threads INTEGER NOT NULL
);

-- What tasks said that something has from then on.
CREATE TABLE task_values (
    run     INTEGER NOT NULL REFERENCES runs,
    task    INTEGER REFERENCES tasks,   -- NULL outside of tasks, as the next table's
    path    TEXT NOT NULL,
    time_ns INTEGER NOT NULL,
    name    TEXT NOT NULL,
    value   REAL                        -- NULL if it is no number
);

-- What tasks said that they did.
CREATE TABLE spans (
    run        INTEGER NOT NULL REFERENCES runs,
    task       INTEGER REFERENCES tasks,
    path       TEXT NOT NULL,
    started_ns INTEGER NOT NULL,
    ended_ns   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    ends       TEXT NOT NULL            -- both; start where the trace has no end, which then is its task's; or end
);

-- Tasks in words.
CREATE VIEW task_list AS
SELECT t.id, t.run, t.path, n.text AS name, s.file || ':' || s.line AS site, p.name AS pool, w.number AS worker, t.state,
    t.submitted_ns, t.started_ns, t.ended_ns, t.queue_wait_ns, t.run_time_ns, t.suspensions,
    t.cpu_ns, t.ready_ns, t.blocked_ns, t.self_ns, t.input
FROM tasks t
LEFT JOIN names n ON n.run = t.run AND n.name = t.name
LEFT JOIN sites s ON s.run = t.run AND s.site = t.site
LEFT JOIN pools p ON p.run = t.run AND p.pool = t.pool
LEFT JOIN workers w ON w.run = t.run AND w.worker = t.worker;

-- How many tasks came how far.
CREATE VIEW outcomes AS
SELECT run, state, count(*) AS tasks FROM tasks GROUP BY run, state;

-- Tasks of one name, or of one site where they have no name.
CREATE VIEW name_stats AS
SELECT run, coalesce(name, site, 'unnamed') AS name, count(*) AS tasks, sum(state = 'failed') AS failed,
    avg(queue_wait_ns) AS mean_queue_wait_ns, max(queue_wait_ns) AS max_queue_wait_ns,
    avg(run_time_ns) AS mean_run_time_ns, max(run_time_ns) AS max_run_time_ns, sum(run_time_ns) AS total_run_time_ns
FROM task_list GROUP BY run, coalesce(name, site, 'unnamed');

-- Failures that are alike: type, place of the throw, place of the submission.
CREATE VIEW failure_groups AS
SELECT f.run, f.type, fr.function || coalesce(' at ' || fr.file || ':' || fr.line, '') AS thrown, s.file || ':' || s.line AS submitted,
    count(*) AS failures, min(f.path) AS first_path, min(f.message) AS a_message
FROM failures f
LEFT JOIN frames fr ON fr.failure = f.failure AND fr.depth = 0
LEFT JOIN tasks t ON t.id = f.task
LEFT JOIN sites s ON s.run = t.run AND s.site = t.site
GROUP BY 1, 2, 3, 4;

-- What each worker did.
CREATE VIEW worker_load AS
SELECT w.run, p.name AS pool, w.number AS worker, count(t.id) AS tasks, sum(t.state = 'failed') AS failed,
    coalesce(sum(t.run_time_ns), 0) AS run_time_ns
FROM workers w
LEFT JOIN pools p ON p.run = w.run AND p.pool = w.pool
LEFT JOIN tasks t ON t.run = w.run AND t.worker = w.worker
GROUP BY w.run, w.worker;

-- How many tasks of a pool wait in its queue, after each change.
CREATE VIEW queue_depth AS
SELECT run, pool, time_ns, sum(sum(change)) OVER (PARTITION BY run, pool ORDER BY time_ns) AS queued
FROM (
    SELECT run, pool, submitted_ns AS time_ns, 1 AS change FROM tasks WHERE submitted_ns IS NOT NULL AND state != 'overwritten'
    UNION ALL
    SELECT run, pool, max(submitted_ns, coalesce(started_ns, ended_ns)), -1 FROM tasks
    WHERE submitted_ns IS NOT NULL AND coalesce(started_ns, ended_ns) IS NOT NULL AND state != 'overwritten'
)
GROUP BY run, pool, time_ns;
