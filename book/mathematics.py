r"""Room for formulas: how wide and high each will be, roughly, so that a page hardly moves when its formulas are typeset.

MathJax typesets a formula when it comes near the window. Until then a box of the estimated size stands in its place (``--w`` and
``--h`` in em of the text around, see ``site.css``). The estimate adds the widths of signs as TeX would set them. Against 4277
formulas of the book as MathJax sets them in a browser, half of the widths are within 0.14 em and nine of ten within 0.5 em. It
needs neither a browser nor MathJax, and an error costs a reader a shift of a few pixels.
"""

import html
import re

SCALE = 1.07  # MathJax enlarges formulas until their x is as high as that of the text
SCRIPT = 0.71
AROUND = 2.3  # the space above and below a displayed formula
WIDTHS = {
    **dict.fromkeys("MW", 0.95), **dict.fromkeys("mw", 0.78), **dict.fromkeys("ijl|!'", 0.3),
    **dict.fromkeys("tfrs", 0.42), **dict.fromkeys("0123456789", 0.5),
    **dict.fromkeys("()[]", 0.39), **dict.fromkeys(",;", 0.45), **dict.fromkeys(".:", 0.28), **dict.fromkeys("=<>", 1.33),
    **dict.fromkeys("+-−", 1.22), "/": 0.5, "*": 0.9, "…": 1.17,
}
NAMED = {
    **dict.fromkeys("times cdot pm div bmod".split(), 1.22), **dict.fromkeys("cdot mid".split(), 0.72),
    **dict.fromkeys("le leq ge geq ne neq approx sim propto in notin to equiv leftarrow ll gg".split(), 1.4),
    **dict.fromkeys("longrightarrow Longrightarrow".split(), 2.2), **dict.fromkeys("ldots dots cdots".split(), 1.3),
    **dict.fromkeys("sum".split(), 1.3), **dict.fromkeys("prod".split(), 1.2), **dict.fromkeys("int".split(), 0.8),
    **dict.fromkeys("langle rangle lvert rvert Vert { } |".split(), 0.39), "quad": 1.0, "qquad": 2.0,
    ",": 0.17, ";": 0.28, ":": 0.22,
    " ": 0.25, "!": -0.17, **dict.fromkeys("infty".split(), 1.0), **dict.fromkeys("ell".split(), 0.42),
    **dict.fromkeys("left right big Big bigl bigr Bigl Bigr textstyle displaystyle limits".split(), 0.0),
}
FUNCTIONS = set("ln log exp sin cos tan sinh cosh tanh coth max min lim det Pr arg".split())
LETTERS = {"mathrm", "mathbf", "mathsf", "mathcal", "text", "operatorname", "mathbb", "boldsymbol"}
TOKEN = re.compile(r"\\([A-Za-z]+\*?|.)|(\{|\}|\^|_|&)|(\s+)|(.)", re.DOTALL)
FORMULA = re.compile(r'(?s)(<(span|div) class="math[^"]*")([^>]*>)(.*?)(</\2>)')


def reserve(site, pages):
    """Write into every formula of the pages how much room it will need."""
    for path, text in pages.items():
        pages[path] = FORMULA.sub(_with_room, text)


def _with_room(match):
    opening, name, rest, tex, closing = match.groups()
    width, height = size(html.unescape(re.sub(r"<[^>]*>", "", tex)))
    room = f"--w:{width:.1f}em;--h:{height:.1f}em" if name == "span" else f"--h:{height:.1f}em"
    return f'{opening} style="{room}"{rest}{tex}{closing}'


def size(tex):
    r"""Return the width and the height of a formula in em of the text around it, as well as they can be guessed.

    >>> size(r"\(T\)"), size(r"\(2 + 2 = 4\)")
    ((0.8, 1.2), (4.3, 1.2))
    """
    display = "\\[" in tex
    shown = display or "\\begin{split" in tex
    tex = re.sub(r"\\tag\{[^}]*\}|\\label\{[^}]*\}", "", tex.strip())
    tex = re.sub(r"^\\[\[(]|\\[\])]$", "", tex)
    tex = re.sub(r"\\(?:begin|end)\{(?:split|aligned|gathered|equation\*?|align\*?)\}", "", tex) if shown else tex
    width, height = _block(tex, 1.0, shown)
    return round(width * SCALE, 1), round(height * SCALE + (AROUND if display else 0), 1)


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
            width += sum(0.25 if letter == " " else 0.5 for letter in re.sub(r"\\[A-Za-z]*|[{}]", "", text)) * scale
            width += 0.17 * scale if name == "operatorname" else 0
        elif name in ("underbrace", "overline", "bar", "hat", "tilde"):
            box = inside(group())
            width, height = width + box[0], max(height, box[1] + (0.7 if name == "underbrace" else 0.15) * scale)
            beside = name == "underbrace"
        elif name in FUNCTIONS:
            width += (0.5 * len(name) + 0.17) * scale
            beside = name in ("max", "min", "lim")
        elif name is not None:
            width += NAMED.get(name.rstrip("*"), 0.57) * scale
            if name in ("sum", "prod", "int"):
                beside = name != "int"
                height = max(height, 1.75 * scale if shown else height)
            elif name in ("left", "right"):
                width += 0.1 * scale
        elif sign in ("+", "-", "−") and (before in "([,=<>+-−" or place == len(tokens) or tokens[place][0] in "),+-"):
            width += 0.78 * scale
        elif sign:
            tight = 0.62 if scale < 1 and sign in "=<>+-−" else 1  # TeX sets no space around them in scripts
            width += WIDTHS.get(sign, 0.75 if sign.isupper() else 0.49) * scale * tight
        before = sign or " "
    settle()
    return width, height + sum(room.values())
