"""Pictures that load when they come into view: the frames of experiments, and the figures below the first.

`netlib.explore` writes an experiment as one block that holds all of its frames, so that it works wherever a notebook's output is
shown. On the site they are most of a page's bytes. `move_out` puts each experiment's frames into a file beside the pages, which
`explore.js` asks for when the experiment comes near; the first frame stays in the page, and stands without JavaScript. The file
is a script that hands its frames over, and not JSON, because a page opened from disk may load scripts and nothing else.
"""

import hashlib
import re
from urllib.parse import unquote

FOLDER = "_frames"
EXPERIMENT = re.compile(r'(?s)(<figure\b[^>]*\bdata-explore="\w+")((?:(?!<figure\b).)*?)'
                        r'<script type="application/json" class="explore-frames">(.*?)</script>\n?')
IMAGE = re.compile(r'<img\b[^>]*\bsrc="(?!data:)([^"]*)"[^>]*>')
PER_INCH = {"pt": 96 / 72, "px": 1, "": 1}


def move_out(site, pages):
    """Put the frames of all experiments into files of their own; change the texts in `pages`, a dict of path to text."""
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    for path, text in pages.items():
        up = _up(site, path)

        def moved(match, up=up):
            opening, between, data = match.groups()
            name = f"{hashlib.sha256(data.encode()).hexdigest()[:12]}.js"
            (folder / name).write_text(f'exploreFrames("{name}",{data});\n', encoding="utf-8")
            return f'{opening} data-frames="{up}{FOLDER}/{name}"{between}'

        pages[path] = EXPERIMENT.sub(moved, text)


def reserve(site, pages):
    """Give every picture its width and height, so that nothing moves when it comes; all but the first wait."""
    for path, text in pages.items():
        seen = []

        def sized(match, path=path, seen=seen):
            tag, source = match[0], unquote(match[1]).split("?")[0]
            picture = (path.parent / source).resolve()
            if not picture.is_relative_to(site.resolve()) or not picture.is_file():
                return tag
            added = ""
            if not re.search(r'\b(?:width|height)="', tag) and (size := pixels(picture)):
                added += ' width="{:.0f}" height="{:.0f}"'.format(*size)
            if "_images/" in source:
                added += ' decoding="async" loading="lazy"' if seen else ' fetchpriority="high"'
                seen.append(source)
            return f"<img{added}{tag[4:]}"

        pages[path] = IMAGE.sub(sized, text)


def pixels(picture):
    """Return width and height of a picture in CSS pixels, or None where it says none.

    An SVG without a size of its own has the one of its view box.
    """
    if picture.suffix != ".svg":
        from PIL import Image

        return Image.open(picture).size
    head = re.search(r"<svg\b[^>]*>", picture.read_text(encoding="utf-8"))[0]
    found = [re.search(rf'\b{side}="([\d.]+)(pt|px|)"', head) for side in ("width", "height")]
    if all(found):
        return tuple(float(match[1]) * PER_INCH[match[2]] for match in found)
    box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', head)
    return box and (float(box[1]), float(box[2]))


def _up(site, path):
    return "../" * len(path.relative_to(site).parent.parts)
