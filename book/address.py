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


def site():
    """Return the address at which the book is published, ending in a slash, or None where it is not known.

    It is `BOOK_ADDRESS` where that is set; for a repository on GitHub, the one that GitHub Pages gives it.
    """
    if "BOOK_ADDRESS" in os.environ:
        given = os.environ["BOOK_ADDRESS"].rstrip("/")
        return f"{given}/" if re.match(r"https?://[^/]", given) else None
    found = on_github(repository())
    return pages(found) if found else None


def pages(name):
    """Return the address that GitHub Pages gives to a repository.

    >>> pages("Owner/name"), pages("owner/owner.github.io")
    ('https://owner.github.io/name/', 'https://owner.github.io/')
    """
    owner, repository = name.split("/")
    home = f"{owner.lower()}.github.io"
    return f"https://{home}/" if repository.lower() == home else f"https://{home}/{repository}/"


def root():
    """Return the path of the site on its host: where an address that does not exist finds the first page."""
    return re.sub(r"^https?://[^/]+", "", site() or "/")


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
