"""Install netlib and, one by one, the packages of the extra ``bench`` into the environment that runs this.

A peer that cannot be installed does not keep the others away: the table says that it is missing.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def pip(*arguments):
    """Run pip install, with the versions of the book; return whether it succeeded."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", "requirements.txt", *arguments]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def peers(text):
    """Return the packages of the extra ``bench``, given the text of pyproject.toml."""
    return tomllib.loads(text)["project"]["optional-dependencies"]["bench"]


if __name__ == "__main__":
    if not pip("-e", "."):
        sys.exit("netlib itself could not be installed")
    for peer in peers((ROOT / "pyproject.toml").read_text(encoding="utf8")):
        if not pip(peer):
            print(f"{peer} could not be installed; the table will say so", file=sys.stderr)
