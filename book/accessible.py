"""Each page's HTML, mended where theme and extensions leave it invalid, nameless to a screen reader, or mute without scripts.

`mended` is a function of a page's text alone. Its rules know the markup that they mend and leave all other text as it is, so that
a theme which mends a fault itself makes a rule idle and breaks nothing. `tests/test_accessible.py` says what must hold.
"""

import re
from html import escape, unescape

NOTE = ("Without JavaScript, formulas stand here as their LaTeX source, experiments show one picture, and questions "
        "and exercises do not answer.")
SKIP = '<a href="#main-content">Skip to main content</a>'
SIMPLE = [
    # one viewport, one title: the print title and its own table of contents go, the article's heading is printed
    (r'(<meta name="viewport" content="width=device-width, initial-scale=1)(?:\.0)?" ?/>(?=.*?\1)', ""),
    (r'<div id="jb-print-docs-body" class="onlyprint">.*?(?=<div id="searchbox">)', ""),
    # folds: the visible words are the name
    (r'<summary aria-label="Toggle hidden content">\s*<p class="collapsed[^"]*">(.*?)</p>\s*'
     r'<p class="expanded[^"]*">(.*?)</p>\s*</summary>',
     r'<summary><span class="collapsed">\1</span><span class="expanded">\2</span></summary>'),
    # the content of an exercise needs no id, least of all the same one each time
    (r'<section id="(exercise|solution)-content">', r'<section class="\1-content">'),
    # a list in a field is not a paragraph
    (r"<p>(<(ul|ol|dl)\b[^>]*>(?:(?!</?p>).|<p>(?:(?!</?p>).)*</p>)*?</\2>)\s*</p>", r"\1"),
    (r'(<input type="radio"[^>]*?) autocomplete="off"', r"\1"),
    # the blank before a link is no part of it
    (r"(Solution to)(<a\b[^>]*>)\s+", r"\1 \2"),
    # an index is set in columns by a table that is none
    (r'<table ((?:style="[^"]*" )?class="indextable)', r'<table role="presentation" \1'),
    # buttons: what is seen is what is said
    (r'(<button class="btn search-button-field[^>]*?) title="Search" aria-label="Search"', r"\1"),
    (r'(<i class="theme-switch [^"]*" data-mode="\w+")\s+title="[^"]*"', r'\1 aria-hidden="true"'),
    (r'aria-label="Color mode" data-bs-title="Color mode"', 'aria-label="Light or dark" data-bs-title="Light or dark"'),
    (r'(<a\b[^>]*>)([^<]*)(</a><details[^>]*>)<summary>', r'\1\2\3<summary aria-label="Pages under \2">'),
    # the sign that links to a heading, seen under the mouse alone, is no stop of the Tab key
    (r'<a class="headerlink" href', '<a class="headerlink" tabindex="-1" href'),
    # landmarks
    (r'<div id="pst-primary-sidebar" class', '<div id="pst-primary-sidebar" role="complementary" aria-label="The book" class'),
    # the bibliography is a list of items, and an address has no angle brackets
    (r'(href="https://doi\.org/[^"]*?)&lt;([^"]*?)&gt;([^"]*")', r"\1%3C\2%3E\3"),
    (r'role="doc-biblioentry"', 'role="listitem"'),
    # what is served is light; the script in the head changes it at once where the reader wants it dark
    (r'(<html[^>]*) data-theme="auto"', r'\1 data-theme="light"'),
    (r'dataset\.theme = localStorage\.getItem\("theme"\) \|\| "auto"',
     r'dataset.theme = { light: "light", dark: "dark" }[localStorage.getItem("mode")]'
     r' ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")'),
]
SIMPLE = [(re.compile(pattern, re.DOTALL), new) for pattern, new in SIMPLE]
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
CORNER = re.compile(r"(<thead>\s*<tr[^>]*>\s*)<th\b([^>]*)>\s*(?:<p>\s*</p>)?\s*</th>")
EMPTY = re.compile(r"<th\b([^>]*)>\s*(?:<p>\s*</p>)?\s*</th>")
FIRST = re.compile(r"(<tr[^>]*>\s*)<td\b([^>]*)>(.*?)</td>", re.DOTALL)
HEADING = re.compile(r"<th\b([^>]*)>(\s*(?:<p>)?\s*(?:<span class=\"math[^\"]*\">[^<]*</span>\s*)+(?:</p>)?\s*)</th>")
CHOICE = re.compile(r'(<label class="quiz-choice[^>]*><input[^>]*> )'
                    r'<span>(\s*(?:<span class="math[^"]*">[^<]*</span>[\s.,]*)+)</span>')
SPOKEN = dict.fromkeys("langle rangle left right mathsf mathrm text boldsymbol mathbf".split(), "") | {
    "le": "at most", "ge": "at least", "mid": "given", "infty": "infinity", "pm": "plus or minus", "cdot": "times"}


def mended(page, dark=""):
    """Return the HTML of a page with its faults mended.

    Parameters
    ----------
    page : str
    dark : str, optional
        The address of the style sheet that makes a page dark without scripts (see `darkened`).

    Examples
    --------
    >>> mended('<section id="exercise-content">')
    '<section class="exercise-content">'
    """
    for pattern, new in SIMPLE:
        page = pattern.sub(new, page)
    page = TABLE.sub(lambda table: headed(table[0]), page)
    page = CHOICE.sub(lambda found: f'{found[1]}<span class="visually-hidden">{escape(spoken(found[2]))}</span>'
                                    f'<span aria-hidden="true">{found[2]}</span>', page)
    if 'id="exercises"' in page:
        page = page.replace(SKIP, f'{SKIP} <a href="#exercises">Skip to the exercises</a>', 1)
    if dark:
        link = f'<noscript><style>@import url("{dark}") (prefers-color-scheme: dark);</style></noscript>'
        page = page.replace("</head>", f"{link}\n  </head>", 1)
    return page.replace('<article class="bd-article">',
                        f'<article class="bd-article">\n<noscript><p class="without-scripts">{NOTE}</p></noscript>', 1)


def headed(table):
    """Return a table whose headings all say something: an empty corner is a cell, and then the first column names the rows.

    Examples
    --------
    >>> headed('<table><thead><tr><th></th><th>m</th></tr></thead><tbody><tr><td>up</td><td>1</td></tr></tbody></table>')
    '<table><thead><tr><td></td><th>m</th></tr></thead><tbody><tr><th scope="row">up</th><td>1</td></tr></tbody></table>'
    """
    table, empty = CORNER.subn(lambda th: th[1] + "<td" + th[2].replace(' scope="col"', "") + "></td>", table)
    table = EMPTY.sub(lambda th: "<td" + th[1].replace(' scope="col"', "") + "></td>", table)
    if empty:
        head, rest = table.split("</thead>", 1)
        table = f"{head}</thead>" + FIRST.sub(r'\1<th scope="row"\2>\3</th>', rest)
    return HEADING.sub(lambda th: f'<th{th[1]}><span class="visually-hidden">{escape(spoken(th[2]))}</span>'
                                  f'<div aria-hidden="true">{th[2]}</div></th>', table)


def spoken(formula):
    r"""Return a short formula in words, for a heading that is nothing else.

    Examples
    --------
    >>> spoken(r'<span class="math">\\(\\beta_c\\)</span>'.replace("\\\\", "\\")), spoken(r"\(\langle m^2\rangle\)")
    ('beta sub c', 'm to the 2')
    """
    text = unescape(re.sub(r"<[^>]*>", " ", formula)).replace(r"\(", " ").replace(r"\)", " ")
    text = re.sub(r"\\([A-Za-z]+)", lambda word: f" {SPOKEN.get(word[1], word[1])} ", text)
    text = text.replace("_", " sub ").replace("^", " to the ")
    return " ".join(re.sub(r"[{}\\]", " ", text).split()) or "value"


def darkened(style):
    """Return the rules of a style sheet that a dark page follows, for one that no script has called dark.

    Examples
    --------
    >>> darkened('html[data-theme="dark"] { color: white } p { margin: 0 } @media print { html[data-theme=dark] { color: red } }')
    'html[data-theme] { color: white }'
    """
    plain = re.sub(r"@(?:media|supports)[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", re.sub(r"(?s)/\*.*?\*/", "", style))
    found = re.findall(r"([^{};]*\[data-theme=\"?dark\"?\][^{};]*)\{([^{}]*)\}", plain)
    always = re.compile(r"\[data-theme=\"?dark\"?\]")
    return "\n".join(always.sub("[data-theme]", names).strip() + " {" + body + "}" for names, body in found)
