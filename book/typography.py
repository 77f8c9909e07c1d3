"""What is set with care in each page's HTML: no punctuation alone on a line, numbered experiments, references with their numbers.

Like `book.accessible`, functions of a page's text; the numbers of sections come from whoever calls.
"""

import posixpath
import re
from html import escape

FORMULA = r'<span class="math notranslate nohighlight">[^<]*</span>'
JOINED = re.compile(rf"(?P<before>[(\[“‘]*)(?P<formula>{FORMULA})(?P<after>(?:[.,;:!?…)\]”’%]|-(?=\w))*)")
EXPERIMENT = re.compile(r'<figure class="explore"(?P<rest>[^>]*)>\s*'
                        r'(?:<figcaption class="explore-caption">(?P<told>.*?)</figcaption>)?', re.DOTALL)
HEADING = re.compile(r'<h(?P<level>[123])>(?:<span class="section-number">(?P<number>[^<]*)</span>)?'
                     r'(?P<text>.*?)<a class="headerlink"', re.DOTALL)
LINK = re.compile(r'<a class="reference internal" href="(?P<target>[^":]*)">(?P<text>(?:(?!</a>).)*)</a>', re.DOTALL)


def together(page):
    r"""Keep a formula and the punctuation that touches it on one line.

    Examples
    --------
    >>> together(r'at <span class="math notranslate nohighlight">\(T\)</span>.').split("<span")[1]
    ' class="together">'
    """
    def keep(found):
        if not (found["before"] or found["after"]):
            return found[0]
        return f'<span class="together">{found[0]}</span>'

    return JOINED.sub(keep, page)


def numbered(page):
    """Give each experiment its number and a caption: the one that it brings along, or else the heading above it.

    Experiments count as figures do: 8.1, 8.2 in chapter 8; where there is no chapter they are 1, 2, and one alone has no number.

    Examples
    --------
    >>> numbered('<h2>Why walk?<a class="headerlink"></a></h2><figure class="explore" aria-label="x">').split("caption-number")[1]
    '">Experiment</span> Why walk?</figcaption>'
    """
    experiments = list(EXPERIMENT.finditer(page))
    headings = list(HEADING.finditer(page))
    chapter = next((heading["number"] for heading in headings[:1]), None)
    prefix = f"{chapter.strip().rstrip('.')}." if chapter else ""
    parts, end = [], 0
    for count, found in enumerate(experiments, 1):
        over = next((heading for heading in reversed(headings) if heading.end() <= found.start()), None)
        above = re.sub(r"^(?:Experiment|Predict): (\w)", lambda word: word[1].upper(), over["text"].strip()) if over else ""
        if over and over["level"] == "1":
            above = ""  # the title of the whole page says nothing of this experiment
        number = f" {prefix}{count}" if prefix or len(experiments) > 1 else ""
        name = f"experiment-{prefix}{count}".replace(".", "-")
        rest = re.sub(r' (?:aria-label|role)="[^"]*"', "", found["rest"])
        caption = f'<span class="caption-number">Experiment{number}</span> {found["told"] or above}'.rstrip()
        parts += [page[end:found.start()], f'<figure class="explore"{rest} id="{name}">'
                  f'<figcaption class="explore-caption">{caption}</figcaption>']
        end = found.end()
    return "".join([*parts, page[end:]])


def referenced(page, here, number):
    """Write beside each link to a chapter or section which one it is, for paper (the style sheet prints `data-number`).

    Parameters
    ----------
    page : str
    here : str
        The page's name, such as chapters/2-ising/08-sampling.
    number : callable
        ``number(name, anchor)`` returns a section's number such as "8.2", "" if it has none.

    Examples
    --------
    >>> referenced('<article><a class="reference internal" href="b.html#two">Two</a>', "a", lambda name, anchor: "8.2")
    '<article><a class="reference internal" data-number="section 8.2" href="b.html#two">Two</a>'
    """
    def say(found):
        target, _, anchor = found["target"].partition("#")
        name = posixpath.normpath(posixpath.join(posixpath.dirname(here), target.removesuffix(".html"))) if target else here
        said = number(name, anchor)
        if not said or re.search(rf"\b{re.escape(said)}\b", found["text"]):
            return found[0]
        kind = "section" if "." in said else "chapter" if said.isdigit() else "appendix"
        return found[0].replace(' href="', f' data-number="{escape(kind)} {escape(said)}" href="', 1)

    head, article, rest = page.partition("<article")
    body, end, foot = rest.partition("</article>")
    return head + article + LINK.sub(say, body) + end + foot
