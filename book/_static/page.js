// What a page needs beside its style: a keyboard reaches whatever scrolls, and paper is light and whole.
(() => {
  "use strict";
  const SCROLLS = ".bd-article pre, .bd-article .pst-scrollable-table-container, .bd-article div.math, .cell_output, .results";
  const box = (e) => (e.matches("div.math") ? e.querySelector("mjx-container") : e);

  // A box is a stop of the Tab key only while there is something to scroll in it.
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scroller = box(target);
      if (!scroller) continue;
      if (scroller.scrollWidth > scroller.clientWidth + 1) scroller.tabIndex = 0;
      else scroller.removeAttribute("tabindex");
    }
  });

  // On paper everything is open, and nothing keeps the dark colours; afterwards the page is as it was.
  const root = document.documentElement;
  let theme, opened;
  addEventListener("beforeprint", () => {
    theme ??= root.dataset.theme;
    root.dataset.theme = "light";
    opened ??= [...document.querySelectorAll(".bd-article details:not([open], .hide)")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = theme;
    for (const details of opened ?? []) details.open = false;
    theme = opened = undefined;
  });

  const start = () => document.querySelectorAll(SCROLLS).forEach((e) => watch.observe(e));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
