"""The buttons under a chapter's title that run it: in the browser (JupyterLite), on Binder, in Colab, or downloaded.

Nothing points nowhere: a page without a generated notebook has no buttons, and a book without a repository on GitHub has neither
Binder nor Colab.
"""

from html import escape
from urllib.parse import quote, urlsplit

from docutils import nodes

from book import ROOT, address, lite

ENTRIES = {
    "Run in your browser": "JupyterLite: nothing to install, and your work is kept in this browser",
    "Binder": "A fresh machine on mybinder.org with everything installed; takes a minute or two",
    "Colab": "Google Colab; needs a Google account",
    "Download notebook": "The chapter as a Jupyter notebook",
}
HOSTS = {"Binder": "mybinder.org", "Colab": "colab.research.google.com"}


def links(notebook, up, repository, commit):
    """Return the pairs (text, address) for one notebook.

    Parameters
    ----------
    notebook : str
        The notebook's path in the book, e.g. chapters/2-ising/08-sampling.ipynb.
    up : str
        The way from the page to the site's root, e.g. ../../.
    repository, commit : str or None
        Where the book lives and what is being built.

    Examples
    --------
    >>> [text for text, _ in links("chapters/a.ipynb", "../", None, None)]
    ['Run in your browser', 'Download notebook']
    >>> links("chapters/a.ipynb", "../", "https://github.com/me/it", "c0ffee")[1][1]
    'https://mybinder.org/v2/gh/me/it/c0ffee?urlpath=lab/tree/chapters/a.ipynb'
    """
    path, github = quote(notebook), address.on_github(repository)
    found = [("Run in your browser", f"{up}lite/lab/index.html?path={path}")]
    if github and commit:
        found.append(("Binder", f"https://mybinder.org/v2/gh/{github}/{commit}?urlpath=lab/tree/{path}"))
    if github:
        found.append(("Colab", f"https://colab.research.google.com/github/{github}/blob/notebooks/{path}"))
    return [*found, ("Download notebook", f"{up}notebooks/{path}")]


def note(texts):
    """Say which hosts are asked by the buttons with these texts.

    >>> note(["Run in your browser", "Download notebook"])
    'Running it in your browser fetches Python from cdn.jsdelivr.net. Reading asks no other host for anything.'
    """
    asked = [f"{text} is a machine at {HOSTS[text]}. " for text in texts if text in HOSTS]
    first = f"Running it in your browser fetches Python from {urlsplit(lite.PYODIDE).hostname}. "
    return f"{first}{''.join(asked)}Reading asks no other host for anything."


def add_buttons(app, doctree, name):
    """Put the buttons under the title of every page that has a notebook beside its source."""
    if app.builder.format != "html" or not (ROOT / f"{name}.ipynb").exists():
        return
    title = next(doctree.findall(nodes.title), None)
    if title is None:
        return
    entries = links(f"{name}.ipynb", "../" * name.count("/"), address.repository(), address.commit())
    items = "".join(button(text, target) for text, target in entries)
    said = f"<ul>{items}</ul><p>{note([text for text, _ in entries])}</p>"
    row = nodes.raw("", f'<nav class="launch" aria-label="Run this chapter">{said}</nav>', format="html")
    title.parent.insert(title.parent.index(title) + 1, row)


def button(text, target):
    """Return one button as a list item."""
    download = " download" if text.startswith("Download") else ""
    return f'<li><a href="{escape(target)}" title="{escape(ENTRIES[text])}"{download}>{text}</a></li>'


def setup(app):
    """Have Sphinx call `add_buttons` for each page."""
    app.connect("doctree-resolved", add_buttons)
