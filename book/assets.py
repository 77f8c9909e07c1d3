"""What a page loads to be drawn: one style sheet and one script, holding of the theme's what some page of the book uses.

Sphinx and the theme link ten style sheets and twenty scripts from every page: icons twice, a search index for readers who do not
search, styles for elements that no page has. `bundle` reads the built pages, and replaces all that by one file of each kind:

* the style sheet keeps a rule if one of its selectors can match: every class, id and element that it names stands in some page
  or in some script (what stands within ``:not()``, ``:is()`` and the like is not looked at, so that doubt keeps the rule);
  a variable that nothing reads goes, and so does an animation that nothing plays;
* the icons are the theme's font, Font Awesome Free, with the glyphs that the kept rules name, inside the style sheet;
* the scripts are joined in their order, the book's own first, and run when the page is parsed. MathJax comes last:
  ``mathematics.js`` asks for it, which a page without formulas does not.
"""

import base64
import hashlib
import io
import re
from pathlib import Path

import tinycss2

NEVER = ("fontawesome.js", "searchtools.js", "language_data.js", "searchindex.js")
OWN = ("quiz.js", "exercises.js", "progress.js", "explore.js", "page.js", "mathematics.js")
MATHJAX = "mathjax/typeset.js"
BOOTSTRAP = set("show showing hide hiding fade active disabled collapse collapsing collapsed tooltip tooltip-inner tooltip-arrow "
                "bs-tooltip-auto bs-tooltip-top bs-tooltip-bottom dropdown-menu modal-open".split())
DARK = "<noscript><style>"
LINK = re.compile(r'[ \t]*<link\b[^>]*\brel="stylesheet"[^>]*>\n?')
PRELOAD = re.compile(r'[ \t]*<link\b[^>]*\brel="preload"[^>]*\bas="script"[^>]*>\n?')
SCRIPT = re.compile(r"(?s)[ \t]*<script\b([^>]*)>(.*?)</script>\n?")
SOURCE = re.compile(r'\b(?:src|href)="([^"?]*)(?:\?[^"]*)?"')
UNUSED = "DOCUMENTATION_OPTIONS.pagename"  # read by a menu of versions, which the book has not
VARIABLES = re.compile(r"([{;])((?:--[\w-]+:[^;{}]*;?)+)(?=[^{]*\})")
GROUPING = {"media", "supports", "layer", "container"}
FACES = {"solid": "fa-solid-900.ttf", "regular": "fa-regular-400.ttf", "brands": "fa-brands-400.ttf"}


def bundle(site, pages):
    """Give every page one style sheet and one script in the place of all the others.

    Parameters
    ----------
    site : Path
    pages : dict
        Path of a page to its text, which is changed here and written by the caller.
    """
    if not pages:
        return
    static, taken = site / "_static", {path: take(path, text) for path, text in pages.items()}
    scripts = {tuple(part.scripts) for part in taken.values()}
    sheets = {tuple(part.sheets) for part in taken.values()}
    code = {key: "\n;\n".join(_text(site, part) for part in _in_order(key)) for key in scripts}
    read = {source: (site / source).read_text(encoding="utf-8") for key in scripts for kind, source in key if kind == "file"}
    words = names_in_pages(part.text for part in taken.values()) | names_in_scripts(read) | names_in_scripts(
        {str(path): path.read_text(encoding="utf-8") for path in static.glob("*.js")})
    spoken = "".join(code.values()) + "".join(set(re.findall(r'style="[^"]*"', "".join(pages.values()))))
    styles = {key: lean("\n".join(_flat(static, site / source) for source in key), words, spoken) for key in sheets}
    where = {key: _store(static, "book", "css", with_icons(style, static)) for key, style in styles.items()}
    where |= {key: _store(static, "book", "js", text) for key, text in code.items()}
    for path, part in taken.items():
        up = "../" * len(path.relative_to(site).parent.parts)
        links = f'<link rel="stylesheet" href="{up}_static/{where[tuple(part.sheets)]}">\n    '
        script = f'<script defer src="{up}_static/{where[tuple(part.scripts)]}"{part.data}></script>\n    '
        before = DARK if DARK in part.text else "</head>"  # the dark colours of a page without scripts come after the others
        pages[path] = part.text.replace(before, f"{links}{script}{part.preload}{before}", 1)
    replaced = {source for key in sheets for source in key} | set(read)
    _remove(site, replaced | {f"_static/{name}" for name in NEVER} | {"searchindex.js", "_static/basic.css"})


def is_bundled(text):
    """Tell whether a page has been given its one style sheet already."""
    return re.search(r'<link rel="stylesheet" href="[^"]*_static/book-[0-9a-f]{10}\.css">', text) is not None


class Taken:
    """A page's text without its style sheets and scripts, and those: sources relative to the site, and inline code.

    `data` holds the attributes that a script reads from its own element, `preload` the line that has MathJax fetched early.
    """

    def __init__(self, text):
        self.text, self.sheets, self.scripts, self.data, self.preload = text, [], [], "", ""


def take(path, text):
    """Take style sheets and joinable scripts out of a page. Scripts of other kinds, those of one page and MathJax stay."""
    part = Taken(text)
    up = re.search(r'data-content_root="([^"]*)"', text)[1]

    def sheet(match):
        part.sheets.append(SOURCE.search(match[0])[1].removeprefix(up))
        return ""

    def script(match):
        attributes, code = match[1], match[2]
        source = SOURCE.search(attributes)
        if 'type="' in attributes and "javascript" not in attributes:
            return match[0]
        if source is None:
            if code.strip().startswith(UNUSED):
                return ""
            if "data-cfasync" in attributes or code.strip().startswith("window.MathJax"):
                return match[0]
            part.scripts.append(("code", code.strip()))
        elif source[1].endswith(NEVER):
            return ""
        elif source[1].endswith(MATHJAX):
            part.preload = f'<link rel="preload" as="script" href="{source[1]}">\n    '
        else:
            part.scripts.append(("file", source[1].removeprefix(up)))
            part.data += "".join(re.findall(r' data-[\w-]+="[^"]*"', attributes))
        return ""

    part.text = SCRIPT.sub(script, PRELOAD.sub("", LINK.sub(sheet, text)))
    return part


def _in_order(scripts):
    """The theme's settings first, then the book's own scripts, so that experiments and questions answer before all else."""
    def rank(part):
        kind, text = part
        return [text.endswith("documentation_options.js"), kind == "code", text.endswith(OWN), True].index(True)

    return sorted(dict.fromkeys(scripts), key=rank)


def _text(site, part):
    kind, text = part
    if kind == "file":
        text = (site / text).read_text(encoding="utf-8")
    return re.sub(r"(?m)^//# sourceMappingURL=.*$", "", text).strip()


def _flat(static, path):
    """Return a style sheet with its imports inside and its addresses as they are seen from _static."""
    def inside(match):
        return _flat(static, (path.parent / match[1]).resolve())

    def moved(match):
        target = match[1].strip("\"' ")
        if target.startswith(("data:", "#")):
            return match[0]
        return f'url("{(path.parent / target).resolve().relative_to(static.resolve()).as_posix()}")'

    text = re.sub(r'@import\s+"([^"]+)";', inside, path.read_text(encoding="utf-8"))
    return re.sub(r"url\(((?:[^()\"']|\"[^\"]*\"|'[^']*')*)\)", moved, text) if path.parent != static else text


def names_in_pages(texts):
    """Return all classes, ids and element names of the pages."""
    found = set()
    for text in texts:
        for value in re.findall(r'\b(?:class|id)="([^"]*)"', text):
            found.update(value.split())
        found.update(re.findall(r"<([a-z][a-z0-9]*)", text))
    return found


def names_in_scripts(texts):
    """Return every word that scripts could use as a class, an id or an element.

    Of Bootstrap's script it is a list: it knows all of its own parts, of which the theme uses tooltips and collapsing menus.
    """
    found = set(BOOTSTRAP)
    for source, text in texts.items():
        if not source.endswith(("bootstrap.js", *NEVER)):
            found.update(re.findall(r"[A-Za-z_][\w-]*", text))
    return found


def lean(css, words, spoken):
    """Return a style sheet without the rules, variables and animations that nothing uses.

    Parameters
    ----------
    css : str
    words : set of str
        Every class, id and element name that may occur.
    spoken : str
        Texts other than the style sheet that may read variables: scripts, and style attributes.

    Examples
    --------
    >>> lean("a:hover, .gone p {color: red} .here:not(.gone) {--x: 1; margin: 0}", {"a", "here"}, "")
    'a:hover{color:red}.here:not(.gone){margin:0}'
    """
    rules = _used(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), words)
    while True:
        text = "".join(rules)
        read = set(re.findall(r"var\(\s*(--[\w-]+)", text)) | set(re.findall(r"--[\w-]+", spoken))
        played = set(re.findall(r"animation(?:-name)?:([^;}]*)", text))
        played = {word for value in played for word in re.findall(r"[A-Za-z_][\w-]*", value)}
        kept = []
        for rule in rules:
            if rule.startswith("@keyframes") and re.match(r"@keyframes\s+([\w-]+)", rule)[1] not in played:
                continue
            rule = VARIABLES.sub(lambda match, read=read: match[1] + _read(match[2], read), rule)
            if not re.fullmatch(r"[^{}]*\{\}", rule):
                kept.append(rule)
        if kept == rules:
            return text
        rules = kept


def _read(declarations, read):
    parts = re.findall(r"(--[\w-]+):([^;]*)(;?)", declarations)
    return "".join(f"{name}:{value}{end}" for name, value, end in parts if name in read)


def _used(rules, words):
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [text for text in _selectors(rule.prelude) if can_match(text, words)]
            body = _squeezed(rule.content)
            if selectors and body:
                kept.append(f"{','.join(selectors)}{{{body}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in GROUPING and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if body := "".join(_used(inner, words)):
                kept.append(f"@{rule.at_keyword} {_squeezed(rule.prelude)}{{{body}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword != "charset":
            body = ";" if rule.content is None else f"{{{_squeezed(rule.content)}}}"
            kept.append(f"@{rule.at_keyword} {_squeezed(rule.prelude)}{body}")
        elif rule.type == "error":
            raise ValueError(f"a style sheet cannot be read: {rule.message} in line {rule.source_line}")
    return kept


def _selectors(prelude):
    part, parts = [], []
    for token in prelude:
        if token == ",":
            parts.append(part)
            part = []
        else:
            part.append(token)
    return [_squeezed(part) for part in [*parts, part]]


def _squeezed(tokens):
    """Return CSS without comments and without the blanks that mean nothing."""
    text = re.sub(r"\s+", " ", tinycss2.serialize([token for token in tokens if token.type != "comment"])).strip()
    text = re.sub(r"/\*.*?\*/", "", text)
    pieces = re.split(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\([^()]*\))""", text)
    pieces[::2] = [re.sub(r"(?<=[a-z-]): (?![:a-z-]*[{(])", ":", re.sub(r" ?([;{},>]) ?", r"\1", piece)) for piece in pieces[::2]]
    return "".join(pieces).removesuffix(";")


def can_match(selector, words):
    """Tell whether all that a selector names exists.

    >>> can_match("#top > p.note:not(.a)", {"top", "p", "note"}), can_match(".a .b", {"a"}), can_match("x-y::before", set())
    (True, False, True)
    """
    plain = re.sub(r"\[[^\]]*\]", "", selector)
    while (less := re.sub(r":(?:not|is|where|has|nth-[\w-]+|lang)\([^()]*\)", "", plain)) != plain:
        plain = less
    named = [name.replace("\\", "") for name in re.findall(r"[.#]((?:[\w-]|\\.|[^\x00-\x7f])+)", plain)]
    elements = re.findall(r"(?:^|[\s>+~(])([a-z][a-z0-9]*)(?![\w-])", re.sub(r"::?[\w-]+", "", plain))
    return all(name in words for name in named) and all(element in words | {"html", "body"} for element in elements)


def with_icons(css, static):
    """Put the icons that a style sheet names into it, as a font of those glyphs alone."""
    points = {ord(sign) for sign in re.findall("[\ue000-\uf8ff]", css)}
    points |= {int(code, 16) for code in re.findall(r"\\([ef][0-9a-f]{3})\b", css)}

    def face(match):
        source = next((name for name in FACES.values() if Path(name).stem in match[0]), None)
        if source is None:
            return match[0]
        if source != FACES["solid"]:
            return ""
        font = subset(static / "vendor" / "fontawesome" / "webfonts" / source, points)
        address = f'url("data:font/woff;base64,{base64.b64encode(font).decode()}") format("woff")'
        return re.sub(r"src:.*?(?=[;}](?!base64)|$)", lambda _: f"src:{address}", match[0].rstrip("}")).rstrip("}") + "}"

    return re.sub(r"@font-face ?\{[^}]*\}", face, css)


def subset(path, points):
    """Return a font that holds these code points alone, as WOFF; the same input gives the same bytes."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(layout_features=[], name_IDs=[], hinting=False, notdef_outline=False, drop_tables=["FFTM", "GSUB", "GPOS"])
    font = TTFont(path, recalcTimestamp=False)
    cutter = Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def _store(static, name, kind, text):
    stored = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}.{kind}"
    (static / stored).write_text(text, encoding="utf-8")
    return stored


def _remove(site, names):
    """Remove what no page loads any more, and the theme's maps and fonts that lay beside it."""
    for path in [*(site / name for name in names), *site.glob("_static/**/*.map"), *site.glob("_static/vendor/**/*.*")]:
        path.unlink(missing_ok=True)
