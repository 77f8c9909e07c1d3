"""How far a long call is: a bar of tqdm where it is installed, in terminals and notebooks alike; otherwise one plain line."""

import sys
import time
from contextlib import contextmanager
from datetime import timedelta


@contextmanager
def shown(show, total, unit, done=0):
    """Yield ``report(done, says)``, which shows how much is done, the time gone and the time left; nothing unless `show`."""
    if not show:
        yield lambda done, says="": None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        try:
            yield _line(total, unit, done)
        finally:
            print(file=sys.stderr)
        return
    with tqdm(total=total, unit=unit, initial=done) as bar:
        def report(done, says=""):
            bar.set_postfix_str(says, refresh=False)
            bar.update(done - bar.n)
        yield report


def _line(total, unit, first):
    began, length = time.monotonic(), 0

    def report(done, says=""):
        nonlocal length
        gone = time.monotonic() - began
        left = gone * (total - done) / max(done - first, 1)
        gone, left = (timedelta(seconds=round(seconds)) for seconds in (gone, left))
        text = f"{unit} {done} of {total}, {gone} gone, {left} left {says}".rstrip()
        print("\r" + text.ljust(length), end="", file=sys.stderr, flush=True)
        length = len(text)

    return report
