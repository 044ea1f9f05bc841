// One run: its tasks, its workers' rows, and what is asked of them.

class Run {
  constructor(about, index) {
    Object.assign(this, about);
    /** What each task said: times and words. */
    this.saidBy = new Map();
    for (const [task, ...what] of about.said) {
      if (!this.saidBy.has(task)) this.saidBy.set(task, []);
      this.saidBy.get(task).push(what);
    }
    const prefix = `run${index}-`;
    this.tasks = new Tasks(prefix, about.tasks);
    this.isMeasured = this.tasks.onCPU.some((time) => time !== UNKNOWN);
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
    this.rows = this.workers.map((worker) => new Row(worker));
    const later = [];
    for (const [task, own] of this.segments) for (const each of own) later.push({ task, each, isLast: each === own[own.length - 1] });
    later.sort((a, b) => a.each.start - b.each.start || a.task - b.task);
    this.levels = new Uint8Array(tasks.count); // Of those that were not suspended; segments have their own.
    const hasFailed = (task) => tasks.state[task] === FAILED;
    let next = 0;
    const putSegments = (before) => {
      for (; next < later.length && later[next].each.start < before; next++) {
        const { task, each, isLast } = later[next];
        each.level = this.rows[each.worker]?.add(task, each.start, each.end, isLast && hasFailed(task)) ?? 0;
      }
    };
    let task = 0;
    for (let left = order.next(); left > 0; left--) {
      task += order.signed();
      const started = tasks.started[task];
      putSegments(started);
      if (this.segments.has(task)) continue;
      this.levels[task] = this.rows[tasks.worker[task]]?.add(task, started, this.end(task), hasFailed(task)) ?? 0;
    }
    putSegments(Infinity);
    for (const row of this.rows) {
      row.open = null;
      for (const level of row.levels) level.finish();
    }
    for (const wait of this.waits) {
      const place = wait.task >= 0 ? this.placeOf(wait.task, wait.start) : null;
      if (place && place.worker >= 0) this.rows[place.worker].levels[place.level].waits.push(wait);
    }
  }

  /** The worker and level that a task was on at a time, null if it was on none. */
  placeOf(task, time) {
    const own = this.segments.get(task);
    if (own) return own.find((each) => each.start <= time && time <= each.end) ?? null;
    return { worker: this.tasks.worker[task], level: this.levels[task] };
  }

  #fillQueue() {
    const { tasks } = this;
    const joined = new Float64Array(tasks.count);
    const left = new Float64Array(tasks.count);
    const pools = new Set(this.workers.map((worker) => worker.pool));
    let [joins, leaves] = [0, 0];
    for (let i = 0; i < tasks.count; i++) {
      if (tasks.submitted[i] === UNKNOWN || tasks.state[i] >= OVERWRITTEN || !pools.has(this.pool(i))) continue;
      joined[joins++] = tasks.submitted[i];
      const gone = tasks.started[i] !== UNKNOWN ? tasks.started[i] : tasks.ended[i];
      if (gone !== UNKNOWN) left[leaves++] = Math.max(gone, tasks.submitted[i]);
    }
    this.joined = joined.subarray(0, joins).sort();
    this.left = left.subarray(0, leaves).sort();
    // The most at any moment: what joins and leaves at the same moment has not waited.
    let [waiting, join, leave] = [0, 0, 0];
    this.mostQueued = 0;
    while (join < joins) {
      const time = Math.min(this.joined[join], leave < leaves ? this.left[leave] : Infinity);
      for (; join < joins && this.joined[join] === time; join++) waiting++;
      for (; leave < leaves && this.left[leave] === time; leave++) waiting--;
      this.mostQueued = Math.max(this.mostQueued, waiting);
    }
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
    return name >= 0 ? this.names[name] : site >= 0 ? this.siteText(site) : "unnamed";
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

  poolText(number) { return this.pools.find((each) => each.pool === number)?.name ?? "an unknown pool"; }

  /** A worker's number, with its pool's name where that is wanted or there are several. */
  workerText(place, isWhole = this.pools.length > 1) {
    const worker = this.workers[place];
    if (!worker) return "";
    const pool = isWhole && this.pools.find((each) => each.pool === worker.pool);
    return pool ? `${pool.name} ${worker.number}` : `${worker.number}`;
  }
}
