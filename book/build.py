"""The site, from nothing: execute the chapters, build strictly, and put notebooks and laboratory beside the pages.

    python -m book.build               # build _build/html
    python -m book.build --if-needed   # only if something that it depends on has changed
"""

import argparse
import os
import shutil
import subprocess
import sysconfig
import time
from pathlib import Path

from book import address, cache, lite

ROOT, BUILD = cache.ROOT, cache.BUILD
SITE = BUILD / "html"
STAMP = BUILD / "built"
LOG = BUILD / "build.log"
SOURCES = ("*.md", "_*.yml", "requirements.txt", "chapters/**/*", "book/**/*", "netlib/**/*", "studies/**/*")


def state():
    """Return a line that changes whenever the site would."""
    return f"{cache.fingerprint(*SOURCES)} {address.repository()} {address.commit()}\n"


def is_current():
    """Tell whether _build/html is what a build would make now."""
    return STAMP.exists() and STAMP.read_text() == state()


def build():
    """Build the site into _build/html; raise SystemExit, with the reason, if anything at all is wrong."""
    start, goal = time.perf_counter(), state()
    BUILD.mkdir(exist_ok=True)
    STAMP.unlink(missing_ok=True)
    executed = cache.folder()
    failures = cache.execute(executed)
    if failures:
        reports = [f"\n{'=' * 100}\n{name} failed while it was executed:\n\n{traceback}" for name, traceback in failures.items()]
        raise SystemExit("".join(reports) + f"\nNot built: {', '.join(failures)}")
    shutil.rmtree(SITE, ignore_errors=True)
    sphinx(executed)
    notebooks = lite.publish_notebooks(SITE)
    lite.build(SITE)
    STAMP.write_text(goal)
    print(f"_build/html: {len(notebooks)} notebooks beside the pages; {time.perf_counter() - start:.0f} s in all")


def sphinx(executed):
    """Run Jupyter Book from scratch with every warning an error; what it says is shown and kept in _build/build.log."""
    command = [str(Path(sysconfig.get_path("scripts")) / "jupyter-book"), "build", "--all", "-W", "-n", "--keep-going", str(ROOT)]
    environment = os.environ | cache.environment() | {"BOOK_CACHE": str(executed)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    LOG.write_text("".join(lines), encoding="utf-8")
    if process.returncode:
        raise SystemExit("The strict build found the warnings above, and stopped.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--if-needed", action="store_true", help="do nothing if the site is up to date")
    if parser.parse_args().if_needed and is_current():
        print("_build/html is up to date")
    else:
        build()


if __name__ == "__main__":
    main()
