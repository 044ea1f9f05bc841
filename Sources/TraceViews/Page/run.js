// One run: its tasks, its workers' rows, and what is asked of them.

/** Stretches of time on a worker's row, sorted by start: tasks, and the segments of async ones. */
class Row {
  constructor(worker, count) {
    this.worker = worker;
    this.count = 0;
    this.start = new Float64Array(count);
    this.end = new Float64Array(count);
    this.task = new Uint32Array(count);
    this.depth = new Uint8Array(count); // How many tasks it runs inside of.
    this.failures = []; // Tasks that failed here, by end.
    this.open = [];
    this.waits = [];
  }

  add(task, start, end) {
    while (this.open.length && this.open[this.open.length - 1] <= start) this.open.pop();
    const place = this.count++;
    this.start[place] = start;
    this.end[place] = end;
    this.task[place] = task;
    this.depth[place] = Math.min(255, this.open.length);
    if (this.open.length < 255) this.open.push(end);
  }

  /** What is busy before each stretch, so that the busy part of any time is two looks away. */
  finish() {
    this.open = null;
    this.busy = new Float64Array(this.count + 1);
    this.reach = new Float64Array(this.count); // The latest end so far.
    let covered = -1;
    for (let i = 0; i < this.count; i++) {
      const from = Math.max(this.start[i], covered);
      this.busy[i + 1] = this.busy[i] + Math.max(0, this.end[i] - from);
      this.reach[i] = covered = Math.max(covered, this.end[i]);
    }
  }

  /** How long it was busy before a time. */
  busyBefore(time) {
    const place = firstAbove(this.start, time, this.count);
    if (place === 0) return 0;
    return this.busy[place] - Math.max(0, this.reach[place - 1] - time);
  }

  /** The innermost stretch at a time, -1 if there is none. */
  at(time, slack) {
    let best = -1;
    for (let i = firstAbove(this.start, time + slack, this.count) - 1, looked = 0; i >= 0 && looked < 400; i--, looked++) {
      if (this.end[i] + slack >= time && (best < 0 || this.depth[i] > this.depth[best])) best = i;
      if (this.reach[i] + slack < time) break;
    }
    return best;
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

class Run {
  constructor(about, index) {
    Object.assign(this, about);
    const prefix = `run${index}-`;
    this.tasks = new Tasks(prefix, about.tasks);
    this.inputs = new Map(about.inputs); // Of the slowest tasks.
    const titles = this.kinds.map((_, kind) => this.kindText(kind));
    /** What tasks are called, and by place the colour of each kind. */
    this.titles = [...new Set(titles)];
    const places = new Map(this.titles.map((title, place) => [title, place]));
    this.colours = titles.map((title) => places.get(title));
    this.segments = this.#readSegments(new Column(prefix + "segments"));
    this.waits = this.#readWaits(new Column(prefix + "waits"), about.waits);
    this.#layOut(new Column(prefix + "order"));
    this.#fillQueue();
    this.shown = new Uint32Array(this.tasks.count);
    let shown = 0;
    for (let i = 0; i < this.tasks.count; i++) if (this.tasks.state[i] !== HIDDEN) this.shown[shown++] = i;
    this.shown = this.shown.subarray(0, shown);
    this.failed = this.shown.filter((task) => this.tasks.state[task] === FAILED);
    this.failed.sort((a, b) => this.moment(a) - this.moment(b));
  }

  #readSegments(column) {
    const segments = new Map();
    let task = 0;
    for (let left = column.next(); left > 0; left--) {
      task += column.next();
      const own = [];
      for (let count = column.next(); count > 0; count--) {
        const [worker, start] = [column.next() - 1, column.next()];
        own.push({ worker, start, end: start + column.next() });
      }
      segments.set(task, own);
      if (this.tasks.run[task] !== UNKNOWN) this.tasks.run[task] = own.reduce((sum, each) => sum + each.end - each.start, 0);
    }
    return segments;
  }

  #readWaits(column, count) {
    const waits = [];
    const who = (code) => (code % 2 === 0 ? code / 2 : -1 - (code - 1) / 2);
    let start = 0;
    for (let i = 0; i < count; i++) {
      const [task, awaited] = [who(column.next()), who(column.next())];
      start += column.signed();
      const length = column.next();
      waits.push({ task, awaited, start, end: length ? start + length - 1 : UNKNOWN });
    }
    return waits;
  }

  #layOut(order) {
    const { tasks } = this;
    const counts = new Uint32Array(this.workers.length);
    for (let i = 0; i < tasks.count; i++) if (tasks.started[i] !== UNKNOWN && tasks.worker[i] >= 0) counts[tasks.worker[i]]++;
    for (const own of this.segments.values()) for (const each of own) if (each.worker >= 0) counts[each.worker]++;
    this.rows = this.workers.map((worker, place) => new Row(worker, counts[place]));
    const later = [];
    for (const [task, own] of this.segments) for (const each of own.slice(1)) later.push({ task, ...each });
    later.sort((a, b) => a.start - b.start);
    let next = 0;
    let task = 0;
    const put = (task, worker, start, end) => this.rows[worker]?.add(task, start, end);
    for (let left = order.next(); left > 0; left--) {
      task += order.signed();
      const started = tasks.started[task];
      for (; next < later.length && later[next].start < started; next++) {
        put(later[next].task, later[next].worker, later[next].start, later[next].end);
      }
      const first = this.segments.get(task)?.[0];
      put(task, tasks.worker[task], started, first ? first.end : this.end(task));
    }
    for (; next < later.length; next++) put(later[next].task, later[next].worker, later[next].start, later[next].end);
    for (const row of this.rows) row.finish();
    for (let i = 0; i < tasks.count; i++) {
      if (tasks.state[i] === FAILED && tasks.worker[i] >= 0) this.rows[tasks.worker[i]].failures.push(i);
    }
    for (const row of this.rows) row.failures.sort((a, b) => this.moment(a) - this.moment(b));
    for (const wait of this.waits) {
      if (wait.task >= 0 && tasks.worker[wait.task] >= 0) this.rows[tasks.worker[wait.task]].waits.push(wait);
    }
  }

  #fillQueue() {
    const { tasks } = this;
    const joined = new Float64Array(tasks.count);
    const left = new Float64Array(tasks.count);
    let [joins, leaves] = [0, 0];
    for (let i = 0; i < tasks.count; i++) {
      if (tasks.submitted[i] === UNKNOWN || tasks.state[i] >= OVERWRITTEN) continue;
      joined[joins++] = tasks.submitted[i];
      const gone = tasks.started[i] !== UNKNOWN ? tasks.started[i] : tasks.ended[i];
      if (gone !== UNKNOWN) left[leaves++] = Math.max(gone, tasks.submitted[i]);
    }
    this.joined = joined.subarray(0, joins).sort();
    this.left = left.subarray(0, leaves).sort();
  }

  /** How many tasks wait in queues at a time. */
  queued(time) { return firstAbove(this.joined, time) - firstAbove(this.left, time); }

  /** When a task ends, or the run, if it does not. */
  end(task) {
    const ended = this.tasks.ended[task];
    return ended !== UNKNOWN ? Math.max(ended, this.tasks.started[task]) : this.duration;
  }

  /** Where on the timeline a task is looked for. */
  moment(task) {
    const { started, ended, submitted } = this.tasks;
    return ended[task] !== UNKNOWN ? ended[task] : started[task] !== UNKNOWN ? started[task] : submitted[task];
  }

  /** A task's name, or the line that submitted it. */
  title(task) { return this.kindText(this.tasks.kind[task]); }

  /** What tasks of a kind are called. */
  kindText(kind) {
    const [name, site] = this.kinds[kind];
    return name >= 0 ? this.names[name] : site >= 0 ? this.siteText(site) : "task";
  }

  siteText(site) { return `${this.sites[site][0]}:${this.sites[site][1]}`; }

  pool(task) { return this.kinds[this.tasks.kind[task]][2]; }

  /** A task's path: its submitter's and its own step, unless it is told as text. */
  path(task) {
    let steps = "";
    for (let depth = 0; depth < 1000; depth++) {
      if (task < 0) return this.roots[-1 - task] + steps;
      const step = this.tasks.step[task];
      if (step < 0) return this.paths[-1 - step] + steps;
      steps = (this.tasks.isElement[task] ? `[${step}]` : `.${step}`) + steps;
      task = this.tasks.parent[task];
    }
    return steps;
  }

  /** A worker's number, with its pool's name where that is wanted or there are several. */
  workerText(place, isWhole = this.pools.length > 1) {
    const worker = this.workers[place];
    if (!worker) return "";
    const pool = isWhole && this.pools.find((each) => each.pool === worker.pool);
    return pool ? `${pool.name} ${worker.number}` : `${worker.number}`;
  }
}
