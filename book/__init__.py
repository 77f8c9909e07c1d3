"""What makes the site and the notebooks out of the chapters."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
