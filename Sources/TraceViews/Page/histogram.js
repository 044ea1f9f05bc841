// How long the listed tasks waited and ran: bars of a quarter of an octave each, on a logarithmic scale.

const BARS_PER_OCTAVE = 4;
const BARS = 50 * BARS_PER_OCTAVE;

class Histograms {
  constructor(view) { this.view = view; }

  draw() {
    const { run, list } = this.view;
    const { tasks } = run;
    this.#draw("wait", list.shown, (task) => tasks.wait(task));
    this.#draw("run", list.shown, (task) => tasks.run[task]);
  }

  #draw(name, shown, of) {
    const bars = new Uint32Array(BARS);
    const values = new Float64Array(shown.length);
    let known = 0;
    for (const task of shown) {
      const value = of(task);
      if (value === UNKNOWN) continue;
      values[known++] = value;
      bars[Math.min(BARS - 1, Math.floor(Math.log2(Math.max(1, value)) * BARS_PER_OCTAVE))]++;
    }
    const sorted = values.subarray(0, known).sort();
    const at50 = (part) => duration(sorted[Math.max(0, Math.ceil(known * part) - 1)]);
    at(`${name}-text`).textContent = known ? `half ${at50(0.5)}, 99 % ${at50(0.99)}, longest ${duration(sorted[known - 1])}` : "none";
    const { context, width, height } = sharpen(at(`${name}-histogram`));
    if (!known) return;
    const colours = new Colours();
    const first = Math.max(0, bars.findIndex((each) => each > 0) - 1);
    const last = Math.min(BARS - 1, bars.findLastIndex((each) => each > 0) + 1);
    const most = bars.reduce((a, b) => Math.max(a, b));
    const step = Math.min(14, width / (last - first + 1));
    for (let bar = first; bar <= last; bar++) {
      const part = bars[bar] ? Math.max(1.5, (bars[bar] / most) * (height - 18)) : 0;
      context.fillStyle = colours.busy;
      context.fillRect((bar - first) * step + 0.5, height - 14 - part, Math.max(1, step - 1), part);
    }
    context.fillStyle = colours.line;
    context.fillRect(0, height - 14, width, 1);
    context.fillStyle = colours.muted;
    context.font = "10px system-ui, sans-serif";
    let free = 0;
    for (let power = 0; power < 16; power++) {
      const x = (Math.log2(10 ** power) * BARS_PER_OCTAVE - first) * step;
      if (x < free || x > width - 34) continue;
      context.fillText(duration(10 ** power), x, height - 3);
      free = x + 48;
    }
  }
}
