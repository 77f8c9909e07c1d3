"""The built site, once for all tests, and a Chromium that may speak to nobody else.

Fixtures for any test: `site` (the folder, built strictly if it is not up to date), `address` (where it is served), and
`open_page(path, width=1400, scheme="light")`, which returns a page; its `faults` lists requests to other hosts and errors.
"""

import functools
import http.server
import os
import shutil
import threading

import pytest

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
TYPESET = "() => !document.querySelector('.math') || document.documentElement.dataset.mathematics == 'whole'"


@pytest.fixture(scope="session")
def site():
    """Build the site if anything that it depends on has changed; return its folder."""
    from book import build

    if not build.is_current():
        try:
            build.build()
        except SystemExit as stopped:
            pytest.fail(f"the site could not be built: {stopped}", pytrace=False)
    return build.SITE


@pytest.fixture(scope="session")
def address(site):
    """Serve the site on this machine alone; return its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def program():
    """Return where a Chromium is, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium():
    """Start a Chromium that is already installed; without one the test is skipped, or fails where CI is set."""
    found = program()
    if not found:
        missing = "no Chromium on the PATH (nor in CHROMIUM), so the pages were not opened in a browser"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, address):
    """Return a function that opens a page of the site and waits until its formulas stand."""
    contexts = []

    def opened(path, width=1400, scheme="light", scripts=True):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.faults = []

        def only_this_site(route):
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                page.faults.append(f"asked another host: {route.request.url}")
                route.abort()

        context.route("**/*", only_this_site)
        def notice(is_fault, text):
            if is_fault:
                page.faults.append(text)

        page.on("console", lambda message: notice(message.type == "error", f"console: {message.text}"))
        page.on("pageerror", lambda error: notice(True, f"script: {error}"))
        page.on("response", lambda response: notice(response.status >= 400, f"{response.status}: {response.url}"))
        page.goto(f"{address}/{path}", wait_until="load")
        if scripts:
            page.evaluate("() => dispatchEvent(new Event('wheel'))")  # a sign of life, at which the rest is typeset
            page.wait_for_function(TYPESET, timeout=60000)
        return page

    yield opened
    for context in contexts:
        context.close()
