"""The last hand on every page that Sphinx writes: `book.accessible` and `book.typography`, for every builder of HTML."""

from pathlib import Path

from docutils import nodes

from book import accessible, typography

DARK = "dark-without-scripts.css"
STYLES = ("styles/theme.css", "styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css", "pygments.css", "mystnb*.css",
          "sphinx-design.min.css", "book.css", "explore.css")


def setup(app):
    """Have Sphinx pass each page through here, add `page.js`, and write the style sheet for dark pages without scripts."""
    app.add_js_file("page.js")
    app.connect("builder-inited", take_pages)
    app.connect("doctree-read", note_sections)
    app.connect("env-purge-doc", lambda app, env, name: sections(env).pop(name, None))
    app.connect("env-merge-info", merge_sections)
    app.connect("build-finished", write_dark_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def take_pages(app):
    """Wrap the builder's templates, so that a page is finished before it is written."""
    templates = getattr(app.builder, "templates", None)
    if app.builder.format != "html" or templates is None:
        return
    render = templates.render

    def finished(template, context):
        page = render(template, context)
        if not template.endswith(".html"):
            return page
        page = accessible.mended(page, context["pathto"](f"_static/{DARK}", resource=True))
        page = typography.numbered(typography.together(page))
        return typography.referenced(page, context.get("pagename", ""), lambda *section: section_number(app.env, *section))

    templates.render = finished


def section_number(env, name, anchor):
    """Return the number of a chapter or section, such as "8.2"; "" if it has none."""
    section = sections(env).get(name, {}).get(anchor) if anchor else ""
    if section is None:
        return ""
    return ".".join(map(str, env.toc_secnumbers.get(name, {}).get(f"#{section}" if section else "") or ()))


def sections(env):
    """Return page -> id -> the id by which Sphinx numbers the section that has it ("" for the chapter itself)."""
    if not hasattr(env, "book_sections"):
        env.book_sections = {}
    return env.book_sections


def note_sections(app, doctree):
    """Remember the names of the sections of the page that was just read."""
    found = sections(app.env)[app.env.docname] = {}
    for section in doctree.findall(nodes.section):
        numbered = "" if isinstance(section.parent, nodes.document) else section["ids"][0]
        found.update(dict.fromkeys(section["ids"], numbered))


def merge_sections(app, env, names, other):
    """Take over what another process has read."""
    sections(env).update({name: sections(other)[name] for name in names if name in sections(other)})


def write_dark_style(app, problem):
    """Gather what the dark page's rules say into one style sheet, which only a page without scripts asks for."""
    static = Path(app.outdir) / "_static"
    if problem is None and app.builder.format == "html" and static.is_dir():
        sheets = [path for pattern in STYLES for path in sorted(static.glob(pattern))]
        rules = "\n".join(accessible.darkened(path.read_text(encoding="utf-8")) for path in sheets)
        (static / DARK).write_text(rules + "\n", encoding="utf-8")
