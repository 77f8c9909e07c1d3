// Mathematics is typeset after everything else: at once what is in view, and the rest, as soon as the page is touched or has stood
// for a while, whenever the browser has nothing else to do; so the page is soon whole for a screen reader, a search in the page and
// a jump to an anchor. Before printing MathJax typesets what is left.
(() => {
  "use strict";
  const root = document.documentElement;
  if (!document.querySelector(".math")) return;
  const here = document.currentScript.src.replace(/[^/]*$/, "");
  const given = window.MathJax ?? {};
  const { enableMenu, ...options } = given.options ?? {}; // there is no menu
  const PATIENCE = 12; // milliseconds of typesetting at a time
  const LATER = 8000; // milliseconds after which the rest is typeset even if nobody has touched the page
  let untouched = true;
  const moved = new Promise((done) => {
    const now = () => done((untouched = false));
    for (const what of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(what, now, { once: true, passive: true });
  });
  const whole = new Promise((done) => (document.readyState === "complete" ? done() : addEventListener("load", done)));
  const later = () => Promise.race([moved, new Promise((done) => setTimeout(done, LATER))]);

  const waiting = (page) => [...page.lazyList.items].filter(([, item]) => item.lazyTypeset).map(([id]) => id);
  const idle = window.requestIdleCallback?.bind(window) ?? ((work) => setTimeout(work, 30));

  // Typeset a few formulas at a time until none is left; how many depends on how long the last ones took.
  function theRest(page) {
    return new Promise((done) => {
      let count = 8;
      const some = () => {
        const left = waiting(page);
        if (!left.length) return done();
        const began = performance.now();
        left.slice(0, count).forEach((id) => page.lazySet.add(id));
        page.lazyHandleSet();
        page.lazyPromise.then(() => {
          const took = performance.now() - began;
          count = Math.max(4, Math.min(60, Math.round((count * PATIENCE) / Math.max(took, 1))));
          idle(some);
        });
      };
      idle(some);
    });
  }

  // A formula that is wider than the column scrolls, also by keyboard; no other is a stop for the Tab key.
  function reachable() {
    for (const formula of document.querySelectorAll("mjx-container[display=true]")) {
      if (formula.scrollWidth > formula.clientWidth + 1) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  }

  window.MathJax = {
    ...given,
    loader: { ...given.loader, load: [] },
    tex: { ...given.tex, packages: { "[+]": ["ams", "newcommand", "configmacros", "boldsymbol"] } },
    options: { ...options, lazyMargin: "400px" },
    startup: {
      ...given.startup,
      ready() {
        MathJax.startup.defaultReady();
        const page = MathJax.startup.document;
        window.mathematics = MathJax.startup.promise
          .then(() => whole)
          .then(later)
          .then(() => theRest(page))
          .then(() => {
            reachable();
            addEventListener("resize", reachable);
            root.dataset.mathematics = "whole";
            const target = untouched && location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
            if (target) target.scrollIntoView();
          });
      },
    },
  };
  const script = document.createElement("script");
  script.src = `${here}mathjax/typeset.js`;
  script.async = true;
  script.onerror = () => (root.dataset.mathematics = "failed"); // then its TeX is shown
  document.head.append(script);
})();
