// The samples of the listed tasks as a flame graph: below each function those that it calls, as wide as their time.

const FLAME_HEIGHT = 18;
const LEAST_FLAME = 0.7; // Narrower ones are not drawn, in pixels.

class Flames {
  constructor(view) {
    this.view = view;
    this.canvas = at("flame-graph");
    this.path = []; // The functions, by their names, into which it is zoomed.
    this.drawn = [];
    at("flame-aspect").addEventListener("change", () => { this.path = []; this.draw(); });
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.canvas.addEventListener("mousemove", (event) => this.#point(event));
    this.canvas.addEventListener("mouseleave", () => { at("flame-text").textContent = this.summary; });
  }

  /** Another run. */
  open() {
    const { samples } = this.view.run;
    this.path = [];
    at("flames").hidden = samples.length === 0;
    const has = [0, 1].map((aspect) => samples.some((sample) => sample[2] === aspect));
    at("flame-aspect").value = has[0] || !has[1] ? "0" : "1";
    at("flame-aspect").hidden = !(has[0] && has[1]);
  }

  draw() {
    const { run, list } = this.view;
    if (!run.samples.length) return;
    const root = this.#tree(run, list);
    let [node, depth] = [root, 0];
    for (const name of this.path) {
      const next = node.children.get(name);
      if (!next) { this.path = this.path.slice(0, depth); break; }
      [node, depth] = [next, depth + 1];
    }
    this.#text(root, node);
    const deepest = (each) => 1 + Math.max(0, ...[...each.children.values()].map(deepest));
    const height = Math.min(1200, (depth + deepest(node)) * FLAME_HEIGHT + 2);
    this.canvas.style.height = `${height}px`;
    const { context, width } = sharpen(this.canvas, height);
    this.drawn = [];
    const colours = new Colours();
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    // The functions above what is zoomed into, as wide as the graph.
    let above = root;
    for (let level = 0; level < depth; level++) {
      this.#rectangle(context, colours, above, 0, width, level, this.path.slice(0, level), true);
      above = above.children.get(this.path[level]);
    }
    this.#level(context, colours, node, 0, width, depth, this.path);
  }

  /** The samples of the listed tasks, as a tree; those of tasks that the trace does not have where nothing is filtered. */
  #tree(run, list) {
    const aspect = Number(at("flame-aspect").value);
    const isListed = new Uint8Array(run.tasks.count);
    for (const task of list.shown) isListed[task] = 1;
    const isWhole = list.shown.length === run.shown.length;
    const root = { name: "all", time: 0, own: 0, children: new Map() };
    for (const [task, stack, of, time] of run.samples) {
      if (of !== aspect || !(task >= 0 ? isListed[task] : isWhole)) continue;
      root.time += time;
      let node = root;
      for (const frame of run.stacks[stack]) {
        const [name, place] = run.frames[frame];
        let next = node.children.get(name);
        if (!next) node.children.set(name, next = { name, place, time: 0, own: 0, children: new Map() });
        next.time += time;
        node = next;
      }
      node.own += time;
    }
    return root;
  }

  #text(root, node) {
    this.whole = root.time;
    this.summary = root.time ? `${duration(root.time)} of the listed tasks` : "no samples of the listed tasks";
    if (node !== root) this.summary += `; zoomed into ${node.name}: click below it to go back`;
    at("flame-text").textContent = visible(this.summary);
  }

  #level(context, colours, node, x, width, level, path) {
    this.#rectangle(context, colours, node, x, width, level, path, false);
    const children = [...node.children.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const child of children) {
      const part = width * (child.time / node.time);
      if (part >= LEAST_FLAME) this.#level(context, colours, child, x, part, level + 1, [...path, child.name]);
      x += part;
    }
  }

  #rectangle(context, colours, node, x, width, level, path, isAbove) {
    const y = level * FLAME_HEIGHT;
    let hash = 0;
    for (let i = 0; i < node.name.length; i++) hash = (hash * 31 + node.name.charCodeAt(i)) >>> 0;
    context.globalAlpha = isAbove ? 0.5 : 1;
    context.fillStyle = level === 0 ? colours.busy : colours.names[hash % 8];
    context.fillRect(x, y, Math.max(0.5, width - 1), FLAME_HEIGHT - 1);
    context.globalAlpha = 1;
    this.drawn.push({ node, x, width, y, path });
    if (width < 30) return;
    context.fillStyle = colours.onTask;
    let text = visible(node.name);
    if (context.measureText(text).width > width - 8) {
      const room = Math.floor(((width - 16) / context.measureText(text).width) * text.length);
      text = room > 2 ? `${text.slice(0, room)}...` : "";
    }
    context.fillText(text, x + 4, y + FLAME_HEIGHT / 2);
  }

  #under(event) {
    const { offsetX, offsetY } = event;
    return this.drawn.findLast(({ x, width, y }) => offsetX >= x && offsetX < x + width && offsetY >= y && offsetY < y + FLAME_HEIGHT);
  }

  #click(event) {
    const found = this.#under(event);
    this.path = found ? found.path : [];
    this.draw();
  }

  #point(event) {
    const found = this.#under(event);
    if (!found) { at("flame-text").textContent = visible(this.summary); return; }
    const { node } = found;
    const share = (time) => `${Math.round((time / Math.max(1, this.whole)) * 100)} %`;
    const own = node.own ? `, ${duration(node.own)} of its own` : "";
    at("flame-text").textContent = visible(`${node.name}${node.place ? ` at ${node.place}` : ""}: ${duration(node.time)}, ${share(node.time)}${own}`);
  }
}
