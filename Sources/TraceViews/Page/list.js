// The task list: filtered and sorted as an array of numbers; only the lines in sight exist as elements.

const LINE = 24;
/** Browsers stop at about 16 million pixels: beyond, the scroll bar moves by more than a pixel a pixel. */
const TALLEST = 8e6;

const COLUMNS = [
  { key: "state", title: "State", of: (run, task) => run.tasks.state[task] },
  { key: "path", title: "Path", of: null },
  { key: "name", title: "Name", of: (run, task) => run.tasks.kind[task] },
  { key: "worker", title: "Worker", of: (run, task) => run.tasks.worker[task] },
  { key: "start", title: "Start", end: true, of: (run, task) => run.tasks.started[task] },
  { key: "wait", title: "Wait", end: true, of: (run, task) => run.tasks.wait(task) },
  { key: "run", title: "Run", end: true, of: (run, task) => run.tasks.run[task] },
  { key: "cpu", title: "On CPU", end: true, of: (run, task) => run.tasks.onCPU[task] },
];

class List {
  constructor(view) {
    this.view = view;
    this.scroller = at("scroller");
    this.lines = at("lines");
    this.sort = { key: "path", descending: false };
    this.filter = { text: "", state: "", worker: "", least: 0, inWindow: false };
    this.shown = new Uint32Array(0);
    this.#makeHeads();
    this.scroller.addEventListener("scroll", () => this.draw());
    this.lines.addEventListener("click", (event) => {
      const line = event.target.closest(".line");
      if (line) this.view.choose(this.shown[Number(line.dataset.place)]);
    });
    this.lines.addEventListener("dblclick", () => this.view.reveal());
  }

  #makeHeads() {
    const heads = COLUMNS.map((column) => {
      const cell = element("span", column.end ? "end" : "");
      const button = element("button", "", column.title);
      button.type = "button";
      button.addEventListener("click", () => {
        const again = this.sort.key === column.key;
        this.sort = { key: column.key, descending: again ? !this.sort.descending : Boolean(column.end) };
        this.update();
        this.view.remember();
      });
      column.button = button;
      cell.append(button);
      return cell;
    });
    at("heads").replaceChildren(...heads);
  }

  /** Filters and sorts anew. */
  update() {
    const { run } = this.view;
    this.shown = this.#sorted(this.#filtered(run), run);
    for (const { key, title, button } of COLUMNS) {
      const isSorted = key === this.sort.key;
      button.textContent = isSorted ? `${title} ${this.sort.descending ? "↓" : "↑"}` : title;
      if (isSorted) button.setAttribute("aria-sort", this.sort.descending ? "descending" : "ascending");
      else button.removeAttribute("aria-sort");
    }
    const [shown, all] = [this.shown.length, run.shown.length];
    at("count").textContent = shown === all ? `${count(all)} tasks` : `${count(shown)} of ${count(all)} tasks`;
    at("spacer").style.height = `${Math.min(TALLEST, Math.max(1, shown) * LINE)}px`;
    this.draw();
    this.view.histograms.draw();
    this.view.flames.draw();
  }

  #filtered(run) {
    const { text, state, worker, least, inWindow } = this.filter;
    const { tasks } = run;
    if (!text && state === "" && worker === "" && !least && !inWindow) return run.shown.slice();
    const needle = text.toLowerCase();
    const named = run.kinds.map((_, kind) => run.kindText(kind).toLowerCase().includes(needle));
    const { from, to } = this.view;
    return run.shown.filter((task) => {
      if (state !== "" && tasks.state[task] !== Number(state)) return false;
      if (worker !== "" && tasks.worker[task] !== Number(worker)) return false;
      if (least && !(tasks.run[task] >= least)) return false;
      if (inWindow) {
        const begin = tasks.started[task] !== UNKNOWN ? tasks.started[task] : tasks.submitted[task];
        if (begin > to || (tasks.started[task] !== UNKNOWN ? run.end(task) : run.moment(task)) < from) return false;
      }
      return !needle || named[tasks.kind[task]] || run.path(task).includes(needle)
        || Boolean(run.saidBy.get(task)?.some(([, words]) => words.toLowerCase().includes(needle)));
    });
  }

  #sorted(shown, run) {
    const { key, descending } = this.sort;
    const { of } = COLUMNS.find((column) => column.key === key);
    if (!of) return descending ? shown.reverse() : shown;
    const sorted = sortedBy(shown, (task) => of(run, task));
    return descending ? sorted.reverse() : sorted;
  }

  get #first() {
    const { scrollTop, clientHeight } = this.scroller;
    const whole = this.shown.length * LINE;
    if (whole <= TALLEST) return Math.floor(scrollTop / LINE);
    return Math.round((scrollTop / (TALLEST - clientHeight)) * (this.shown.length - Math.floor(clientHeight / LINE)));
  }

  /** Shows the lines in sight. */
  draw(most = Math.ceil(this.scroller.clientHeight / LINE) + 1) {
    const first = Math.max(0, Math.min(this.#first, this.shown.length - 1));
    const lines = [];
    for (let place = first; place < Math.min(this.shown.length, first + most); place++) lines.push(this.#line(place));
    this.lines.replaceChildren(...lines);
    const offset = this.shown.length * LINE <= TALLEST ? first * LINE : this.scroller.scrollTop;
    this.lines.style.transform = `translateY(${offset}px)`;
  }

  #line(place) {
    const { run, task: chosen } = this.view;
    const task = this.shown[place];
    const { tasks } = run;
    const line = element("div", task === chosen ? "row line chosen" : "row line");
    line.dataset.place = place;
    line.setAttribute("role", "row");
    line.append(
      stateElement(tasks.state[task]),
      element("span", "text", visible(run.path(task))),
      element("span", "text", visible(run.title(task))),
      this.#workerElement(visible(run.workerText(tasks.worker[task]))),
      element("span", "end", duration(tasks.started[task])),
      element("span", "end", duration(tasks.wait(task))),
      element("span", "end", duration(tasks.run[task])),
      element("span", "end", duration(tasks.onCPU[task])),
    );
    return line;
  }

  /** The pool's name is what is cut where there is no room, and not the number. */
  #workerElement(text) {
    const cell = element("span", "worker");
    const place = Math.max(0, text.lastIndexOf(" "));
    cell.append(element("span", "text", text.slice(0, place)), element("span", "", text.slice(place)));
    return cell;
  }

  /** Chooses the line so many below the chosen one. */
  step(by) {
    const place = this.shown.indexOf(this.view.task);
    this.go(place < 0 ? (by > 0 ? 0 : this.shown.length - 1) : place + by);
  }

  go(place) {
    if (!this.shown.length) return;
    place = Math.max(0, Math.min(this.shown.length - 1, place));
    this.view.choose(this.shown[place]);
  }

  /** Scrolls to a task, if it is listed. */
  reveal(task) {
    const place = this.shown.indexOf(task);
    if (place < 0) return this.draw();
    const { scrollTop, clientHeight } = this.scroller;
    const whole = this.shown.length * LINE;
    const lines = Math.floor(clientHeight / LINE);
    const first = this.#first;
    if (whole <= TALLEST) {
      if (place * LINE < scrollTop) this.scroller.scrollTop = place * LINE;
      else if ((place + 1) * LINE > scrollTop + clientHeight) this.scroller.scrollTop = (place + 1) * LINE - clientHeight;
    } else if (place < first || place >= first + lines) {
      this.scroller.scrollTop = (Math.max(0, place - lines / 2) / (this.shown.length - lines)) * (TALLEST - clientHeight);
    }
    this.draw();
  }
}

function stateElement(state) {
  const kind = state === FAILED ? "failed" : state === NOT_ENDED ? "open" : state === SUCCEEDED ? "" : "idle";
  return element("span", `state ${kind}`, STATES[state]);
}

/** Tasks by a whole number of each, from -1 on: sixteen bits at a time, from the lowest (a radix sort); a million take a moment. */
function sortedBy(tasks, of) {
  let [from, to] = [tasks, new Uint32Array(tasks.length)];
  const keys = Float64Array.from(tasks, (task) => of(task) + 1);
  let [fromKeys, toKeys] = [keys, new Float64Array(tasks.length)];
  const most = keys.reduce((a, b) => Math.max(a, b), 0);
  for (let scale = 1; scale <= most; scale *= 65536) {
    const starts = new Uint32Array(65537);
    const digit = (key) => Math.floor(key / scale) % 65536;
    for (const key of fromKeys) starts[digit(key) + 1]++;
    for (let i = 1; i < 65537; i++) starts[i] += starts[i - 1];
    for (let i = 0; i < from.length; i++) {
      const place = starts[digit(fromKeys[i])]++;
      to[place] = from[i];
      toKeys[place] = fromKeys[i];
    }
    [from, to, fromKeys, toKeys] = [to, from, toKeys, fromKeys];
  }
  return from;
}
