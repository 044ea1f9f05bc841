// What is shown: a run, a window of time, a chosen task, filters. Everything that changes goes through here, and into the address.

class View {
  constructor(runs) {
    this.runs = runs;
    this.run = runs[0];
    [this.from, this.to, this.task] = [0, this.run.duration, -1];
    this.histograms = new Histograms(this);
    this.flames = new Flames(this);
    this.list = new List(this);
    this.timeline = new Timeline(this);
    this.overview = new Overview(this);
    this.details = new Details(this);
    this.failures = new Failures(this);
    this.lints = new Lints(this);
  }

  /** Shows another run, whole. */
  open(index) {
    this.run = this.runs[index] ?? this.runs[0];
    [this.from, this.to, this.task] = [0, this.run.duration, -1];
    this.list.filter = { text: "", state: "", worker: "", least: 0, inWindow: false };
    drawHead(this.run);
    fillChoices(this);
    this.failures.draw();
    this.lints.draw();
    this.flames.open();
    this.details.draw();
    this.redraw();
  }

  /** Draws everything now: its size or colours have changed. */
  draw() {
    this.#drawTimes();
    this.list.draw();
    this.histograms.draw();
    this.flames.draw();
  }

  /** Draws the timeline at the next frame. */
  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.#drawTimes();
    });
  }

  #drawTimes() {
    this.overview.draw();
    this.timeline.draw();
    const isWhole = this.from <= 0 && this.to >= this.run.duration;
    at("window").textContent = isWhole ? duration(this.to) : `${duration(this.to - this.from)} from ${duration(this.from)} on`;
  }

  show(from, to) {
    const least = 10;
    const width = Math.min(this.run.duration, Math.max(least, to - from));
    this.from = Math.max(0, Math.min(from, this.run.duration - width));
    this.to = this.from + width;
    this.redraw();
    if (this.list.filter.inWindow) this.#later("list", () => this.list.update());
    this.remember();
  }

  pan(part) {
    const by = (this.to - this.from) * part;
    this.show(this.from + by, this.to + by);
  }

  zoom(factor, around = (this.from + this.to) / 2) {
    this.show(around - (around - this.from) * factor, around + (this.to - around) * factor);
  }

  fit() { this.show(0, this.run.duration); }

  choose(task) {
    this.task = task;
    this.details.draw();
    this.list.reveal(task);
    this.redraw();
    this.remember();
  }

  /** Brings the chosen task into the timeline's window. */
  reveal() {
    const { run, task } = this;
    if (task < 0) return;
    const start = run.tasks.started[task] !== UNKNOWN ? run.tasks.started[task] : run.moment(task);
    const end = run.tasks.started[task] !== UNKNOWN ? run.end(task) : start;
    const margin = Math.max((end - start) * 2, run.duration / 5000, 50);
    this.show(start - margin, end + margin);
    this.timeline.reveal(task);
  }

  /** The failed task behind or before what is chosen, in time. */
  nextFailure(by) {
    const { failed } = this.run;
    if (!failed.length) return;
    let place = failed.indexOf(this.task);
    if (place < 0) place = by > 0 ? -1 : 0;
    this.choose(failed[(place + by + failed.length) % failed.length]);
    this.reveal();
  }

  #later(name, work) {
    clearTimeout(this.timers?.[name]);
    this.timers = { ...this.timers, [name]: setTimeout(work, 120) };
  }

  /** Puts what is shown into the address, a moment later: browsers limit how often. */
  remember() {
    this.#later("address", () => {
      const { filter, sort } = this.list;
      const parts = {
        run: this.runs.indexOf(this.run) || "", from: this.from > 0 ? Math.round(this.from) : "",
        to: this.to < this.run.duration ? Math.round(this.to) : "", task: this.task >= 0 ? this.task : "",
        search: filter.text, state: filter.state, worker: filter.worker, least: filter.least || "", window: filter.inWindow ? 1 : "",
        sort: sort.key === "path" && !sort.descending ? "" : (sort.descending ? "-" : "") + sort.key,
      };
      const address = new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== ""));
      history.replaceState(null, "", `#${address}`);
    });
  }

  /** Shows what an address says; what it says wrong is left out. */
  recall(address) {
    const parts = new URLSearchParams(address.replace(/^#/, ""));
    const number = (name, otherwise) => (parts.has(name) && Number.isFinite(Number(parts.get(name))) ? Number(parts.get(name)) : otherwise);
    this.open(number("run", 0));
    const { filter } = this.list;
    filter.text = parts.get("search") ?? "";
    filter.state = STATES[parts.get("state")] ? parts.get("state") : "";
    filter.worker = this.run.workers[parts.get("worker")] ? parts.get("worker") : "";
    filter.least = Math.max(0, number("least", 0));
    filter.inWindow = parts.has("window");
    const [, sign, key] = /^(-?)(.*)$/.exec(parts.get("sort") ?? "path");
    this.list.sort = COLUMNS.some((column) => column.key === key) ? { key, descending: sign === "-" } : { key: "path", descending: false };
    this.show(number("from", 0), number("to", this.run.duration));
    showFilters(filter);
    this.list.update();
    const task = number("task", -1);
    if (Number.isInteger(task) && task >= 0 && task < this.run.tasks.count) this.choose(task);
  }
}

/** What the page says of the run as a whole. */
function drawHead(run) {
  document.title = visible(`${run.command} - pooltrace`);
  at("command").textContent = visible(run.command);
  at("command").title = visible(run.command);
  at("process").textContent = visible([run.pid === null ? "" : `process ${run.pid}`, run.mode, run.ending, run.trace].filter(Boolean).join(" · "));
  at("warning").hidden = run.discarded === 0;
  at("warning").textContent = `${count(run.discarded)} events were discarded: what follows is incomplete.`;
  const counts = STATES.map(() => 0);
  for (const task of run.shown) counts[run.tasks.state[task]]++;
  const facts = [["Tasks", count(run.shown.length), ""], ["Duration", duration(run.duration), ""], ["Workers", count(run.workers.length), ""]];
  STATES.forEach((state, index) => {
    if (counts[index]) facts.push([state[0].toUpperCase() + state.slice(1), count(counts[index]), index === FAILED ? "failed" : index === NOT_ENDED ? "open" : ""]);
  });
  if (run.waits.length) facts.push(["Waits", count(run.waits.length), ""]);
  if (run.marks.length) facts.push(["Marks", count(run.marks.length), ""]);
  if (run.values) facts.push(["Values", count(run.values), ""]);
  if (run.spans) facts.push(["Spans", count(run.spans), ""]);
  at("summary").replaceChildren(...facts.map(([name, value, kind]) => {
    const fact = element("div", kind);
    fact.append(element("dt", "", name), element("dd", "", value));
    return fact;
  }));
}
