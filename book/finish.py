"""What happens to the pages that Sphinx has written: they are made light, sized and found, and nothing else.

Each step takes all pages at once, as a dict of path to text. A page that was finished before (in a preview, where Sphinx writes
only what has changed) is left as it is.
"""

from book import assets, frames, head, mathematics

STEPS = (frames.move_out, frames.reserve, mathematics.reserve, head.tidy, assets.bundle)


def finish(site):
    """Finish all pages of the site in the folder `site`."""
    found = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html")) if is_page(path.relative_to(site))}
    for path, text in finished(site, {path: text for path, text in found.items() if not assets.is_bundled(text)}).items():
        path.write_text(text, encoding="utf-8")
    head.publish(site)


def is_page(path):
    """Tell whether a path within the site is a page of the book, and not part of the laboratory or of the theme."""
    return path.parts[0] not in ("lite", "_static") and path.name != "404.html"


def finished(site, pages):
    """Return the pages after every step; `site` holds what lies beside them."""
    for step in STEPS:
        step(site, pages)
    return pages
