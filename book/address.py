"""Where the book lives: its repository and the commit that is being built. Without a repository, no button points to one."""

import os
import re
import subprocess

from book import ROOT


def repository():
    """Return the repository's address without its ending, e.g. https://github.com/owner/name, or None."""
    actions = f"{os.environ.get('GITHUB_SERVER_URL', '')}/{os.environ.get('GITHUB_REPOSITORY', '')}".strip("/")
    if "BOOK_REPOSITORY" in os.environ:
        found = os.environ["BOOK_REPOSITORY"]
    else:
        found = actions or _git("config", "--get", "remote.origin.url") or ""
    return _as_web_address(found)


def commit():
    """Return the commit that is being built, or None outside a git repository."""
    return _git("rev-parse", "HEAD") or os.environ.get("GITHUB_SHA")


def on_github(address):
    """Return owner/name if the address is one on GitHub, else None.

    >>> on_github("https://github.com/owner/name")
    'owner/name'
    """
    match = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)", address or "")
    return match and match[1]


def _as_web_address(remote):
    """Turn what git calls a remote into an address for a browser; None if it is none (a local path, say).

    >>> _as_web_address("git@github.com:owner/name.git")
    'https://github.com/owner/name'
    """
    remote = re.sub(r"^(ssh://)?git@([^:/]+)[:/]", r"https://\2/", remote.strip())
    remote = re.sub(r"^(https?://)[^@/]*@", r"\1", remote)
    return remote.rstrip("/").removesuffix(".git") if re.match(r"https?://[^/]+/.", remote) else None


def _git(*arguments):
    try:
        answer = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return answer.stdout.strip() or None
