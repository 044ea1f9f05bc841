// What the canvases share: sharp pixels, and the colours of the theme.

/** Makes a canvas as sharp as the screen and returns what to draw with, in CSS pixels. */
function sharpen(canvas, height = canvas.clientHeight) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** The theme's colours, read once for each drawing of them. */
class Colours {
  constructor() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["text", "muted", "line", "panel", "accent", "failed", "open", "wait", "busy", "queue", "chosen"]) {
      this[name] = style.getPropertyValue(`--${name}`);
    }
    this.onTask = style.getPropertyValue("--on-task");
    this.names = Array.from({ length: 8 }, (_, index) => style.getPropertyValue(`--c${index}`));
  }

  /** A task's: by its name, unless it failed or did not end. */
  task(run, task) {
    const state = run.tasks.state[task];
    if (state === FAILED) return this.failed;
    if (state === NOT_ENDED) return this.open;
    return this.names[run.colours[run.tasks.kind[task]] % 8];
  }
}

/** A step of 1, 2 or 5 times a power of ten. */
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least);
}
