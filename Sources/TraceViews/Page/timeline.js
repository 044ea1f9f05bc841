// The timeline: a lane for each level of a worker that ran anything. Where stretches are thinner than pixels a pixel shows how busy the
// worker was in it.

const ROW = 24;
/** The height of the levels below the first. */
const NESTED = 18;
const AXIS = 22;
const GUTTER = 96;
/** More stretches than this in a row are shown as how busy it was. */
const MOST_BOXES = 1500;

class Timeline {
  constructor(view) {
    this.view = view;
    this.canvas = at("timeline");
    this.frame = at("rows");
    this.tip = at("tip");
    this.#listen();
  }

  get plotWidth() { return Math.max(50, this.canvas.clientWidth - GUTTER - 8); }
  x(time) { return GUTTER + ((time - this.view.from) / (this.view.to - this.view.from)) * this.plotWidth; }
  time(x) { return this.view.from + ((x - GUTTER) / this.plotWidth) * (this.view.to - this.view.from); }

  /** What is below each other: lanes of workers, and lines that say which workers and pools ran nothing. */
  #lanes() {
    const { run } = this.view;
    if (this.laidOut?.run === run) return this.laidOut;
    const lanes = [];
    let height = 0;
    const put = (lane, own) => {
      lanes.push({ ...lane, top: height, height: own });
      height += own;
    };
    const idlePools = [];
    for (const pool of new Set(run.workers.map((worker) => worker.pool))) {
      const places = run.workers.map((_, place) => place).filter((place) => run.workers[place].pool === pool);
      const idle = places.filter((place) => run.rows[place].isIdle);
      if (idle.length === places.length) {
        idlePools.push({ pool, workers: places.length });
        continue;
      }
      for (const place of places) {
        const row = run.rows[place];
        if (row.isIdle) continue;
        row.levels.forEach((level, depth) => put({ place, row, level, depth }, depth === 0 ? ROW : NESTED));
      }
      const name = idlePools.length || run.pools.length > 1 ? ` of ${run.poolText(pool)}` : "";
      if (idle.length) put({ text: `${plural(idle.length, "worker")}${name} without tasks: ${ranges(idle.map((place) => run.workers[place].number))}` }, ROW);
    }
    if (idlePools.length) {
      const workers = idlePools.reduce((sum, { workers }) => sum + workers, 0);
      const names = idlePools.slice(0, 100).map(({ pool }) => run.poolText(pool)).join(", ");
      put({ text: `${plural(idlePools.length, "pool")} without tasks, ${plural(workers, "worker")}: ${names}` }, ROW);
    }
    return (this.laidOut = { run, lanes, height });
  }

  draw() {
    const { lanes, height: all } = this.#lanes();
    const whole = AXIS + all + 4;
    const height = Math.min(whole, Math.max(120, Math.round(window.innerHeight * 0.46)));
    this.frame.style.height = `${height}px`;
    at("rows-height").style.height = `${whole}px`;
    this.canvas.style.height = `${height}px`;
    const { context } = sharpen(this.canvas, height);
    this.colours = new Colours();
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    const top = this.frame.scrollTop;
    this.#drawGrid(context, height);
    for (const lane of lanes) {
      if (lane.top + lane.height > top && lane.top < top + height) this.#drawLane(context, lane, AXIS + lane.top - top);
    }
    this.#drawAxis(context);
    if (this.select) {
      context.fillStyle = this.colours.accent;
      context.globalAlpha = 0.18;
      context.fillRect(Math.min(...this.select), AXIS, Math.abs(this.select[1] - this.select[0]), height);
      context.globalAlpha = 1;
    }
  }

  #ticks() {
    const { from, to } = this.view;
    const step = roundStep(((to - from) / this.plotWidth) * 90);
    // Labels have three digits: far into a run they would all be the same, so they count from the window's begin.
    const base = from / step >= 100 ? from : 0;
    const ticks = [];
    for (let time = base ? from : Math.ceil(from / step) * step; time <= to && ticks.length < 100; time += step) {
      ticks.push([time, (base ? "+" : "") + (time === base ? "0" : duration(time - base))]);
    }
    return ticks;
  }

  #drawGrid(context, height) {
    context.fillStyle = this.colours.line;
    for (const [time] of this.#ticks()) context.fillRect(Math.round(this.x(time)), AXIS, 1, height);
  }

  #drawAxis(context) {
    context.fillStyle = this.colours.panel;
    context.fillRect(0, 0, this.canvas.clientWidth, AXIS);
    context.fillStyle = this.colours.muted;
    context.textAlign = "left";
    for (const [time, label] of this.#ticks()) {
      const x = this.x(time) + 3;
      if (x + context.measureText(label).width < this.canvas.clientWidth) context.fillText(label, x, AXIS / 2 + 1);
    }
    context.fillStyle = this.colours.line;
    context.fillRect(0, AXIS - 1, this.canvas.clientWidth, 1);
  }

  #drawLane(context, lane, y) {
    if (lane.text !== undefined) {
      context.textAlign = "left";
      context.fillStyle = this.colours.muted;
      context.fillText(this.#fit(context, visible(lane.text), this.plotWidth - 8), GUTTER + 4, y + lane.height / 2);
      return;
    }
    const { row, level, depth } = lane;
    const isDeepest = depth > 0 && depth === row.levels.length - 1 && row.depth > row.levels.length;
    context.save();
    context.beginPath();
    context.rect(GUTTER, y, this.plotWidth, lane.height);
    context.clip();
    const { from, to } = this.view;
    const end = firstAbove(level.start, to, level.count);
    // What reaches into the window from before: `reach` is sorted as well.
    const begin = firstAbove(level.reach, from, level.count);
    if (end - begin <= MOST_BOXES) this.#drawBoxes(context, level, begin, end, y, lane.height, !isDeepest);
    else this.#drawBusy(context, level, y, lane.height);
    this.#drawFailures(context, level, y);
    context.restore();
    context.textAlign = "right";
    context.fillStyle = this.colours.muted;
    const title = isDeepest ? `+${row.depth - depth} levels` : depth === 0 ? this.#workerText(context, lane.place) : "";
    context.fillText(title, GUTTER - 10, y + lane.height / 2);
  }

  #drawBoxes(context, level, begin, end, y, height, hasLabels) {
    const { run, task: chosen } = this.view;
    const inset = height === ROW ? 2 : 1;
    for (let i = begin; i < end; i++) {
      const left = Math.max(GUTTER - 2, this.x(level.start[i]));
      const right = Math.min(GUTTER + this.plotWidth + 2, this.x(level.end[i]));
      const width = Math.max(1, right - left - (right - left > 4 ? 1 : 0));
      const task = level.task[i];
      context.fillStyle = this.colours.task(run, task);
      context.fillRect(left, y + inset, width, height - 2 * inset);
      // Paler from above: the part of its time in which it was on no processor.
      context.fillStyle = this.colours.panel;
      context.globalAlpha = 0.5;
      context.fillRect(left, y + inset, width, (height - 2 * inset) * run.tasks.offCPU(task));
      context.globalAlpha = 1;
      if (task === chosen) {
        context.strokeStyle = this.colours.text;
        context.lineWidth = 2;
        context.strokeRect(left, y + inset, width, height - 2 * inset);
      }
      if (width > 30 && hasLabels) {
        context.fillStyle = run.tasks.offCPU(task) > 0.4 ? this.colours.text : this.colours.onTask;
        context.textAlign = "left";
        context.fillText(this.#label(context, task, width - 8), left + 4, y + height / 2 + 0.5);
      }
    }
    context.fillStyle = this.colours.wait;
    for (const wait of level.waits) {
      const until = wait.end === UNKNOWN ? run.duration : wait.end;
      if (wait.start > this.view.to || until < this.view.from) continue;
      const left = this.x(wait.start);
      context.fillRect(left, y + height - inset - 3, Math.max(1, this.x(until) - left), 3);
    }
  }

  /** Name and path, or what there is room for of them: a path is cut in front, where it is like others. */
  #label(context, task, width) {
    const { run } = this.view;
    const title = visible(run.title(task));
    const path = run.path(task);
    if (run.titles.length < 2) return this.#fitEnd(context, path, width);
    const both = `${title} ${path}`;
    if (context.measureText(both).width <= width) return both;
    const cut = this.#fitEnd(context, path, width - context.measureText(`${title} `).width);
    return cut ? `${title} ${cut}` : this.#fit(context, title, width);
  }

  #drawBusy(context, level, y, height) {
    context.fillStyle = this.colours.busy;
    const pixel = (this.view.to - this.view.from) / this.plotWidth;
    let before = level.busyBefore(this.view.from);
    for (let column = 0; column < this.plotWidth; column++) {
      const after = level.busyBefore(this.view.from + (column + 1) * pixel);
      const part = Math.min(1, (after - before) / pixel);
      const tall = part > 0 ? Math.max(1, (height - 4) * part) : 0;
      context.fillRect(GUTTER + column, y + height - 2 - tall, 1, tall);
      before = after;
    }
  }

  #drawFailures(context, level, y) {
    let last = -10;
    for (const place of level.failures) {
      const x = Math.round(this.x(level.end[place]));
      if (x < last + 2 || x < GUTTER || x > GUTTER + this.plotWidth) continue;
      context.beginPath();
      context.moveTo(x - 4, y);
      context.lineTo(x + 4, y);
      context.lineTo(x, y + 6);
      // Its own task is as red as it is.
      context.lineWidth = 2;
      context.strokeStyle = this.colours.panel;
      context.stroke();
      context.fillStyle = this.colours.failed;
      context.fill();
      last = x;
    }
  }

  /** The pool's name is what is cut: without the number its workers look alike. */
  #workerText(context, place) {
    const whole = visible(this.view.run.workerText(place, true));
    const number = whole.slice(whole.lastIndexOf(" "));
    const room = GUTTER - 18;
    if (context.measureText(whole).width <= room || number === whole) return this.#fit(context, whole, room);
    return this.#fit(context, whole.slice(0, -number.length), room - context.measureText(number).width) + number;
  }

  #fit(context, text, width) {
    if (text.length > 200) text = text.slice(0, 200);
    if (context.measureText(text).width <= width) return text;
    let [low, high] = [0, text.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (context.measureText(text.slice(0, middle) + "…").width <= width) low = middle;
      else high = middle - 1;
    }
    return low > 1 ? text.slice(0, low) + "…" : "";
  }

  /** A path that is cut in front. */
  #fitEnd(context, text, width) {
    if (text.length > 200) text = "…" + text.slice(-200);
    if (context.measureText(text).width <= width) return text;
    let [low, high] = [0, text.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (context.measureText("…" + text.slice(-middle)).width <= width) low = middle;
      else high = middle - 1;
    }
    return low > 1 ? "…" + text.slice(-low) : "";
  }

  /** The task at a place of the canvas, -1 if there is none. */
  #taskAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top + this.frame.scrollTop - AXIS];
    const lane = this.#lanes().lanes.find((each) => each.level && y >= each.top && y < each.top + each.height);
    if (!lane || x < GUTTER || event.clientY - box.top < AXIS) return -1;
    const slack = ((this.view.to - this.view.from) / this.plotWidth) * 3;
    const place = lane.level.at(this.time(x), slack);
    return place < 0 ? -1 : lane.level.task[place];
  }

  #showTip(event) {
    const task = this.drag ? -1 : this.#taskAt(event);
    this.tip.hidden = task < 0;
    if (task < 0) return;
    const { run } = this.view;
    const { tasks } = run;
    const wait = tasks.wait(task);
    const lines = [
      element("strong", "", visible(`${run.title(task)} ${run.path(task)}`)),
      element("div", "muted", STATES[tasks.state[task]] + (tasks.run[task] !== UNKNOWN ? `, ran ${duration(tasks.run[task])}` : "")
        + (wait !== UNKNOWN ? `, waited ${duration(wait)}` : "")),
    ];
    this.tip.replaceChildren(...lines);
    const frame = this.frame.parentElement.getBoundingClientRect();
    const left = Math.min(event.clientX - frame.left + 14, frame.width - this.tip.offsetWidth - 8);
    this.tip.style.left = `${Math.max(8, left)}px`;
    this.tip.style.top = `${event.clientY - frame.top + 16}px`;
  }

  #listen() {
    const { frame, canvas } = this;
    const inside = (event) => event.clientX - canvas.getBoundingClientRect().left;
    frame.addEventListener("scroll", () => this.view.redraw());
    frame.addEventListener("wheel", (event) => {
      if (event.shiftKey) return; // Scrolls the rows.
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.view.pan(event.deltaX / this.plotWidth);
      else this.view.zoom(Math.exp(event.deltaY * 0.0015), this.time(inside(event)));
    }, { passive: false });
    frame.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      frame.setPointerCapture(event.pointerId);
      this.drag = { x: inside(event), y: event.clientY, moved: false, selects: event.shiftKey };
    });
    frame.addEventListener("pointermove", (event) => {
      this.#showTip(event);
      if (!this.drag) return;
      const x = inside(event);
      if (Math.abs(x - this.drag.x) + Math.abs(event.clientY - this.drag.y) > 3) this.drag.moved = true;
      if (!this.drag.moved) return;
      frame.classList.add("dragging");
      if (this.drag.selects) {
        this.select = [this.drag.x, x];
        this.view.redraw();
      } else {
        this.view.pan((this.drag.x - x) / this.plotWidth);
        frame.scrollTop += this.drag.y - event.clientY;
        Object.assign(this.drag, { x, y: event.clientY });
      }
    });
    const drop = (event) => {
      const { drag, select } = this;
      this.drag = this.select = null;
      frame.classList.remove("dragging");
      if (drag && select && Math.abs(select[1] - select[0]) > 3) {
        this.view.show(this.time(Math.min(...select)), this.time(Math.max(...select)));
      } else if (drag && !drag.moved && event.type === "pointerup") this.view.choose(this.#taskAt(event));
    };
    frame.addEventListener("pointerup", drop);
    frame.addEventListener("pointercancel", drop);
    frame.addEventListener("pointerleave", () => { this.tip.hidden = true; });
  }

  /** Scrolls to where a task ended, or is. */
  reveal(task) {
    const { run } = this.view;
    const own = run.segments.get(task);
    const place = own?.[own.length - 1] ?? run.placeOf(task, run.moment(task));
    const lane = place && this.#lanes().lanes.find((each) => each.place === place.worker && each.depth === place.level);
    if (!lane) return;
    const { scrollTop, clientHeight } = this.frame;
    if (lane.top < scrollTop || lane.top + lane.height + AXIS > scrollTop + clientHeight) this.frame.scrollTop = lane.top - clientHeight / 2;
  }
}
