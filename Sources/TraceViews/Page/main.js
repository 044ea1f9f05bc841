// Starts the page: reads the data, connects the controls and the keys.

function options(select, choices) {
  select.replaceChildren(...choices.map(([value, text]) => {
    const option = element("option", "", visible(text).slice(0, 80));
    option.value = value;
    return option;
  }));
}

/** What can be chosen for a run, and what its colours mean. */
function fillChoices({ run }) {
  options(at("state"), [["", "every state"], ...STATES.map((state, index) => [index, state])]);
  options(at("worker"), [["", "every worker"], ...run.workers.slice(0, 1000).map((_, place) => [place, `worker ${run.workerText(place)}`])]);
  const used = run.titles.slice(0, 6).map((title, place) => [`var(--c${place % 8})`, title]);
  const special = [["var(--failed)", "failed"], ["var(--open)", "not ended"], ["var(--wait)", "waits for another"]];
  if (run.isMeasured) special.push(["linear-gradient(var(--panel) 50%, var(--muted) 50%)", "pale: ready or blocked"]);
  at("legend").replaceChildren(...[...used, ...special].map(([colour, text]) => {
    const item = element("span");
    const swatch = element("i");
    swatch.style.background = colour;
    item.append(swatch, element("b", "", visible(text)));
    return item;
  }));
}

function showFilters(filter) {
  at("search").value = filter.text;
  at("state").value = filter.state;
  at("worker").value = filter.worker;
  at("least").value = filter.least ? duration(filter.least) : "";
  at("in-window").checked = filter.inWindow;
}

function connectFilters(view) {
  let timer;
  const change = () => {
    const { filter } = view.list;
    filter.text = at("search").value;
    filter.state = at("state").value;
    filter.worker = at("worker").value;
    filter.least = parseDuration(at("least").value) || 0;
    filter.inWindow = at("in-window").checked;
    clearTimeout(timer);
    timer = setTimeout(() => { view.list.scroller.scrollTop = 0; view.list.update(); view.remember(); }, 80);
  };
  at("filters").addEventListener("input", change);
  at("filters").addEventListener("submit", (event) => event.preventDefault());
}

function switchTheme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  view.draw();
}

const KEYS = {
  "ArrowLeft": (view) => view.pan(-0.2), "h": (view) => view.pan(-0.2),
  "ArrowRight": (view) => view.pan(0.2), "l": (view) => view.pan(0.2),
  "ArrowUp": (view) => view.list.step(-1), "k": (view) => view.list.step(-1),
  "ArrowDown": (view) => view.list.step(1), "j": (view) => view.list.step(1),
  "+": (view) => view.zoom(0.6), "=": (view) => view.zoom(0.6), "-": (view) => view.zoom(1 / 0.6), "0": (view) => view.fit(),
  "Enter": (view) => view.reveal(),
  "n": (view) => view.nextFailure(1), "p": (view) => view.nextFailure(-1),
  "g": (view) => view.list.go(0), "G": (view) => view.list.go(Infinity),
  "/": () => { at("search").focus(); at("search").select(); },
  "f": (view) => {
    const { filter } = view.list;
    filter.state = filter.state === "" ? String(FAILED) : "";
    showFilters(filter);
    view.list.update();
    view.remember();
  },
  "t": switchTheme,
  "?": () => at("keys").showModal(),
  "Escape": (view) => {
    view.list.filter = { text: "", state: "", worker: "", least: 0, inWindow: false };
    showFilters(view.list.filter);
    view.list.update();
    view.choose(-1);
  },
};

function connectKeys(view) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || at("keys").open) return;
    const inField = event.target.matches("input[type=search], input[type=text], select");
    if (inField && event.key !== "Escape") return;
    if (inField) event.target.blur();
    if (event.target.matches("button") && event.key === "Enter") return;
    const action = KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    action(view);
  });
}

function connectButtons(view) {
  at("theme").addEventListener("click", switchTheme);
  at("help").addEventListener("click", KEYS["?"]);
  at("zoom-in").addEventListener("click", () => view.zoom(0.6));
  at("zoom-out").addEventListener("click", () => view.zoom(1 / 0.6));
  at("fit").addEventListener("click", () => view.fit());
  const choice = at("run-choice");
  choice.hidden = view.runs.length < 2;
  options(at("run"), view.runs.map((run, index) => [index, `${index + 1}: ${run.command}`]));
  at("run").addEventListener("change", () => { view.open(Number(at("run").value)); view.list.update(); view.remember(); });
}

document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
const about = JSON.parse(new TextDecoder().decode(bytesOf("about")));
const view = new View(about.runs.map((run, index) => new Run(run, index)));
connectFilters(view);
connectKeys(view);
connectButtons(view);
view.recall(location.hash);
window.addEventListener("hashchange", () => view.recall(location.hash));
window.addEventListener("resize", () => view.draw());
// Paper is light and does not scroll: what is printed is the timeline as it is, every report, and the first lines of the list.
let before = null;
window.addEventListener("beforeprint", () => {
  const root = document.documentElement;
  const reports = [...document.querySelectorAll(".report")];
  before = { theme: root.dataset.theme, reports: reports.filter((report) => !report.open) };
  root.dataset.theme = "light";
  for (const report of reports) report.open = true;
  view.draw();
  view.list.draw(300);
});
window.addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = before.theme;
  for (const report of before.reports) report.open = false;
  view.draw();
});
document.documentElement.dataset.ready = "yes";
