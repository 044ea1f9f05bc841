// The data of the page: what Sources/TraceViews/Page/PageData.swift writes. Columns are base64 of varints, mostly of differences.

/** The bytes of a block of the page. */
function bytesOf(id) {
  const element = document.getElementById(id);
  const text = element.textContent.trim();
  element.remove(); // Nobody reads it twice, and it is most of the page.
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Reads the varints of a column, in order. */
class Column {
  constructor(id) {
    this.bytes = bytesOf(id);
    this.place = 0;
  }

  /** A number below 2^53. */
  next() {
    const bytes = this.bytes;
    let byte = bytes[this.place++];
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    do {
      byte = bytes[this.place++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }

  /** A number that may be negative: 0, -1, 1, -2 ... are 0, 1, 2, 3 ... */
  signed() {
    const value = this.next();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

const STATES = ["succeeded", "failed", "cancelled", "not ended", "not started", "overwritten"];
const [SUCCEEDED, FAILED, CANCELLED, NOT_ENDED, NOT_STARTED, OVERWRITTEN, HIDDEN] = [0, 1, 2, 3, 4, 5, 6];
const UNKNOWN = -1; // Of a time.

/** A run's tasks, as columns: times are nanoseconds since the run's start, `UNKNOWN` where the trace has none. */
class Tasks {
  constructor(prefix, count) {
    this.count = count;
    this.kind = new Uint32Array(count);
    this.state = new Uint8Array(count);
    this.isElement = new Uint8Array(count);
    this.parent = new Int32Array(count); // A task, or -1 - root.
    this.step = new Float64Array(count); // Its ordinal or index; -1 - n: its path is the run's nth.
    this.worker = new Int32Array(count); // A place among the run's workers, -1 for none.
    this.submitted = new Float64Array(count);
    this.started = new Float64Array(count);
    this.ended = new Float64Array(count);
    this.run = new Float64Array(count); // Run time, without suspensions.
    this.onCPU = new Float64Array(count); // Of the run time; UNKNOWN where it was not measured.
    this.ready = new Float64Array(count);
    const flags = bytesOf(prefix + "flags");
    const names = ["kind", "parent", "step", "worker", "submitted", "started", "ended"];
    const [kind, parent, step, worker, submitted, started, ended] = names.map((name) => new Column(prefix + name));
    const time = new Column(prefix + "time");
    const isMeasured = time.bytes.length > 0;
    let [lastParent, lastStep, lastSubmitted, lastStarted, paths] = [0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const flag = flags[i];
      this.state[i] = flag & 7;
      this.isElement[i] = (flag >> 3) & 1;
      this.kind[i] = kind.next();
      lastParent += parent.signed();
      this.parent[i] = lastParent % 2 === 0 ? lastParent / 2 : -1 - (lastParent - 1) / 2;
      if (flag & 16) this.step[i] = -1 - paths++;
      else this.step[i] = lastStep += step.signed();
      this.worker[i] = worker.next() - 1;
      this.submitted[i] = flag & 32 ? (lastSubmitted += submitted.signed()) : UNKNOWN;
      this.started[i] = flag & 64 ? (lastStarted += started.signed()) : UNKNOWN;
      this.ended[i] = flag & 128 ? Math.max(0, (flag & 64 ? this.started[i] : 0) + ended.signed()) : UNKNOWN;
      this.run[i] = flag & 64 && flag & 128 ? Math.max(0, this.ended[i] - this.started[i]) : UNKNOWN;
      this.onCPU[i] = isMeasured ? time.next() - 1 : UNKNOWN;
      this.ready[i] = this.onCPU[i] === UNKNOWN ? UNKNOWN : time.next();
    }
  }

  /** The part of its run time in which it was ready or blocked, as far as that is known. */
  offCPU(task) {
    if (this.onCPU[task] === UNKNOWN || this.run[task] <= 0) return 0;
    return 1 - Math.min(1, this.onCPU[task] / this.run[task]);
  }

  /** From submission to start. */
  wait(task) {
    if (this.submitted[task] === UNKNOWN || this.started[task] === UNKNOWN) return UNKNOWN;
    return Math.max(0, this.started[task] - this.submitted[task]);
  }
}
