"""The whole book in one PDF: each page of the built site printed by a Chromium that is already installed, and joined.

    python -m book.pdf               # _build/html -> _build/book.pdf
    python -m book.pdf 08 09         # only the pages whose names hold one of these words, in _build/part.pdf

A page is printed with its print style (`book.css`): title, figures, and the solutions at its end. What joins them is done here: a
title page, contents with page numbers, a number on each page, bookmarks, and links that lead within the book, not to a website.
"""

import argparse
import functools
import http.server
import io
import os
import posixpath
import shutil
import threading
from html import escape
from importlib.util import find_spec
from urllib.parse import unquote, urldefrag

import yaml

from book import ROOT, build

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
PAPER = {"prefer_css_page_size": True, "print_background": True}
PATIENCE = 120_000

FRONT = """@page { size: A4; margin: 22mm 24mm; }
body { margin: 0; font: 10.5pt/1.4 "Palatino", "P052", Georgia, serif; color: #1d2430; }
.title { height: 240mm; display: flex; flex-direction: column; justify-content: center; break-after: page; }
.title p { display: block; font-size: 13pt; }
h1 { font: 650 34pt/1.1 system-ui, sans-serif; margin: 0 0 8mm; text-wrap: balance; }
h1.contents { font-size: 22pt; }
h2 { font: 620 11pt system-ui, sans-serif; margin: 7mm 0 2mm; break-after: avoid; }
p { display: flex; justify-content: space-between; gap: 6mm; margin: 0; break-inside: avoid; }
a { color: inherit; text-decoration: none; }
.level-1 { font-weight: 600; margin-top: 2.5mm; }
.level-1:has(+ .level-2) { break-after: avoid; }
.level-2 { padding-left: 6mm; font-size: 9.5pt; }"""
FOOT = """@page { size: A4; margin: 0; }
body { margin: 0; background: none; }
div { box-sizing: border-box; height: 297mm; padding: 283mm 18mm 0 22mm; overflow: hidden;
  display: flex; justify-content: space-between; font: 8pt system-ui, sans-serif; color: #56606f; break-inside: avoid; }
div + div { break-before: page; }"""

# Formulas are typeset when they come near the window: ask for all. Then each heading takes over the names of its section, which
# has no box of its own on paper; and a link to every name is added, since Chromium notes only the places to which a link leads.
READY = """() => { for (const what of ["wheel", "beforeprint"]) dispatchEvent(new Event(what));
  for (const image of document.images) image.loading = "eager"; }"""
SET = """() => [...document.querySelectorAll(".bd-article .math")].every(e => e.querySelector("mjx-math"))
  && [...document.images].every(image => image.complete)"""
NAMED = """() => {
  const heads = [];
  for (const section of document.querySelectorAll(".bd-article section[id]")) {
    const head = section.querySelector(":scope > :is(h1, h2, h3, h4)");
    if (!head) continue;
    const id = section.id;
    section.removeAttribute("id");
    const mark = document.createElement("a");
    mark.id = id;
    head.prepend(mark);
    for (const other of section.querySelectorAll(":scope > span[id]")) { mark.before(other); }
    const words = head.cloneNode(true);
    words.querySelectorAll(".headerlink, mjx-assistive-mml").forEach(e => e.remove());
    heads.push([Number(head.tagName[1]), words.textContent.replace(/\\s+/g, " ").trim(), id]);
  }
  const links = document.createElement("div");
  links.hidden = true;
  for (const e of document.querySelectorAll(".bd-article [id]")) {
    const link = document.createElement("a");
    link.href = "#" + e.id;
    links.append(link);
  }
  document.body.append(links);
  return heads;
}"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="print only pages whose names hold one of these words")
    words = parser.parse_args().words
    if missing := [name for name in ("playwright", "pypdf") if not find_spec(name)]:
        raise SystemExit(f"make pdf needs {' and '.join(missing)}: pip install -r requirements.txt")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise SystemExit("make pdf prints with Chromium, and there is none: install Chromium or Chrome, or name one in CHROMIUM. "
                         "(Nothing else in this book needs it; any browser prints a single chapter.)")
    if not (build.SITE / "index.html").exists():
        raise SystemExit("there is no built site in _build/html: make book")
    names = [name for name in pages() if not words or any(word in name for word in words)]
    target = build.BUILD / ("part.pdf" if words else "book.pdf")
    from playwright.sync_api import sync_playwright

    with serve(build.SITE) as address, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found, args=FLAGS)
        count = join(chromium, address, names, target)
        chromium.close()
    print(f"{target.relative_to(ROOT)}: {count} pages, {target.stat().st_size / 1e6:.1f} MB")


def pages():
    """Return the names of the book's pages in their order.

    >>> pages()[:2]
    ['index', 'chapters/0-tour/tour']
    """
    def below(entry):
        return [entry["file"], *(name for section in entry.get("sections", ()) for name in below(section))]

    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *(name for part in toc["parts"] for chapter in part["chapters"] for name in below(chapter))]


class serve:
    """Serve a folder on this machine alone, as a context; gives the address."""

    def __init__(self, folder):
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *problem):
        self.server.shutdown()
        self.server.server_close()


def join(chromium, address, names, target):
    """Print the pages `names` with a running Chromium and write them as one PDF; return how many sheets it has."""
    from pypdf import PdfReader, PdfWriter

    page = chromium.new_page(color_scheme="light", viewport={"width": 1200, "height": 900})
    parts = []
    for name in names:
        parts.append(Part(name, *printed(page, f"{address}/{name}.html")))
        print(f"{len(parts[-1].reader.pages):5d} pages  {name}", flush=True)
    page.close()
    first = 1
    for part in parts:
        part.first = first
        first += len(part.reader.pages)
    page = chromium.new_page()
    front = PdfReader(io.BytesIO(set_on_paper(page, front_matter(address, parts))))
    numbers = PdfReader(io.BytesIO(set_on_paper(page, page_numbers(parts))))
    page.close()

    writer = PdfWriter()
    for sheet in front.pages:
        writer.add_page(sheet)
    before = len(front.pages)
    for part in parts:
        for sheet in part.reader.pages:
            writer.add_page(sheet)
    for sheet, number in zip(writer.pages[before:], numbers.pages, strict=True):
        sheet.merge_page(number)
        sheet.compress_content_streams()  # which came apart when they were merged
    places = {(part.name, name): (before + part.first - 1 + number, top)
              for part in parts for name, (number, top) in part.places().items()}
    lead_within(writer, address, places, [None] * before + [part.name for part in parts for _ in part.reader.pages])
    bookmarks(writer, parts, places)
    writer.add_metadata({"/Title": config()["title"], "/Author": config()["author"]})
    writer.compress_identical_objects()
    target.parent.mkdir(exist_ok=True)
    with open(target, "wb") as file:
        writer.write(file)
    return len(writer.pages)


class Part:
    """A page of the site on paper: its PDF, its headings as (level, text, id), and the number of its first sheet."""

    def __init__(self, name, data, heads):
        from pypdf import PdfReader
        self.name, self.heads, self.first, self.reader = name, heads, None, PdfReader(io.BytesIO(data))

    def places(self):
        """Return id -> (number of the sheet in this part, height on it); the part itself is ""."""
        sheets = {sheet.indirect_reference.idnum: number for number, sheet in enumerate(self.reader.pages)}
        found = {"": (0, None)}
        for name, place in self.reader.named_destinations.items():
            found[unquote(name.lstrip("/#"))] = (sheets[place.raw_get("/Page").idnum], float(place.get("/Top") or 0))
        return found


def printed(page, address):
    """Open a page of the site, wait until all of it is set, and return its PDF and its headings."""
    page.goto(address, wait_until="load")
    page.evaluate(READY)
    page.wait_for_function(SET, timeout=PATIENCE)
    heads = page.evaluate(NAMED)
    return page.pdf(**PAPER), heads


def set_on_paper(page, text):
    page.set_content(text)
    return page.pdf(**PAPER)


def config():
    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))


def front_matter(address, parts):
    """Return the title page and the contents as HTML; links go to the website's addresses, as everywhere until `lead_within`."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    captions = {part["chapters"][0]["file"]: part["caption"] for part in toc["parts"]}
    rows = []
    for part in parts:
        if part.name in captions:
            rows.append(f'<h2>{escape(captions[part.name])}</h2>')
        places = part.places()
        for level, text, name in part.heads:
            if level <= (1 if "/netlib/" in part.name or part.name == "index" else 2):
                where = part.first + places.get(name, (0, 0))[0]
                anchor = f"#{name}" if level > 1 else ""
                link = f'<a href="{address}/{part.name}.html{anchor}">{escape(text)}</a>'
                rows.append(f'<p class="level-{level}">{link}<span>{where}</span></p>')
    title, author, year = (escape(str(config()[name])) for name in ("title", "author", "copyright"))
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{FRONT}</style><div class="title"><h1>{title}</h1>'
            f"<p>From statistical mechanics to restricted Boltzmann machines.</p><p>{author}, {year}</p></div>"
            f'<h1 class="contents">Contents</h1>{"".join(rows)}</html>')


def page_numbers(parts):
    """Return one empty sheet for each page, with its number and its chapter at the foot."""
    sheets = []
    for part in parts:
        title = next((text for level, text, _ in part.heads if level == 1), "")
        sheets += [f"<div><span>{escape(title)}</span><span>{part.first + k}</span></div>" for k in range(len(part.reader.pages))]
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{FOOT}</style>{"".join(sheets)}</html>'


def lead_within(writer, address, places, owners):
    """Turn links between the book's pages into links within the PDF; those to other things of the website go."""
    from pypdf.generic import ArrayObject, FloatObject, NameObject, NullObject

    for sheet, owner in zip(writer.pages, owners, strict=True):
        kept = ArrayObject()
        for reference in sheet.get("/Annots", ()):
            link = reference.get_object()
            target = link.get("/A", {}).get("/URI") if "/A" in link else None
            if "/Dest" in link or (target and target.startswith(address)):
                if target:
                    path, anchor = urldefrag(target)
                    name = posixpath.normpath(unquote(path.removeprefix(address).lstrip("/"))).removesuffix(".html")
                else:
                    name, anchor = owner, unquote(str(link["/Dest"]).lstrip("/#"))
                place = places.get((name, unquote(anchor)), places.get((name, "")))
                if place is None:
                    continue
                number, top = place
                link.pop("/A", None)
                height = NullObject() if top is None else FloatObject(top)
                link[NameObject("/Dest")] = ArrayObject(
                    [writer.pages[number].indirect_reference, NameObject("/XYZ"), NullObject(), height, NullObject()])
            kept.append(reference)
        if "/Annots" in sheet:
            sheet[NameObject("/Annots")] = kept


def bookmarks(writer, parts, places):
    """Write an outline: chapters, and their sections under them."""
    from pypdf.generic import Fit

    for part in parts:
        above = None
        for level, text, name in part.heads:
            number, top = places.get((part.name, name), places[part.name, ""])
            fit = Fit.xyz(top=top) if top else Fit.fit()
            if level == 1:
                above = writer.add_outline_item(title=text, page_number=number, fit=fit)
            elif level == 2:
                writer.add_outline_item(title=text, page_number=number, parent=above, fit=fit)


if __name__ == "__main__":
    main()
