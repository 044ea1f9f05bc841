// The chosen task, the failures, and the lints.

/** So much of what a task said is shown. */
const SAID = 100;

class Details {
  constructor(view) { this.view = view; }

  draw() {
    const { run, task } = this.view;
    const panel = at("details");
    panel.hidden = task < 0;
    if (task < 0) return panel.replaceChildren();
    const { tasks } = run;
    const facts = element("dl");
    const fact = (name, value) => {
      if (value === "" || value.length === 0) return;
      const cell = element("dd");
      cell.append(...[value].flat());
      facts.append(element("dt", "", name), cell);
    };
    const [, site] = run.kinds[tasks.kind[task]];
    const wait = tasks.wait(task);
    const failure = run.failures.find((each) => each.task === task);
    fact("State", stateElement(tasks.state[task]));
    fact("Name", visible(run.title(task)));
    fact("Worker", tasks.worker[task] < 0 ? "" : visible(run.workerText(tasks.worker[task])));
    fact("Submitted", tasks.submitted[task] === UNKNOWN ? "" : `${duration(tasks.submitted[task])} into the run`);
    fact("Waited", wait === UNKNOWN ? "" : `${duration(wait)} in the queue`);
    fact("Ran", tasks.run[task] === UNKNOWN ? "" : duration(tasks.run[task]));
    if (tasks.onCPU[task] !== UNKNOWN) {
      const [onCPU, ready] = [tasks.onCPU[task], tasks.ready[task]];
      const blocked = tasks.run[task] - onCPU - ready;
      fact("Of which", `on CPU ${duration(onCPU)}, ready ${duration(ready)}, blocked ${duration(blocked)}`);
    }
    fact("By", tasks.submitted[task] === UNKNOWN ? "" : this.#link(tasks.parent[task]));
    fact("At", site >= 0 ? visible(`${run.siteText(site)} in ${run.sites[site][2]}`) : "");
    const waits = run.waits.filter((each) => each.task === task).slice(0, 20);
    fact("Waited for", waits.flatMap((each) => [this.#link(each.awaited), ` ${each.end === UNKNOWN ? "(not ended)" : duration(each.end - each.start)} `]));
    const said = run.saidBy.get(task) ?? [];
    fact("Said", said.slice(0, SAID).map(([time, words]) => element("div", "", visible(`${words}, ${duration(time)} into the run`))));
    if (said.length > SAID) fact("", `and ${count(said.length - SAID)} more`);
    if (run.unsaid) fact("", "The page has not all that was said.");
    if (failure) {
      fact("Error", visible(failure.type));
      fact("Message", visible(failure.message));
    }
    fact("Input", visible(failure?.input ?? run.inputs.get(task) ?? ""));
    const head = element("div", "panel-head");
    const show = element("button", "", "On the timeline");
    show.type = "button";
    show.addEventListener("click", () => this.view.reveal());
    head.append(element("h2", "", visible(run.path(task))), show);
    panel.replaceChildren(head, facts);
  }

  #link(task) {
    const { run } = this.view;
    const path = visible(task < 0 ? run.roots[-1 - task] : run.path(task));
    if (task < 0 || run.tasks.state[task] === HIDDEN) return path;
    const button = element("button", "link", path);
    button.type = "button";
    button.addEventListener("click", () => this.view.choose(task));
    return button;
  }
}

class Lints {
  constructor(view) { this.view = view; }

  draw() {
    const { run } = this.view;
    at("lints").hidden = run.lints.length === 0;
    at("lint-list").replaceChildren(...run.lints.map((lint) => {
      const item = element("li");
      item.append(element("strong", "", visible(lint.sentence)), " ", element("span", "muted", lint.remedy));
      if (lint.task >= 0) {
        const button = element("button", "link", visible(run.path(lint.task)));
        button.type = "button";
        button.addEventListener("click", () => { this.view.choose(lint.task); this.view.reveal(); });
        item.append(" ", button);
      }
      return item;
    }));
  }
}

class Failures {
  constructor(view) { this.view = view; }

  draw() {
    const { run } = this.view;
    at("failures").hidden = run.failures.length === 0;
    const reports = run.failures.filter((failure) => failure.report !== null);
    at("failure-count").textContent = `${count(run.failures.length)} in ${count(reports.length)} ${reports.length === 1 ? "way" : "ways"}`;
    at("reports").replaceChildren(...reports.map((failure, place) => {
      const report = element("details", "report");
      report.open = place === 0;
      // Made by the command for a terminal: nothing in it needs escaping any more.
      const headline = failure.report.indexOf("\n");
      report.append(element("summary", "", failure.report.slice(0, headline)), element("pre", "", failure.report.slice(headline + 1)));
      if (failure.task >= 0) {
        const button = element("button", "", "On the timeline");
        button.type = "button";
        button.addEventListener("click", () => { this.view.choose(failure.task); this.view.reveal(); });
        report.append(button);
      }
      return report;
    }));
  }
}
