"""What the book adds to Sphinx: questions with answers (`quiz`), launch buttons, what is said of a page (`head`) and its words
(`search`), the mark of a draft, and the fitting cache."""

import os
import re

from docutils import nodes

from book import ROOT, cache, head, launch, quiz, search

DRAFT = "This chapter is a draft: it is not whole yet, and what it says may change."


def setup(app):
    """Register the book's directive, launch buttons, drafts and cache with Sphinx."""
    app.add_config_value("comments_config", {}, "env")  # Jupyter Book sets it, though its extension for comments is not loaded
    app.connect("config-inited", use_the_books_cache)
    app.connect("doctree-resolved", mark_draft)
    app.connect("autodoc-process-docstring", keep_initials, priority=600)  # after napoleon
    quiz.setup(app)
    launch.setup(app)
    head.setup(app)
    search.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def use_the_books_cache(app, config):
    """Take outputs from the folder that `book.build` has filled, or else from the one that belongs to netlib as it is now.

    A preview of one page executes no other: pages that have no kept outputs are shown without.
    """
    config.nb_execution_cache_path = os.environ.get("BOOK_CACHE") or str(cache.folder())
    if os.environ.get("BOOK_PREVIEW"):
        missing = [path for path in cache.pages() if not cache.is_kept(path)]
        config.nb_execution_excludepatterns = [path.relative_to(ROOT).as_posix() for path in missing]


def keep_initials(app, what, name, item, options, lines):
    r"""Let a line of a docstring that begins with a person's initial be text, which Sphinx would take for item A of a list.

    >>> lines = ["A. D. Sokal, Monte Carlo Methods"]
    >>> keep_initials(None, "", "", None, None, lines)
    >>> print(*lines)
    \A. D. Sokal, Monte Carlo Methods
    """
    lines[:] = [re.sub(r"^(\s*)([A-Z]\. )", r"\1\\\2", line) for line in lines]


def mark_draft(app, doctree, name, root=ROOT):
    """Say under the title of a page whose front matter says ``draft: true`` that it is one."""
    title = next(doctree.findall(nodes.title), None)
    if title is not None and cache.is_draft(root / f"{name}.md"):
        note = nodes.admonition("", nodes.title("", "A draft"), nodes.paragraph("", DRAFT), classes=["warning"])
        title.parent.insert(title.parent.index(title) + 1, note)
