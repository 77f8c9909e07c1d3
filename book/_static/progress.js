// What this reader has read and answered: kept in this browser only, shown in the table of contents and on the page of all exercises.
(() => {
  "use strict";
  const KEY = "netlib-book";
  const VERSION = 1;
  const ID = /^\d+\.\d+$/;
  const PAGE = /^[\w/-]+$/;
  const RANK = ["tried", "own", "helped", "right"]; // what is kept when two records of one exercise meet
  const SAYS = {
    right: ["✓", "right"], helped: ["✓", "right, with help"], own: ["✓", "done, you say"], tried: ["➜", "not yet"], open: ["○", "open"],
  };
  let memory = { version: VERSION, exercises: {}, read: {} };
  let foreign = false;

  /** Return a record that holds nothing but what belongs there, or undefined if it is none. */
  function cleaned(data) {
    if (data?.version !== VERSION) return undefined;
    const clean = { version: VERSION, exercises: {}, read: {} };
    for (const [id, one] of Object.entries(data.exercises ?? {})) {
      if (!ID.test(id) || !one || !(RANK.includes(one.state) || one.opened === true)) continue;
      clean.exercises[id] = {};
      if (RANK.includes(one.state)) clean.exercises[id].state = one.state;
      if (one.opened === true) clean.exercises[id].opened = true;
      if (typeof one.answer === "string") clean.exercises[id].answer = one.answer.slice(0, 200);
    }
    for (const [page, yes] of Object.entries(data.read ?? {})) if (yes === true && PAGE.test(page)) clean.read[page] = true;
    return clean;
  }

  function load() {
    try {
      const data = JSON.parse(localStorage.getItem(KEY));
      foreign = data?.version > VERSION; // a later edition of the book wrote it: leave it alone
      memory = cleaned(data) ?? memory;
    } catch { /* no storage (a private window), or not ours: what is answered now is forgotten with the page */ }
  }

  function keep() {
    try {
      if (foreign) throw new Error("a later version");
      localStorage.setItem(KEY, JSON.stringify(memory));
    } catch {
      document.documentElement.dataset.progress = "forgotten";
    }
    show();
  }

  function change(id, how) {
    load();
    how((memory.exercises[id] ??= {}));
    if (!memory.exercises[id].state && !memory.exercises[id].opened) delete memory.exercises[id];
    keep();
  }

  const api = (window.bookProgress = {
    of: (id) => memory.exercises[id],
    answered(id, status, answer) {
      change(id, (one) => {
        const before = one.state;
        if (status === "right") one.state = before === "right" ? "right" : before === "tried" || before === "helped" || one.opened ? "helped" : "right";
        else if (before !== "right" && before !== "helped") one.state = "tried";
        if (status === "right" || one.state === "tried") one.answer = answer;
      });
    },
    opened: (id) => memory.exercises[id]?.state === "right" || change(id, (one) => (one.opened = true)),
    ticked: (id, yes) => change(id, (one) => (yes ? (one.state = "own") : delete one.state)),
    read(page) {
      if (memory.read[page]) return;
      load();
      memory.read[page] = true;
      keep();
    },
    export: () => JSON.stringify(memory, null, 1) + "\n",
    import(text) {
      const other = cleaned(JSON.parse(text));
      if (!other) throw new Error("no record of this book");
      load();
      for (const [id, one] of Object.entries(other.exercises)) {
        const mine = memory.exercises[id];
        if (!mine || RANK.indexOf(one.state) > RANK.indexOf(mine.state)) memory.exercises[id] = { ...mine, ...one };
      }
      Object.assign(memory.read, other.read);
      keep();
      return Object.keys(other.exercises).length;
    },
    erase() {
      memory = { version: VERSION, exercises: {}, read: {} };
      foreign = false;
      try {
        localStorage.removeItem(KEY);
      } catch { /* nothing was kept */ }
      show();
    },
  });

  // ---- the table of contents ----

  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const isDone = (id) => ["right", "helped", "own"].includes(memory.exercises[id]?.state);

  function showContents() {
    for (const item of document.querySelectorAll(".bd-docs-nav [data-page]")) {
      const { page, chapter } = item.dataset;
      const mark = item.querySelector(".toc-mark");
      if (!mark) continue;
      const total = Number(item.dataset.exercises ?? 0);
      const done = Array.from({ length: total }, (_, k) => `${chapter}.${k + 1}`).filter(isDone).length;
      const read = memory.read[page] === true;
      const long = [read && "read to its end", done && `${done} of ${plural(total, "exercise")} answered`].filter(Boolean).join("; ");
      mark.innerHTML = "";
      if (!long) continue;
      const [sign, said] = [document.createElement("span"), document.createElement("span")];
      sign.setAttribute("aria-hidden", "true");
      sign.textContent = [read && "✓", done && `${done}/${total}`].filter(Boolean).join(" ");
      said.className = "visually-hidden";
      said.textContent = `: ${long}`;
      mark.title = long;
      mark.append(sign, said);
    }
  }

  function scrollContents() {
    const here = document.querySelector(".bd-docs-nav [aria-current=page]");
    let box = here?.parentElement;
    while (box && !(box.scrollHeight > box.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(box).overflowY))) box = box.parentElement;
    if (!box || box === document.documentElement || box === document.body) return;
    const [inner, outer] = [here.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > Math.min(outer.bottom, innerHeight)) box.scrollTop += inner.top - outer.top - box.clientHeight / 3;
  }

  function watchTheEnd() {
    const item = document.querySelector(".bd-docs-nav [aria-current=page]")?.closest("[data-page]");
    const end = document.querySelector(".prev-next-area");
    if (!end || !item?.querySelector(".toc-mark")) return;
    let scrolled = false;
    addEventListener("scroll", () => (scrolled = true), { once: true, passive: true });
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting) || !(scrolled || document.documentElement.scrollHeight <= innerHeight + 1)) return;
      watcher.disconnect();
      api.read(item.dataset.page);
    });
    watcher.observe(end);
  }

  // ---- the page of all exercises ----

  function showTable() {
    const counts = { right: 0, helped: 0, own: 0, tried: 0, open: 0 };
    for (const row of document.querySelectorAll("tr[data-exercise]")) {
      const state = memory.exercises[row.dataset.exercise]?.state ?? "open";
      counts[state] += 1;
      const cell = row.querySelector(".exercise-state");
      cell.dataset.state = state;
      cell.innerHTML = `<span aria-hidden="true">${SAYS[state][0]}</span> ${SAYS[state][1]}`;
    }
    const sum = document.querySelector(".progress-sum");
    if (!sum) return;
    const total = Object.values(counts).reduce((a, b) => a + b, 0);
    sum.textContent = `${counts.right} of ${total} answered right, ${counts.helped} more with help, ${counts.own} ticked by you, `
      + `${counts.tried} tried and not yet right, ${counts.open} open.`
      + (document.documentElement.dataset.progress === "forgotten" ? " This browser lets the page keep nothing: export before you leave." : "");
  }

  function controls() {
    const panel = document.querySelector(".progress-panel");
    if (!panel) return;
    const said = panel.querySelector(".progress-said");
    const file = panel.querySelector("input[type=file]");
    panel.querySelector(".progress-export").addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([api.export()], { type: "application/json" }));
      link.download = "progress.json";
      link.click();
      URL.revokeObjectURL(link.href);
      said.textContent = "Exported as progress.json.";
    });
    panel.querySelector(".progress-import").addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      try {
        said.textContent = `Imported: ${plural(api.import(await file.files[0].text()), "exercise")}.`;
      } catch {
        said.textContent = "That file holds no progress of this book; nothing was changed.";
      }
      file.value = "";
    });
    panel.querySelector(".progress-erase").addEventListener("click", () => {
      if (!confirm("Erase all answers and reading marks that this browser keeps? This cannot be undone.")) return;
      api.erase();
      said.textContent = "Erased.";
    });
  }

  function show() {
    showContents();
    showTable();
  }

  function start() {
    scrollContents();
    addEventListener("load", () => requestAnimationFrame(scrollContents)); // the theme puts it back to where it was on the last page
    show();
    controls();
    watchTheEnd();
    addEventListener("storage", (event) => {
      if (event.key && event.key !== KEY) return;
      memory = { version: VERSION, exercises: {}, read: {} };
      load();
      show();
    });
  }

  load();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
