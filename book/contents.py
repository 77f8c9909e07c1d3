"""One knows where one is: the table of contents marks what is written, "next" leads to what can be read, the authors are named.

A page is unwritten as long as it holds an admonition of the class `in-preparation`. The marks of what *this reader* has read and
answered are put beside the chapters by `_static/progress.js`.
"""

import posixpath

import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from book import ROOT, address
from book.exercises import everywhere

LATER = 900  # after the theme has put its own functions into the page's context


class Authors(SphinxDirective):
    """The authors as CITATION.cff names them, and where the book's source is, if that is known."""

    def run(self):
        citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        parts = ("name", "given-names", "family-names")
        names = [" ".join(one[part] for part in parts if part in one) for one in citation["authors"]]
        line = nodes.paragraph("", "By " + " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])), classes=["authors"])
        line[0] = nodes.Text(line.astext().replace("By The ", "By the "))
        if repository := address.repository():
            line += [nodes.Text(" · "), nodes.reference("", "the source", refuri=repository)]
        return [line]


def note(app, doctree):
    """Remember whether the page that was just read is written."""
    unwritten = any("in-preparation" in node["classes"] for node in doctree.findall(nodes.admonition))
    written(app.env)[app.env.docname] = not unwritten


def written(env):
    """Return page -> whether it is written."""
    if not hasattr(env, "book_written"):
        env.book_written = {}
    return env.book_written


def forget(app, env, name):
    written(env).pop(name, None)


def merge(app, env, names, other):
    written(env).update({name: written(other)[name] for name in names if name in written(other)})


def neighbour(env, name, way):
    """Return the written page before (way 1) or after (way 2) the page `name` in the order of the book, or None.

    >>> class env:
    ...     book_written = {"a": True, "b": False, "c": True}
    ...     collect_relations = lambda: {"a": [None, None, "b"], "b": [None, "a", "c"], "c": [None, "b", None]}
    >>> neighbour(env, "a", 2), neighbour(env, "c", 1), neighbour(env, "c", 2)
    ('c', 'a', None)
    """
    relations = env.collect_relations()
    name = relations.get(name, [None] * 3)[way]
    while name and not written(env).get(name, True):
        name = relations[name][way]
    return name


def lead_on(app, doctree, name):
    """Say on an unwritten page which written ones stand before and after it."""
    if app.builder.format != "html" or written(app.env).get(name, True):
        return
    box = next(node for node in doctree.findall(nodes.admonition) if "in-preparation" in node["classes"])
    line = nodes.paragraph("", "")
    for way, words in ((1, "What is written before it: "), (2, "What is written after it: ")):
        if page := neighbour(app.env, name, way):
            uri = app.builder.get_relative_uri(name, page)
            link = nodes.reference("", app.env.titles[page].astext(), refuri=uri, internal=True)
            line += [nodes.Text((" " if line.children else "") + words), link, nodes.Text(".")]
    box += line


def mark(app, page, template, context, doctree):
    """Mark the table of contents of a page, and let "previous" and "next" lead to what can be read."""
    if page in app.env.titles:
        for way, key in ((1, "prev"), (2, "next")):
            other = neighbour(app.env, page, way)
            title = app.builder.render_partial(app.env.titles[other])["title"] if other else None
            context[key] = {"link": app.builder.get_relative_uri(page, other), "title": title} if other else None
    draw = context.get("generate_toctree_html")
    if draw is not None:
        def marked(kind, **options):
            html = draw(kind, **options)
            return marks(str(html), page, app.env) if kind == "sidebar" else html
        context["generate_toctree_html"] = marked


def marks(html, here, env):
    """Return a table of contents with what is known of each page: exercises, whether it is written, whether one is there."""
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.select("li > a.reference"):
        target = link["href"].split("#")[0]
        page = posixpath.normpath(posixpath.join(posixpath.dirname(here), target)).removesuffix(".html") if target else here
        item = link.parent
        item["data-page"] = page
        if page == here:
            link["aria-current"] = "page"
        if not written(env).get(page, True):
            item["class"] = [*item.get("class", []), "toc-unwritten"]
            link.append(soup.new_tag("span", attrs={"class": "toc-soon"}, string=" in preparation"))
            continue
        if found := everywhere(env).get(page):
            item["data-chapter"], item["data-exercises"] = next(iter(found)).split(".")[0], str(len(found))
        if "toctree-l1" in item.get("class", []):
            link.append(soup.new_tag("span", attrs={"class": "toc-mark"}))
    return str(soup)


def setup(app):
    """Register the directive, and what happens when pages are read and written."""
    app.add_directive("authors", Authors)
    app.connect("doctree-read", note)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("doctree-resolved", lead_on)
    app.connect("html-page-context", mark, priority=LATER)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
