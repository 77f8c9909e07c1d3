"""How fast, accessible and well described pages are, as Lighthouse sees them: a report, and nothing fails by it.

    python -m book.lighthouse                # the landing page, a chapter of each kind, a page of the reference
    python -m book.lighthouse PAGE.html ...

Lighthouse is no part of the book and needs Node; `npm install -g lighthouse` brings it, and LIGHTHOUSE may name it elsewhere. The
site is served compressed from this machine, as GitHub Pages does it.
"""

import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from book import build

GOALS = {"performance": "speed", "accessibility": "a11y", "best-practices": "practices", "seo": "SEO"}
MISSING = "Lighthouse is not here, so nothing was measured (npm install -g lighthouse, or LIGHTHOUSE=/where/it/is)."
PACKED = (".html", ".js", ".css", ".svg", ".json")
FLAGS = "--headless=new --no-sandbox --disable-gpu"


class Compressed(http.server.SimpleHTTPRequestHandler):
    """Serves files as a web host would: text compressed, and kept for ten minutes."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in PACKED or not path.is_file():
            return super().do_GET()
        content = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        for name, value in {"Content-Type": self.guess_type(path), "Content-Encoding": "gzip", "Content-Length": len(content),
                            "Cache-Control": "max-age=600", "Vary": "Accept-Encoding"}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


def pages():
    """Return what is measured if nothing is named: the landing page, the tour, two chapters, a page of the reference."""
    site = build.SITE
    chapters = sorted(site.glob("chapters/[1-5]*/*.html"), key=lambda path: path.stat().st_size)
    named = [site / "index.html", site / "chapters/0-tour/tour.html", site / "chapters/2-ising/08-sampling.html", chapters[-1],
             site / "chapters/6-appendices/netlib/ising.html"]
    return list(dict.fromkeys(path.relative_to(site).as_posix() for path in named if path.exists()))


def measure(program, address, form):
    """Return Lighthouse's report on a page; `form` is mobile or desktop."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        preset = ["--preset=desktop"] if form == "desktop" else []
        command = [*program, address, "--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={FLAGS}", *preset]
        process = subprocess.run(command, capture_output=True, text=True)
        if not report.exists():
            raise SystemExit(f"Lighthouse failed on {address}:\n{process.stderr}")
        return json.loads(report.read_text(encoding="utf-8"))


def main(names=()):
    found = os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse")
    if not found:
        print(MISSING)
        return
    program = ["node", found] if found.endswith(".js") else [found]
    handler = functools.partial(Compressed, directory=build.SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"{'':8}" + "".join(f"{label:>11}" for label in [*GOALS.values(), "LCP", "blocked", "shift", "kB"]))
        for name in names or pages():
            print(name)
            for form in ("mobile", "desktop"):
                report = measure(program, f"http://127.0.0.1:{server.server_address[1]}/{name}", form)
                scores = [f"{100 * (report['categories'][key]['score'] or 0):.0f}" for key in GOALS]
                audits = report["audits"]
                scores += [f"{audits['largest-contentful-paint'].get('numericValue', 0) / 1000:.1f} s",
                           f"{audits['total-blocking-time'].get('numericValue', 0):.0f} ms",
                           f"{audits['cumulative-layout-shift'].get('numericValue', 0):.3f}",
                           f"{audits['total-byte-weight'].get('numericValue', 0) / 1000:.0f}"]
                print(f"{form:8}" + "".join(f"{score:>11}" for score in scores), flush=True)
                for key in ("accessibility", "best-practices", "seo"):
                    for reference in report["categories"][key]["auditRefs"]:
                        if reference["weight"] and audits[reference["id"]]["score"] == 0:
                            print(f"{'':10}{GOALS[key]}: {audits[reference['id']]['title']}")
        server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
