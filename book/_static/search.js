// The search page: finds and ranks the sections of book/search.py's index, which is loaded when there is something to look for.
(() => {
  "use strict";
  const KINDS = ["", "appendix", "netlib", "in preparation"];
  const ELSEWHERE = { // words that readers bring, and the words that this book has for it
    backpropagation: "chain rule", backprop: "chain rule", mcmc: "Markov chain", energies: "energy", softmax: "Boltzmann distribution",
    entropy: "surprise", "simulated annealing": "annealing", ebm: "energy", cd: "contrastive divergence", kl: "divergence",
  };
  const PAGES = 30, PARTS = 3, AROUND = 90;
  const results = document.getElementById("search-results");
  const query = (new URLSearchParams(location.search).get("q") ?? "").trim().slice(0, 200);
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[‐-–]/g, "-").replace(/[’]/g, "'").toLowerCase();
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const starts = (word, flags = "") => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}`, `u${flags}`);
  const count = (text, pattern) => (text.match(pattern) ?? []).length;

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text ?? "";
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // What a section is worth for the words looked for: nothing if one of them is missing, much if it is about them.
  function worth(part, words, phrase) {
    if (!words.every((word) => word.test(part.all))) return 0;
    const heading = count(part.heading, phrase) ? 40 : words.filter((word) => word.test(part.heading)).length * 6;
    const together = Math.min(6, count(part.prose, phrase)) * 4;
    const apart = Math.min(6, Math.min(...words.map((word) => count(part.prose, new RegExp(word.source, "gu")))));
    return heading + together + apart + 1;
  }

  function found(pages, wanted) {
    const words = wanted.split(/\s+/).map((word) => starts(word));
    const phrase = starts(wanted.replace(/\s+/g, " "), "g");
    const list = [];
    for (const page of pages) {
      const parts = page.parts.map((part) => ({ part, value: worth(part, words, phrase) })).filter(({ value }) => value);
      parts.sort((a, b) => b.value - a.value);
      const title = count(page.plain, phrase) ? 60 : words.every((word) => word.test(page.plain)) ? 30 : 0;
      if (!parts.length && !title) continue;
      const sum = parts.reduce((all, { value }) => all + value, 0);
      const exact = page.parts.some((part) => part.name === wanted || part.name?.endsWith(`.${wanted}`)) && /[_.]/.test(wanted);
      list.push({ page, parts: parts.map(({ part }) => part), value: title + (parts[0]?.value ?? 0) + sum / 4, tier: exact ? -1 : page.kind });
    }
    return list.sort((a, b) => a.tier - b.tier || b.value - a.value);
  }

  // A few words before and after the first place where a word stands, with the words marked.
  function snippet(text, words) {
    const low = plain(text);
    const same = low.length === text.length ? low : text.toLowerCase();
    const at = Math.max(0, Math.min(...words.map((word) => same.search(word)).filter((place) => place >= 0), text.length));
    let from = at === text.length ? 0 : Math.max(0, at - AROUND);
    let to = Math.min(text.length, from + 2.5 * AROUND);
    if (from) from = text.indexOf(" ", from) + 1;
    if (to < text.length) to = text.lastIndexOf(" ", to);
    const shown = element("p", from ? "… " : "");
    const either = new RegExp(words.map((word) => word.source).join("|"), "giu");
    let last = from;
    for (const hit of text.slice(from, to).matchAll(either)) {
      shown.append(text.slice(last, from + hit.index), element("mark", hit[0]));
      last = from + hit.index + hit[0].length;
    }
    shown.append(text.slice(last, to) + (to < text.length ? " …" : ""));
    return shown;
  }

  function show(list, wanted, remark) {
    const said = list.length ? `${list.length} ${list.length === 1 ? "page" : "pages"} with “${wanted}”` : `Nothing found for “${wanted}”`;
    const status = element("p", `${remark}${said}.`, { role: "status", class: "found-count" });
    const words = wanted.split(/\s+/).map((word) => starts(plain(word)));
    const listed = element("ol", "", { class: "found" });
    for (const { page, parts } of list.slice(0, PAGES)) {
      const item = element("li");
      const title = element("a", page.title, { href: page.page, class: "found-title" });
      item.append(title);
      if (KINDS[page.kind]) item.append(" ", element("span", KINDS[page.kind], { class: "found-kind" }));
      for (const part of parts.slice(0, PARTS)) {
        if (part.title) item.append(element("a", part.title, { href: `${page.page}#${part.anchor}`, class: "found-part" }));
        if (words.some((word) => word.test(part.prose))) item.append(snippet(part.text, words));
        else if (words.some((word) => word.test(part.names))) item.append(element("p", "In the code of this section."));
      }
      listed.append(item);
    }
    results.replaceChildren(status, listed);
  }

  function search(data) {
    const pages = data.map((page) => ({
      ...page,
      plain: plain(page.title),
      parts: page.parts.map(([anchor, title, text, names]) => {
        const [heading, prose] = [plain(title), plain(text)];
        const name = page.kind === 2 ? heading : undefined;
        const all = `${heading} ${prose} ${names.toLowerCase()}`;
        return { anchor, title, text, heading, prose, name, names: names.toLowerCase(), all };
      }),
    }));
    const wanted = plain(query).replace(/["“”]/g, "").trim();
    let list = found(pages, wanted);
    if (list.length) return show(list, query.replace(/["“”]/g, ""), "");
    const other = ELSEWHERE[wanted] ?? (/[_.\-]/.test(wanted) ? wanted.replace(/[_.\-]+/g, " ").trim() : undefined)
      ?? (wanted.length > 6 ? wanted.replace(/(?:ations?|ings?|ers?|ed|s)$/, "") : undefined);
    if (other && other !== wanted) list = found(pages, plain(other));
    if (list.length) return show(list, other, `No page has “${query}”. `);
    show([], query, "");
  }

  for (const field of document.querySelectorAll(".bd-search input[name=q]")) field.value = query;
  if (!query) return void results.replaceChildren(element("p", "Type a few words, and press Enter."));
  results.replaceChildren(element("p", "Looking …", { role: "status" }));
  window.searchIndex = search;
  const script = element("script", "", { src: "_search/index.js" });
  script.onerror = () => results.replaceChildren(element("p", "The index of the book could not be loaded.", { role: "status" }));
  document.head.append(script);
})();
