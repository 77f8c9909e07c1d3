r"""Room for formulas: how wide and high each will be, roughly, so that a page hardly moves when its formulas are typeset.

MathJax typesets a formula when it comes near the window. Until then a box of the estimated size stands in its place (``--w`` and
``--h`` in em of the text around, see ``site.css``). The estimate adds the widths of signs as TeX would set them. Against 4277
formulas of the book as MathJax sets them in a browser, half of the widths are within 0.06 em and nine of ten within 0.4 em. It
needs neither a browser nor MathJax, and an error costs a reader a shift of a few pixels.
"""

import functools
import html
import re

from book import ROOT
from book.plain import GREEK

SCALE = 1.02  # MathJax enlarges formulas until their x is as high as that of the text
SCRIPT = 0.71
AROUND = 2.45  # the space above and below a displayed formula
FONTS = ROOT / "book" / "_static" / "mathjax" / "output" / "chtml" / "fonts" / "woff-v2"
RELATION, BINARY, AFTER = 10 / 18, 8 / 18, 3 / 18  # TeX's spaces
RELATIONS = {
    "=": "=", "<": "<", ">": ">", ":": ":", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "=", "neq": "=", "approx": "≈",
    "sim": "∼", "propto": "∝", "in": "∈", "notin": "∈", "equiv": "≡", "to": "→", "leftarrow": "←", "mid": "∣",
    "ll": "≪", "gg": "≫", "longrightarrow": "→→", "Longrightarrow": "→→",
}
OPERATORS = {"+": "+", "-": "−", "−": "−", "*": "∗", "times": "×", "cdot": "⋅", "pm": "±", "div": "÷"}
PLAIN = {
    "langle": "⟨", "rangle": "⟩", "lvert": "|", "rvert": "|", "Vert": "∥", "{": "{", "}": "}", "|": "∥", "infty": "∞",
    "partial": "∂", "nabla": "∇", "ell": "ℓ", "bmod": "mod  ", "ldots": "…", "dots": "…",
    "cdots": "…",
}
SPACES = {"quad": 1.0, "qquad": 2.0, ",": 3 / 18, ":": 4 / 18, ";": 5 / 18, "!": -3 / 18, " ": 0.25,
          **dict.fromkeys("left right big Big bigl bigr Bigl Bigr textstyle displaystyle limits".split(), 0.0)}
LEANING = {  # what a slanted letter reaches over, where nothing below follows it
    **dict.fromkeys("BDSZ", 0.06), **dict.fromkeys("CEIJKHX", 0.08), **dict.fromkeys("MNUf", 0.11),
    **dict.fromkeys("FPTW", 0.14), **dict.fromkeys("VY", 0.22), "y": 0.04,
}
FUNCTIONS = set("ln log exp sin cos tan sinh cosh tanh coth max min lim det Pr arg".split())
LETTERS = {"mathrm", "mathbf", "mathsf", "mathcal", "text", "operatorname", "mathbb", "boldsymbol"}
TOKEN = re.compile(r"\\([A-Za-z]+\*?|.)|(\{|\}|\^|_|&)|(\s+)|(.)", re.DOTALL)
FORMULA = re.compile(r'(?s)(<(span|div) class="math[^"]*")([^>]*>)(.*?)(</\2>)')


def reserve(site, pages):
    """Write into every formula of the pages how much room it will need."""
    for path, text in pages.items():
        pages[path] = FORMULA.sub(_with_room, text)


@functools.cache
def _widths(name):
    """Return sign -> width in em of one of MathJax's fonts."""
    from fontTools.ttLib import TTFont

    font = TTFont(FONTS / f"MathJax_{name}.woff")
    return {chr(code): font["hmtx"][glyph][0] / font["head"].unitsPerEm for code, glyph in font.getBestCmap().items()}


def _wide(text, italic=False):
    widths = _widths("Math-Italic" if italic else "Main-Regular")
    return sum(0.25 if sign == " " else widths.get(sign, 0.55) for sign in text)


def _with_room(match):
    opening, name, rest, tex, closing = match.groups()
    width, height = size(html.unescape(re.sub(r"<[^>]*>", "", tex)))
    room = f"--w:{width:.2f}em;--h:{height:.1f}em" if name == "span" else f"--h:{height:.1f}em"
    return f'{opening} style="{room}"{rest}{tex}{closing}'


def size(tex):
    r"""Return the width and the height of a formula in em of the text around it, as well as they can be guessed.

    >>> size(r"\(T\)"), size(r"\(2 + 2 = 4\)")
    ((0.74, 1.1), (4.14, 1.1))
    """
    display = "\\[" in tex
    shown = display or "\\begin{split" in tex
    tex = re.sub(r"\\tag\{[^}]*\}|\\label\{[^}]*\}", "", tex.strip())
    tex = re.sub(r"^\\[\[(]|\\[\])]$", "", tex)
    tex = re.sub(r"\\(?:begin|end)\{(?:split|aligned|gathered|equation\*?|align\*?)\}", "", tex) if shown else tex
    width, height = _block(tex, 1.0, shown)
    return round(width * SCALE, 2), round(height * SCALE + (AROUND if display else 0), 1)


def _block(tex, scale, shown):
    """Lines one below the other, each a row of columns."""
    environments = {}

    def inner(match):
        rows = [row for row in re.split(r"\\\\", match[2]) if row.strip()]
        cells = [[_row(cell, scale, False) for cell in row.split("&")] for row in rows]
        columns = max(map(len, cells))
        wide = sum(max((row[k][0] for row in cells if k < len(row)), default=0) for k in range(columns))
        small = SCRIPT if match[1] == "smallmatrix" else 1
        width = (wide + (columns - 1) * scale + (0.9 if "matrix" in match[1] or match[1] == "cases" else 0)) * small
        high = sum(max(1.2, max(cell[1] for cell in row) * 1.1) for row in cells) * small
        name = f"\\matrix{'abcdefghijklmnopqrstuvwxyz'[len(environments) % 26] * (1 + len(environments) // 26)}"
        environments[name[1:]] = (width, high)
        return name + " "

    tex = re.sub(r"(?s)\\begin\{(\w+\*?)\}(?:\{[^}]*\})?((?:(?!\\begin).)*?)\\end\{\1\}", inner, tex)
    rows = [row for row in re.split(r"\\\\(?:\[[^\]]*\])?", tex) if row.strip()] or [""]
    boxes = [_row(row.replace("&", ""), scale, shown, environments) for row in rows]
    return max(box[0] for box in boxes), sum(box[1] for box in boxes) + 0.35 * (len(boxes) - 1)


def _row(tex, scale, shown, environments=None):
    """Return width and height of one line, by adding its signs."""
    environments = environments or {}
    tokens = [match for match in TOKEN.finditer(tex)]
    place = 0

    def group():
        """Read one argument; return its tokens' text."""
        nonlocal place
        while place < len(tokens) and tokens[place][3]:
            place += 1
        if place == len(tokens):
            return ""
        start = tokens[place]
        place += 1
        if start[1] in LETTERS:
            return f"{start[0]}{{{group()}}}"
        if start[2] != "{":
            return start[0]
        depth, begin = 1, start.end()
        while place < len(tokens):
            token = tokens[place]
            place += 1
            depth += {"{": 1, "}": -1}.get(token[2], 0)
            if not depth:
                return tex[begin : token.start()]
        return tex[begin:]

    def inside(text, factor=scale):
        return _row(text, factor, False, environments)

    width, height, scripts, beside, before = 0.0, 1.1 * scale, {}, False, "("
    room = {"^": 0.0, "_": 0.0}

    def settle():
        """Scripts above and below each other take the wider one's room."""
        nonlocal width, scripts
        width += max(scripts.values(), default=0)
        scripts = {}

    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token[2] in ("^", "_"):
            box = inside(group(), scale * SCRIPT)
            scripts[token[2]] = 0 if beside and shown else box[0] + 0.05
            room[token[2]] = max(room[token[2]], (0.55 if beside and shown else 0.1) * scale)
            continue
        if token[3]:
            continue
        settle()
        beside = False
        name, sign = token[1], token[4]
        if name in environments:
            wide, high = environments[name]
            width, height = width + wide, max(height, high)
        elif name in ("frac", "tfrac", "dfrac", "binom"):
            factor = scale if (shown and name != "tfrac") or name == "dfrac" else scale * SCRIPT
            above, below = inside(group(), factor), inside(group(), factor)
            width += max(above[0], below[0]) + (0.24 if name != "binom" else 0.8) * scale
            height = max(height, above[1] + below[1] + (0.3 if factor == scale else 0) * scale)
        elif name == "sqrt":
            box = inside(group())
            width, height = width + box[0] + 0.83 * scale, max(height, box[1] + 0.25 * scale)
        elif name in LETTERS:
            text = group()
            width += _wide(re.sub(r"\\[A-Za-z]*|[{}]", "", text)) * scale
            width += AFTER * scale if name == "operatorname" else 0
        elif name in ("underbrace", "overline", "bar", "hat", "tilde"):
            box = inside(group())
            width, height = width + box[0], max(height, box[1] + (0.7 if name == "underbrace" else 0.15) * scale)
            beside = name == "underbrace"
        elif name in FUNCTIONS:
            width += (_wide(name) + (0 if place < len(tokens) and tokens[place][0] == "(" else AFTER)) * scale
            beside = name in ("max", "min", "lim")
        elif name in ("sum", "prod", "int"):
            beside = name != "int"
            width += (1.35 if shown else 1.0) * scale if beside else 0.6 * scale
            width += AFTER * scale
            height = max(height, 1.75 * scale) if shown else height
        elif name in SPACES:
            width += SPACES[name] * scale
        elif (name or sign) in RELATIONS:
            width += (_wide(RELATIONS[name or sign]) + (RELATION if scale == 1 else 0)) * scale
        elif (name or sign) in OPERATORS:
            alone = before in "([,=<>+-−" or place == len(tokens) or tokens[place][0] in "),+-}"
            width += (_wide(OPERATORS[name or sign]) + (BINARY if scale == 1 and not alone else 0)) * scale
        elif name in PLAIN:
            width += _wide(PLAIN[name]) * scale
        elif name in GREEK or name in ("epsilon", "phi"):
            width += _wide(chr(0x3B1 + GREEK.index(name)) if name in GREEK else "ϵ", italic=True) * scale
        elif name is not None:
            width += 0.66 * scale  # a capital Greek letter, or what nobody has used yet
        elif sign:
            width += 0 if place < len(tokens) and tokens[place][0] == "_" else LEANING.get(sign, 0) * scale
            width += (_wide(sign, sign.isalpha()) + (AFTER if sign in ",;" and scale == 1 else 0)) * scale
        before = "=" if name in RELATIONS else sign or " "
    settle()
    return width, height + sum(room.values())
