// The whole run at a glance: how busy all workers were, how many tasks were queued, where tasks failed, and the timeline's window.

class Overview {
  constructor(view) {
    this.view = view;
    this.canvas = at("overview");
    const time = (event) => {
      const left = this.canvas.getBoundingClientRect().left + GUTTER;
      return Math.min(1, Math.max(0, (event.clientX - left) / this.view.timeline.plotWidth)) * this.view.run.duration;
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.from = time(event);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (this.from === undefined) return;
      const to = time(event);
      if (Math.abs(to - this.from) > this.view.run.duration / 300) this.view.show(Math.min(this.from, to), Math.max(this.from, to));
    });
    this.canvas.addEventListener("pointerup", (event) => {
      const { from, to } = this.view;
      const here = time(event);
      // A click without a drag moves the window there.
      if (Math.abs(here - this.from) <= this.view.run.duration / 300) this.view.show(here - (to - from) / 2, here + (to - from) / 2);
      this.from = undefined;
    });
  }

  draw() {
    const { run, from, to } = this.view;
    const { context, height } = sharpen(this.canvas);
    // Below each other, the same time is at the same place.
    const width = this.view.timeline.plotWidth;
    const colours = new Colours();
    if (this.measured?.run !== run || this.measured.width !== width) this.measured = this.#measure(run, width);
    const { busy, queued } = this.measured;
    const { mostQueued } = run;
    this.canvas.title = `How busy all workers were${mostQueued ? `, and at most ${plural(mostQueued, "task")} queued` : ""}`;
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.fillStyle = colours.muted;
    const labels = mostQueued ? ["busy", "queue", `\u2264 ${count(mostQueued)}`] : ["busy"];
    labels.forEach((label, line) => context.fillText(label, GUTTER - 10, height / 2 + (line - (labels.length - 1) / 2) * 13));
    context.translate(GUTTER, 0);
    context.fillStyle = colours.queue;
    for (let x = 0; x < width; x++) {
      const part = mostQueued ? (queued[x] / mostQueued) * (height - 6) : 0;
      context.fillRect(x, height - part, 1, part);
    }
    context.fillStyle = colours.busy;
    for (let x = 0; x < width; x++) context.fillRect(x, height - busy[x] * (height - 10), 1, busy[x] * (height - 10));
    context.fillStyle = colours.failed;
    let last = -10;
    for (const task of run.failed) {
      const x = Math.round((run.moment(task) / run.duration) * width);
      if (x > last + 1) context.fillRect((last = x) - 1, 0, 2, 7);
    }
    const [left, right] = [(from / run.duration) * width, (to / run.duration) * width];
    context.fillStyle = colours.panel;
    context.globalAlpha = 0.65;
    context.fillRect(0, 0, left, height);
    context.fillRect(right, 0, width - right, height);
    context.globalAlpha = 1;
    context.strokeStyle = colours.accent;
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.75, 0.75, Math.max(2, right - left - 1.5), height - 1.5);
  }

  /** Drawn anew at each move of the window, measured once. */
  #measure(run, width) {
    const [busy, queued] = [new Float64Array(width), new Float64Array(width)];
    const step = run.duration / width;
    // Of very many workers some are looked at.
    const skip = Math.ceil(run.rows.length / 200);
    const rows = run.rows.filter((row, place) => !row.isIdle && place % skip === 0);
    for (const { levels: [row] } of rows) {
      let before = 0;
      for (let x = 0; x < width; x++) {
        const after = row.busyBefore((x + 1) * step);
        busy[x] += Math.min(1, (after - before) / step) / rows.length;
        before = after;
      }
    }
    for (let x = 0; x < width; x++) queued[x] = run.queued((x + 0.5) * step);
    return { run, width, busy, queued };
  }
}
