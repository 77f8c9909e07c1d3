"""What is said of a page to those who find it: description, address, picture, one title; and what lies at the site's root.

Addresses stand in pages only where the book's own is known (see `book.address`): canonical links, the sitemap, the picture.
"""

import html
import re
from datetime import datetime
from urllib.parse import quote

import yaml

from book import ROOT, address, plain

LONGEST = 158
CARD = "_static/card.png"
OTHERS = {"search": "Search", "genindex": "Index", "py-modindex": "Index of modules"}
THEME = """document.documentElement.dataset.mode = localStorage.getItem("mode") || "auto";
    document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";"""
SETTLED = """(() => {
      const root = document.documentElement.dataset;
      let mode = "auto";
      try { mode = localStorage.getItem("mode") || "auto"; } catch {}
      const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
      root.mode = mode;
      root.theme = mode === "auto" ? dark : mode;
    })();"""
PRINTED = re.compile(r'(<div id="jb-print-docs-body" class="onlyprint">\s*)<h1>(.*?)</h1>')
VIEWPORT = re.compile(r'\s*<meta name="viewport"[^>]*>')


def describe(app, name, template, context, document):
    """Put the description of a page, and what is shown where it is shared, into its head; Sphinx calls this for every page."""
    if app.builder.format != "html":
        return
    title = OTHERS.get(name) or html.unescape(re.sub(r"<[^>]*>", "", context.get("title", ""))) or app.config.html_title
    tags = [("property", "og:title", title), ("property", "og:site_name", app.config.html_title),
            ("property", "og:type", "website" if name == app.config.root_doc else "article")]
    if text := plain.shortened(plain.first_paragraph(document) if document else f"{title} of {app.config.html_title}.", LONGEST):
        tags += [("name", "description", text), ("property", "og:description", text)]
    if site := address.site():
        tags += [("property", "og:url", f"{site}{name}.html"), ("property", "og:image", f"{site}{CARD}"),
                 ("property", "og:image:alt", ALTERNATIVE), ("name", "twitter:card", "summary_large_image")]
    context["metatags"] = context.get("metatags", "") + "".join(
        f'\n    <meta {kind}="{key}" content="{html.escape(value)}">' for kind, key, value in tags)
    if name == "search":
        app.add_js_file("search.js")


def tidy(site, pages):
    """Leave one heading of the first order and one viewport in each page, settle its theme, and end it with its tools."""
    for path, text in pages.items():
        text = re.sub(r"<title>(.*?) &#8212; \1</title>", r"<title>\1</title>", text)
        if first := VIEWPORT.search(text):
            text = text[: first.end()] + VIEWPORT.sub("", text[first.end() :])
        text = text.replace(THEME, SETTLED, 1)
        text = PRINTED.sub(r'\1<p class="print-title">\2</p>', text)
        name = path.relative_to(site).with_suffix("").as_posix()
        if tools := page_tools(name, text):
            text = text.replace('<footer class="prev-next-footer', f'{tools}\n                <footer class="prev-next-footer', 1)
        pages[path] = text


def page_tools(name, text):
    """Return how to cite a page and where to report an error in it; nothing where the book's repository is not known."""
    repository, source = address.repository(), ROOT / f"{name}.md"
    if not repository or not source.exists():
        return ""
    title = html.unescape(re.sub(r"<[^>]*>", "", re.search(r"(?s)<title>(.*?)</title>", text)[1])).split(" — ")[0].strip()
    about = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = " and ".join(who.get("name") or f"{who['given-names']} {who['family-names']}" for who in about["authors"])
    web = f"{address.site()}{name}.html" if address.site() else f"{repository}/blob/{address.commit() or 'HEAD'}/{name}.md"
    year = datetime.fromisoformat(str(about["date-released"])).year
    key = f"energy{year}{re.sub('[^a-z0-9]', '', name.rsplit('/', 1)[-1])}"
    entry = "\n".join([f"@incollection{{{key},", f"  author    = {{{{{authors}}}}},", f"  title     = {{{title}}},",
                       f"  booktitle = {{{about['title']}}},", f"  year      = {{{year}}},", f"  url       = {{{web}}}", "}"])
    report = ""
    if address.on_github(repository):
        place = f"Page: {name}, commit {address.commit()}"
        query = f"title={quote(f'Error in {title}', safe='')}&amp;body={quote(place, safe='')}"
        report = f'<a href="{repository}/issues/new?{query}">Report an error on this page</a>'
    return (f'<aside class="page-tools" aria-label="About this page">{report}'
            f"<details><summary>Cite this page</summary><pre>{html.escape(entry)}</pre></details></aside>")


def publish(site):
    """Write what search engines and lost readers ask for: sitemap, robots.txt, a page for lost addresses, a picture."""
    found = [path.relative_to(site) for path in sorted(site.rglob("*.html"))]
    pages = [path.as_posix() for path in found if path.parts[0] not in ("lite", "_static") and path.stem not in {"404", *OTHERS}]
    known = address.site()
    robots = ["User-agent: *", "Disallow: /lite/" if not known else f"Disallow: {address.root()}lite/"]
    if known:
        entries = "".join(f"  <url><loc>{html.escape(known + page.removesuffix('index.html'))}</loc></url>\n" for page in pages)
        (site / "sitemap.xml").write_text('<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/'
                                          f'sitemap/0.9">\n{entries}</urlset>\n', encoding="utf-8")
        robots.append(f"Sitemap: {known}sitemap.xml")
    (site / "robots.txt").write_text("\n".join(robots) + "\n", encoding="utf-8")
    (site / "404.html").write_text(LOST.format(root=address.root(), title=html.escape(_title())), encoding="utf-8")
    card(site / CARD)


def _title():
    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]


ALTERNATIVE = "The name of the book beside a magnet near its critical temperature: islands of up and down spins of all sizes."
LOST = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>No such page · {title}</title>
<link rel="icon" href="{root}_static/logo.svg">
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 34rem; margin: 12vh auto 0; padding: 0 1rem; font: 1.1rem/1.5 Georgia, serif; }}
input, button {{ min-height: 2.4rem; padding: 0 0.7rem; font: inherit; }}
form {{ display: flex; gap: 0.5rem; }}
input {{ flex: 1; min-width: 0; }}
</style>
</head>
<body>
<main>
<h1>There is no such page</h1>
<p>The address may be misspelt, or the page has moved. The <a href="{root}index.html">first page</a> lists all chapters.</p>
<form action="{root}search.html" role="search">
<input name="q" type="search" aria-label="Search this book" placeholder="Search this book"><button>Search</button>
</form>
</main>
</body>
</html>
"""


def card(path):
    """Draw the picture that stands beside a link to the book where it is shared: 1200 × 630 pixels, computed by netlib."""
    import matplotlib
    import numpy as np
    from matplotlib.figure import Figure

    from netlib import ising, theory

    rng = np.random.default_rng(1)
    spins = ising.simulate(ising.random_spins((126, 240), rng), 1 / theory.critical_temperature(), 400, rng)[2]
    with matplotlib.rc_context({"font.family": "serif"}):
        figure = Figure((12, 6.3), dpi=100)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.axis("off")
        axes.imshow(spins, cmap=matplotlib.colors.ListedColormap(["#16324f", "#1f4a75"]), aspect="auto", interpolation="nearest")
        figure.text(0.07, 0.56, _title(), size=52, color="white", weight="bold", va="center")
        figure.text(0.07, 0.40, "From the Ising model to restricted Boltzmann machines", size=24, color="#f0deb4", va="center")
        figure.savefig(path, metadata={"Software": None})


def setup(app):
    """Have Sphinx call `describe` for each page, and give it the book's address."""
    app.connect("html-page-context", describe)
    app.connect("config-inited", _tell_address)


def _tell_address(app, config):
    config.html_baseurl = address.site() or ""
