// What is wrong with this page, by kind of fault; an empty list where nothing is.
() => {
  const main = document.querySelector("main");
  const all = (selector, root = main) => [...root.querySelectorAll(selector)];
  const tag = (e) => e.outerHTML.match(/^<[^>]*>/)[0].slice(0, 120);
  const text = (e) => e.textContent.slice(0, 80);
  const right = (e) => e.getBoundingClientRect().right;
  const visible = (e) => {
    const box = e.getBoundingClientRect();
    return box.width && box.height && getComputedStyle(e).visibility != "hidden";
  };
  const insideScroller = (e) => {
    for (let p = e.parentElement; p && p != document.body; p = p.parentElement) {
      if (getComputedStyle(p).overflowX != "visible") return true;
    }
    return false;
  };
  const clipped = (e) => getComputedStyle(e).overflowX == "hidden" && e.scrollWidth > e.clientWidth + 1;
  const named = (e) =>
    e.labels?.length || e.ariaLabel || e.getAttribute("aria-labelledby") || e.textContent.trim() || e.title;
  const searches = all(".search-button, .search-button-field, form.bd-search", document).filter(visible);
  return {
    "red error box": all("mjx-merror, [data-mjx-error]", document).map(text),
    "formula not typeset": all("span.math, div.math").filter((e) => !e.querySelector("mjx-math, mjx-merror")).map(text),
    "wider than the window": all("*").filter((e) => visible(e) && right(e) > innerWidth + 1 && !insideScroller(e)).map(tag),
    "page scrolls sideways": document.documentElement.scrollWidth > innerWidth + 1 ? ["yes"] : [],
    "clipped, no way to scroll": all("mjx-container[display=true], pre, table").filter((e) => visible(e) && clipped(e)).map(tag),
    "no alternative text": all("img").filter((e) => !e.alt.trim() || /\.(png|svg|webp)$/.test(e.alt)).map(tag),
    "control without a name": all("input, select, button").filter((e) => visible(e) && !named(e)).map(tag),
    "search boxes": searches.length == 1 ? [] : [`${searches.length} instead of one`],
  };
}
