"""The site, from nothing: execute the chapters, write their notebooks, build strictly, finish the pages, and put notebooks and
laboratory beside.

    python -m book.build                     # build _build/html
    python -m book.build --if-needed         # only if something that it depends on has changed
    python -m book.build --page CHAPTER.md   # a quick look at one page, in _build/preview; no warning stops it

The site in _build/html is replaced by a whole new one or not at all.
"""

import argparse
import os
import re
import shutil
import subprocess
import sysconfig
import time
from pathlib import Path

from book import ROOT, address, cache, finish, lite, twins

BUILD = cache.BUILD
SITE = BUILD / "html"
STAMP = BUILD / "built"
LOG = BUILD / "build.log"
SOURCES = ("*.md", "_*.yml", "CITATION.cff", "requirements.txt", "chapters/**/*.md", "book/**/*", "netlib/**/*", "studies/**/*")


def state():
    """Return a line that changes whenever the site would."""
    return f"{cache.fingerprint(*SOURCES)} {address.repository()} {address.site()} {address.commit()}\n"


def is_current():
    """Tell whether _build/html is what a build would make now."""
    return STAMP.exists() and STAMP.read_text() == state()


def build():
    """Build the site into _build/html; raise SystemExit, with the reason, if anything at all is wrong."""
    start, goal = time.perf_counter(), state()
    BUILD.mkdir(exist_ok=True)
    STAMP.unlink(missing_ok=True)
    executed = cache.folder()
    cache.forget_all_but(executed)
    failures = cache.execute(executed, cache.pages())
    if failures:
        rule = "=" * 100
        reports = [f"\n{rule}\n{name} failed while it was executed:\n\n{text}" for name, text in failures.items()]
        raise SystemExit("".join(reports) + f"\nNot built: {', '.join(failures)}")
    notebooks = {chapter: twins.rendered(chapter) for chapter in cache.chapters()}
    _, edited = twins.write_all(notebooks)
    shutil.rmtree(BUILD / "next", ignore_errors=True)
    new, lines, failed = sphinx(BUILD / "next", executed, "--all", "-W", "-n", "--keep-going")
    LOG.write_text("".join(lines), encoding="utf-8")
    if failed:
        raise SystemExit(complaint(lines))
    finish.finish(new)
    lite.publish_notebooks(new, notebooks)
    lite.build(new, notebooks)
    replace(SITE, new)
    shutil.rmtree(BUILD / "next")
    STAMP.write_text(goal)
    print(f"_build/html: {len(notebooks)} notebooks beside the pages; {time.perf_counter() - start:.0f} s in all")
    for twin in edited:
        print(twins.EDITED.format(twin=twin.relative_to(ROOT)))
    for orphan in orphans():
        print(f"not in _toc.yml, and so not in the book: {orphan}")


def sphinx(folder, executed, *options, **variables):
    """Run Jupyter Book with its output under `folder`; return the pages' folder, what it said in lines, and whether it failed."""
    program = Path(sysconfig.get_path("scripts")) / "jupyter-book"
    command = [str(program), "build", *options, "--path-output", str(folder), str(ROOT)]
    environment = os.environ | cache.environment() | {"BOOK_CACHE": str(executed)} | variables
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    return folder / "_build" / "html", lines, process.returncode != 0


def complaint(lines):
    """Say why a strict build stopped: its warnings once more, at the end, where they are seen."""
    plain = [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in lines]
    found = list(dict.fromkeys(line for line in plain if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line))) or plain[-20:]
    listed = "\n  ".join(line.replace(f"{ROOT}{os.sep}", "") for line in found)
    return f"\nThe strict build stopped, and _build/html is what it was before. The reasons:\n  {listed}"


def replace(site, new):
    """Put the folder `new` in the place of `site`, which is removed after that."""
    old = site.with_name(f"{site.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def orphans():
    """Return the pages under chapters/ that _toc.yml does not name."""
    named = set(re.findall(r"file: *(\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8")))
    pages = (path.relative_to(ROOT).with_suffix("").as_posix() for path in sorted(ROOT.glob("chapters/**/*.md")))
    return [f"{page}.md" for page in pages if page not in named]


def preview(source):
    """Build one page as it will look into _build/preview, reading again only what has changed; return where it lies."""
    page = source.resolve().relative_to(ROOT)
    if not (ROOT / page).is_file() or str(page) in orphans():
        raise SystemExit(f"{page} is not a page of the book: no such file, or not in _toc.yml")
    executed = cache.folder()
    failures = cache.execute(executed, [ROOT / page] if ROOT / page in cache.pages() else [])
    if failures:
        raise SystemExit("".join(failures.values()))
    site, lines, failed = sphinx(BUILD / "preview", executed, BOOK_PREVIEW="1")
    if failed:
        raise SystemExit(complaint(lines))
    finish.finish(site)
    return site / page.with_suffix(".html")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--if-needed", action="store_true", help="do nothing if the site is up to date")
    parser.add_argument("--page", type=Path, metavar="CHAPTER.md", help="build a preview of this page alone")
    options = parser.parse_args()
    if options.page:
        print(f"open {preview(options.page)}")
    elif options.if_needed and is_current():
        print("_build/html is up to date")
    else:
        build()


if __name__ == "__main__":
    main()
