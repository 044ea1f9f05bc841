// A worker's row on the timeline: a level for each task that runs inside another's time.

/** More levels are shown together, as in the command's views. */
const MOST_LEVELS = 8;

/** Stretches of time, sorted by start, of which none overlap but on the last level of a row that has more. */
class Level {
  constructor() {
    this.count = 0;
    this.start = new Float64Array(16);
    this.end = new Float64Array(16);
    this.task = new Uint32Array(16);
    this.failures = []; // The places of stretches in which a task failed, by end.
    this.waits = []; // Of the tasks on it.
  }

  add(task, start, end) {
    if (this.count === this.task.length) {
      for (const name of ["start", "end", "task"]) {
        const longer = new this[name].constructor(2 * this.count);
        longer.set(this[name]);
        this[name] = longer;
      }
    }
    const place = this.count++;
    this.start[place] = start;
    this.end[place] = end;
    this.task[place] = task;
    return place;
  }

  /** What is busy before each stretch, so that the busy part of any time is two looks away. */
  finish() {
    this.busy = new Float64Array(this.count + 1);
    this.reach = new Float64Array(this.count); // The latest end so far.
    let covered = -1;
    for (let i = 0; i < this.count; i++) {
      const from = Math.max(this.start[i], covered);
      this.busy[i + 1] = this.busy[i] + Math.max(0, this.end[i] - from);
      this.reach[i] = covered = Math.max(covered, this.end[i]);
    }
    this.failures.sort((a, b) => this.end[a] - this.end[b]);
  }

  /** How long it was busy before a time. */
  busyBefore(time) {
    const place = firstAbove(this.start, time, this.count);
    if (place === 0) return 0;
    return this.busy[place] - Math.max(0, this.reach[place - 1] - time);
  }

  /** The stretch at a time that began last, -1 if there is none. */
  at(time, slack) {
    for (let i = firstAbove(this.start, time + slack, this.count) - 1, looked = 0; i >= 0 && looked < 400; i--, looked++) {
      if (this.end[i] + slack >= time) return i;
      if (this.reach[i] + slack < time) break;
    }
    return -1;
  }
}

class Row {
  constructor(worker) {
    this.worker = worker;
    this.levels = [new Level()];
    this.depth = 0; // How many levels there would be without a limit.
    this.open = [];
  }

  get isIdle() { return this.levels[0].count === 0; }

  /** Adds a stretch, which starts no earlier than the one before; returns its level. */
  add(task, start, end, isLastOfFailed) {
    while (this.open.length && this.open[this.open.length - 1] <= start) this.open.pop();
    const depth = this.open.length;
    if (depth < 254) this.open.push(end);
    this.depth = Math.max(this.depth, depth + 1);
    const place = Math.min(depth, MOST_LEVELS - 1);
    if (place === this.levels.length) this.levels.push(new Level());
    const level = this.levels[place];
    const stretch = level.add(task, start, end);
    if (isLastOfFailed) level.failures.push(stretch);
    return place;
  }
}

/** The place of the first number above `value` among the first `count` of sorted ones. */
function firstAbove(sorted, value, count = sorted.length) {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

