"""Search: chapters before references to functions, unwritten pages last, and prose in the results.

Sphinx's own search ranks names of functions above everything, and shows code, TeX and tables of contents. Here the index holds
the words of every section (see `book.plain`), and `book/_static/search.js` finds and ranks them. The index is a script and not
JSON, because a page opened from disk may load scripts and nothing else; only the search page loads it.
"""

import json
import re

from docutils import nodes
from sphinx import addnodes

from book import ROOT, plain

INDEX = "_search/index.js"
CHAPTER, APPENDIX, REFERENCE, UNWRITTEN = range(4)

UNNAMED = {"exercise-content", "solution-content"}  # ids that a page would have many times, and so has not


def kind(name, text):
    """Return what a page is, by its name and by what its source says.

    >>> kind("chapters/2-ising/08-sampling", ""), kind("chapters/6-appendices/netlib/ising", ""), kind("index", "")
    (0, 2, 0)
    """
    if "in-preparation" in text:
        return UNWRITTEN
    if "/netlib/" in name:
        return REFERENCE
    return APPENDIX if "/6-appendices/" in name else CHAPTER


def collect(app, name, template, context, document):
    """Keep the sections of a page for the index; Sphinx calls this for every page that it writes."""
    if document is None or not app.builder.format == "html":
        return
    source = (ROOT / f"{name}.md").read_text(encoding="utf-8") if (ROOT / f"{name}.md").exists() else ""
    title = re.sub(r"<[^>]*>", "", context.get("title", name))
    app.book_search[name] = {
        "title": " ".join(title.split()),
        "page": f"{name}.html",
        "kind": kind(name, source),
        "parts": sections(document),
    }


def sections(document):
    """Return [anchor, heading, prose, names] of every section and every documented function, in the order of the page.

    What stands before the first heading below the title belongs to the page itself, whose anchor is empty. The names are those
    that its code uses: they are found, but not shown.
    """
    found = []
    for part in document.findall(lambda node: isinstance(node, nodes.section | addnodes.desc)):
        if isinstance(part, addnodes.desc):
            signature, content = part.children[0], part.children[-1]
            if signature.get("ids"):
                found.append([signature["ids"][0], signature["ids"][0], plain.words(content), ""])
            continue
        heading = next((child for child in part.children if isinstance(child, nodes.title)), None)
        own = [child for child in part.children if not isinstance(child, nodes.section | nodes.title)]
        text, code = " ".join(filter(None, map(plain.words, own))), names(own)
        top = isinstance(part.parent, nodes.document)
        if text or code or top:
            anchor = "" if top or part["ids"][0] in UNNAMED else part["ids"][0]
            found.append([anchor, "" if top or heading is None else plain.words(heading), text, code])
    return found


def names(parts):
    """Return the names with an underscore or a dot in the code of some nodes, each once."""
    code = [block.astext() for part in parts for block in part.findall(nodes.literal_block) if block.get("language") != "none"]
    return " ".join(dict.fromkeys(re.findall(r"[A-Za-z]\w*(?:[._]\w+)+", "\n".join(code))))


def write(app, exception):
    """Write the index beside the pages."""
    if exception is None and app.builder.format == "html" and app.book_search:
        path = app.outdir / INDEX
        path.parent.mkdir(parents=True, exist_ok=True)
        pages = sorted(app.book_search.values(), key=lambda page: (page["kind"], page["page"]))
        text = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
        path.write_text(f"searchIndex({text});\n", encoding="utf-8")


def setup(app):
    """Have Sphinx call `collect` for each page and `write` at the end."""
    app.book_search = {}
    app.connect("html-page-context", collect)
    app.connect("build-finished", write)
