"""From the Markdown of the book to Markdown that every notebook viewer shows.

The site's directives and roles (exercise, quiz, ref, cite, glue:text ...) are known to Sphinx, and to nobody else in full: not to
GitHub's viewer, Colab or JupyterLite. `Plain` writes them as headings, quotes, links, numbers and <details>. What it does not
know is an error: a reader shall never meet a raw directive.
"""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

import yaml
from pybtex.database import parse_file
from pybtex.richtext import Text

from book.quiz import split_choices

FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,}|:{3,}|~{3,}) *(?:\{(?P<name>[\w:-]+)\} *(?P<argument>.*)|[^`]*)$")
LABEL = re.compile(r"^\(([\w:-]+)\)=\s*$")
ROLE = re.compile(r"\{(?P<role>[a-z][\w:-]*)\}(?P<ticks>`+)(?P<text>.+?)(?P=ticks)(?!`)", re.DOTALL)
LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]]*)\]\((?P<target>#[\w:-]+|[\w./-]+\.md)\)")
WITH_LABEL = re.compile(r"^(?P<text>.*?)\s*<(?P<label>[^<>]+)>$", re.DOTALL)
LABELLED_MATHS = re.compile(r"(?P<end>\$\$) *\((?P<label>[\w:-]+)\) *$")
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)

NUMBERED = {"ex": "Exercise", "fig": "Figure", "tab": "Table", "tbl": "Table", "quiz": "Question"}
TITLED = "note tip hint warning caution danger error attention important seealso"
UNTITLED = "admonition epigraph margin sidebar topic pull-quote highlights container div table dropdown toggle"
BOXES = {name: name.capitalize() for name in TITLED.split()} | dict.fromkeys(UNTITLED.split(), "") | {"seealso": "See also"}
NOT_IN_A_NOTEBOOK = "contents tableofcontents index only raw comment toctree bibliography exercise-end".split()
PROOFS = "proof theorem lemma proposition corollary definition remark example".split()
CODE_ROLES = set("code kbd file command".split())
CODE_ROLES |= {domain + role for domain in ("", "py:") for role in "func mod meth class obj attr data exc const".split()}


@dataclass(frozen=True)
class Place:
    """Where a label points: the chapter's file, the number of the chapter or figure (empty if none), and the title."""

    path: Path
    number: str
    title: str


class Work(NamedTuple):
    """A work that is cited: its authors in short, its year, and its full reference in Markdown."""

    authors: str
    year: str
    reference: str


class Directive(NamedTuple):
    """A directive of the source, with its argument once as it stands and once as plain Markdown."""

    name: str
    argument: str
    title: str
    options: dict
    body: str


@dataclass
class Plain:
    """Turns the Markdown of one chapter into plain Markdown, cell by cell, in order.

    Parameters
    ----------
    path : Path
        The chapter; links are relative to its folder.
    places : dict
        Label -> `Place`, from `labels`.
    citations : dict
        Key -> `Work`, from `citations`.
    notebooks : set of Path
        Chapters that have a notebook beside them.
    equations : dict
        Label -> number of each numbered equation of all chapters, from `equations`.
    values : dict
        Name -> text of everything that the chapter glued.
    """

    path: Path
    places: dict
    citations: dict
    notebooks: set
    equations: dict
    values: dict
    solution: str = field(default="", init=False)
    cited: set = field(default_factory=set, init=False)

    def cell(self, text):
        """Return one Markdown cell as plain Markdown; it is empty if nothing remains to be read."""
        lines = text.splitlines()
        before = ""
        for number, line in enumerate(lines):
            match = FENCE.match(line)
            if match and match["name"] == "solution-end":
                before = self._folded("\n".join(lines[:number]))
                lines = lines[_closing(lines, number) + 1:]
                self.solution = ""
                break
        if self.solution:
            return self._folded("\n".join(lines))
        for number, line in enumerate(lines):
            match = FENCE.match(line)
            if match and match["name"] == "solution-start":
                after = lines[_closing(lines, number) + 1:]
                opening = self._blocks("\n".join(lines[:number]))
                self.solution = f"Solution of {self.number(match['argument'].strip()).lower()}"
                return _paragraphs(before, opening, self._folded("\n".join(after)))
        return _paragraphs(before, self._blocks("\n".join(lines)))

    def _folded(self, text):
        text = self._blocks(text)
        return details(self.solution, text) if text else ""

    def _blocks(self, text):
        lines, out, plain = text.splitlines(), [], []

        def flush():
            out.append(self._inline("\n".join(plain)))
            plain.clear()

        at = 0
        while at < len(lines):
            line = lines[at]
            match = FENCE.match(line)
            if match and (match["name"] or not match["ticks"].startswith(":")):
                end = _closing(lines, at)
                flush()
                if match["name"]:
                    body = "\n".join(_dedent(lines[at + 1:end], len(match["indent"])))
                    block = self._directive(match["name"], match["argument"].strip(), body)
                    out.append("\n".join(match["indent"] + part if part else part for part in block.splitlines()))
                else:
                    out.append("\n".join(lines[at:end + 1]))
                at = end
            elif LABEL.match(line) or line.startswith("% ") or re.match(r"^\{[.#][^}]*\}$", line) or re.match(r"^\+\+\+", line):
                pass
            elif label := LABELLED_MATHS.search(line):
                plain.append(line[:label.start()] + rf"\tag{{{self.equations[label['label']]}}}$$")
            else:
                plain.append(line)
            at += 1
        flush()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n")

    def _directive(self, name, argument, body):
        if name not in self._forms:
            raise ValueError(f"{self.path.name}: no plain form of the directive {{{name}}} is known")
        options, body = _options(body)
        return self._forms[name](self, Directive(name, argument, self._inline(argument), options, body))

    def _nothing(self, _):
        return ""

    def _exercise(self, given):
        heading = f"**{self.number(given.options['label'])}**" + (f" ({given.title})" if given.title else "")
        return _paragraphs(heading, self._blocks(given.body))

    def _solution(self, given):
        return details(f"Solution of {self.number(given.argument).lower()}", self._blocks(given.body))

    def _quiz(self, given):
        choices, answers = [], []
        for letter, (right, choice, reason) in zip(ascii_lowercase, split_choices(given.body.splitlines()), strict=False):
            choices.append(f"- ({letter}) {self._inline(choice)}")
            reason = re.sub(r"^(Right|No|Yes)[.,:]? ", "", self._inline(reason))
            answers.append(details(f"If you choose ({letter})", f"**{'Right' if right else 'No'}.** {reason}"))
        return _paragraphs(f"**Question.** {given.title}", "\n".join(choices), *answers)

    def _maths(self, given):
        tag = rf" \tag{{{self.equations[given.options['label']]}}}" if "label" in given.options else ""
        return f"$$\n{given.body.strip()}{tag}\n$$"

    def _figure(self, given):
        picture = f"![{given.options.get('alt', '')}]({given.argument})"
        caption = f"*{self.number(given.options['name'])}.* " if "name" in given.options else ""
        return _paragraphs(picture, caption + self._blocks(given.body) if given.body.strip() else "")

    def _code(self, given):
        return f"```{given.argument}\n{given.body}\n```"

    def _list_table(self, given):
        return _paragraphs(f"**{given.title}**" if given.title else "", self._table(given.body))

    def _proof(self, given):
        heading = f"**{given.name.removeprefix('prf:').capitalize()}**" + (f" ({given.title})" if given.title else "")
        return quote(_paragraphs(heading, self._blocks(given.body)))

    def _glossary(self, given):
        return re.sub(r"(?m)^(\S.*)\n +(.*)", r"**\1**: \2\n", self._inline(given.body))

    def _box(self, given):
        heading = given.title or BOXES[given.name]
        if given.name in ("dropdown", "toggle") or "dropdown" in str(given.options.get("class", "")):
            return details(heading or "Show", self._blocks(given.body))
        return quote(_paragraphs(f"**{heading}**" if heading else "", self._blocks(given.body)))

    _forms = dict.fromkeys(NOT_IN_A_NOTEBOOK, _nothing) | dict.fromkeys(BOXES, _box) | {
        "exercise": _exercise, "exercise-start": _exercise, "solution": _solution, "quiz": _quiz, "math": _maths,
        "figure": _figure, "image": _figure, "code-block": _code, "code": _code, "sourcecode": _code,
        "list-table": _list_table, "glossary": _glossary,
    } | dict.fromkeys((f"prf:{name}" for name in PROOFS), _proof)

    def _table(self, body):
        rows = []
        for line in body.splitlines():
            if line.startswith("* - "):
                rows.append([line[4:]])
            elif line.startswith("  - "):
                rows[-1].append(line[4:])
            elif line.strip():
                rows[-1][-1] += " " + line.strip()
        rows = ["| " + " | ".join(self._inline(entry) for entry in row) + " |" for row in rows]
        return "\n".join([rows[0], "|" + "---|" * (rows[0].count(" | ") + 1), *rows[1:]])

    def _inline(self, text):
        """Roles and links of running text; code spans stay as they are."""
        pieces, at = [], 0
        for start, end, role in _tokens(text):
            pieces.append(self._links(text[at:start]))
            pieces.append(self._role(role["role"], role["text"]) if role else text[start:end])
            at = end
        return "".join([*pieces, self._links(text[at:])])

    def _links(self, text):
        def link(match):
            target = match["target"]
            if target.startswith("#"):
                return self._reference(target[1:], match["text"])
            path = (self.path.parent / target).resolve()
            return f"[{match['text'] or self._title(path)}]({self._address(path)})"
        return LINK.sub(link, text)

    def _role(self, role, text):
        if role.startswith("cite"):
            return self._citation(role, text)
        if role in ("glue:text", "glue"):
            return self._value(text)
        if role == "eq":
            return f"({self.equations[text]})"
        if role == "math":
            return f"${text}$"
        if role in CODE_ROLES:
            return f"`{_shown(text)}`"
        if role in ("term", "abbr", "index", "dfn", "guilabel"):
            return _shown(text)
        if role in ("sub", "sup"):
            return f"<{role}>{text}</{role}>"
        if role == "download":
            shown, target = _split(text)
            return f"[{shown or target}]({target})"
        if role == "doc":
            shown, target = _split(text)
            path = (self.path.parent / f"{target}.md").resolve()
            return f"[{shown or self._title(path)}]({self._address(path)})"
        if role in ("ref", "numref", "prf:ref"):
            shown, label = _split(text)
            return self._reference(label, shown, numbered=role == "numref")
        raise ValueError(f"{self.path.name}: no plain form of the role {{{role}}} is known")

    def _reference(self, label, text, numbered=False):
        if label in self.equations:
            return f"({self.equations[label]})"
        place = self.places.get(label)
        kind = label.split("-")[0]
        if place is None and kind not in NUMBERED:
            raise ValueError(f"{self.path.name}: the label {label!r} is nowhere defined")
        if place is None or kind in NUMBERED:
            name = self.number(label)
            shown = _fill(text, name.split()[-1]) or name
        elif numbered:
            shown = _fill(text, place.number) or f"Chapter {place.number}"
        else:
            shown = text or place.title
        if place is None or place.path == self.path:
            return shown
        return f"[{shown}]({self._address(place.path)})"

    def number(self, label):
        """Return what the site calls a labelled figure, table or exercise: `ex-8-1` is Exercise 8.1."""
        kind, *numbers = label.split("-")
        place = self.places.get(label)
        return f"{NUMBERED[kind]} {place.number if place and kind != 'ex' else '.'.join(numbers)}"

    def _title(self, path):
        return next((place.title for place in self.places.values() if place.path == path), path.stem)

    def _address(self, path):
        if path in self.notebooks:
            path = path.with_suffix(".ipynb")
        return Path(os.path.relpath(path, self.path.parent)).as_posix()

    def _citation(self, role, text):
        entries = []
        for key in text.split(","):
            if key.strip() not in self.citations:
                raise ValueError(f"{self.path.name}: {key.strip()!r} is cited and not in references.bib")
            entries.append(self.citations[key.strip()])
            self.cited.add(key.strip())
        if role in ("cite:t", "cite:ts", "cite:ct"):
            return "; ".join(f"{work.authors} ({work.year})" for work in entries)
        return "(" + "; ".join(f"{work.authors}, {work.year}" for work in entries) + ")"

    def references(self):
        """Return a list of all that was cited so far, by author, or an empty text."""
        works = sorted(self.citations[key].reference for key in self.cited)
        return "\n".join(["## References", "", *(f"- {work}" for work in works)]) if works else ""

    def _value(self, text):
        name, _, spec = text.partition(":")
        if name not in self.values:
            raise ValueError(f"{self.path.name}: the text names the value {name!r}, which no cell glues")
        return format(float(self.values[name].replace("−", "-")), spec) if spec else self.values[name]


def labels(paths):
    """Return label -> `Place` for all that has a label in the chapters at `paths`; figures and tables are counted in order."""
    places = {}
    for path in paths:
        lines = path.read_text(encoding="utf8").splitlines()
        number = chapter_number(path)
        for at, line in enumerate(lines):
            if match := LABEL.match(line):
                heading = next((later for later in lines[at + 1:at + 4] if later.startswith("#")), "")
                places[match[1]] = Place(path, number, heading.lstrip("# ").strip())
        counts = Counter()
        for label in re.findall(r"(?m)^ *(?::label|:?name): *((?:ex|fig|tab|tbl|quiz)-[\w-]+)", "\n".join(lines)):
            kind = NUMBERED[label.split("-")[0]]
            counts[kind] += 1
            places[label] = Place(path, f"{number}.{counts[kind]}".lstrip("."), label)
    return places


def chapter_number(path):
    """`08-sampling.md` -> "8", `a-reproductions.md` -> "A", `tour.md` -> ""."""
    stem = path.stem.split("-")[0]
    return str(int(stem)) if stem.isdigit() else stem.upper() if len(stem) == 1 else ""


def equations(path):
    """Return label -> number of each labelled equation of the chapter, counted as the site counts them."""
    text = re.sub(r"(?ms)^(`{3,})\{code-cell\}.*?^\1", "", path.read_text(encoding="utf8"))
    found = re.findall(r"(?m)\$\$ *\(([\w:-]+)\) *$|^(?:`{3,}|:{3,})\{math\}[^\n]*\n(?::\w+:[^\n]*\n)*?:label: *([\w:-]+)", text)
    chapter = chapter_number(path)
    return {first or second: f"{chapter}.{count}".lstrip(".") for count, (first, second) in enumerate(found, 1)}


def citations(bibliography):
    """Return key -> `Work` from a BibTeX file; in short, two names stand in full, from three on the first *et al.*"""
    found = {}
    for key, entry in parse_file(str(bibliography)).entries.items():
        people = entry.persons.get("author") or entry.persons.get("editor") or []
        names = [_text(" ".join(person.prelast_names + person.last_names)) for person in people]
        authors = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
        found[key] = Work(authors or key, entry.fields.get("year", "n.d."), _reference(entry, people))
    return found


def _reference(entry, people):
    """Write one entry out: authors (year). Title. Where it appeared, with a link where it has a DOI or an address."""
    fields = {name: _text(value) for name, value in entry.fields.items() if name not in ("doi", "url")}
    place = [f"*{fields[name]}*" for name in ("journal", "booktitle") if name in fields]
    if "volume" in fields:
        place.append(fields["volume"] + (f"({fields['number']})" if "number" in fields else ""))
    elif "number" in fields:
        place.append(fields["number"])
    place += [fields[name] for name in ("series", "pages", "institution", "publisher", "howpublished", "note") if name in fields]
    title = f"{fields['title'].rstrip('.')}." if entry.type != "book" else f"*{fields['title'].rstrip('.')}*."
    link = entry.fields.get("url") or (f"https://doi.org/{entry.fields['doi']}" if "doi" in entry.fields else "")
    said = f"{_list(people)} ({fields.get('year', 'n.d.')}). {title} {', '.join(place)}".rstrip(" ,") + ("." if place else "")
    return said + (f" <{link}>" if link else "")


def _list(people):
    """Write names as Last, First; Last, First."""
    names = ((person.prelast_names + person.last_names, person.first_names + person.middle_names) for person in people)
    return "; ".join(", ".join(filter(None, [_text(" ".join(last)), _text(" ".join(first))])) for last, first in names)


def _text(latex):
    return str(Text.from_latex(latex)).replace("--", "–")


def details(summary, body):
    """Return a fold that opens on a click and needs no kernel."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def quote(text):
    """Return `text` as a Markdown quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _tokens(text):
    """Yield (start, end, role match or None) of each role and each code span of `text`, in order."""
    at = 0
    while True:
        role, span = ROLE.search(text, at), CODE_SPAN.search(text, at)
        found = min((match for match in (role, span) if match), key=lambda match: match.start(), default=None)
        if found is None:
            return
        yield found.start(), found.end(), found if found is role else None
        at = found.end()


def _closing(lines, start):
    """Index of the line that closes the fence opened at `start`: at least as many of the same character and nothing else."""
    ticks = FENCE.match(lines[start])["ticks"]
    closes = re.compile(rf"^ *{re.escape(ticks[0])}{{{len(ticks)},}} *$")
    for number in range(start + 1, len(lines)):
        if closes.match(lines[number]):
            return number
    return len(lines) - 1


def _options(body):
    """Split the options of a directive (``:name: value`` lines or a YAML block) from its body."""
    lines = body.splitlines()
    if lines and lines[0].strip() == "---":
        end = lines.index("---", 1)
        return yaml.safe_load("\n".join(lines[1:end])) or {}, "\n".join(lines[end + 1:]).strip("\n")
    options = {}
    while lines and (match := re.match(r"^:([\w-]+): *(.*)$", lines[0])):
        options[match[1]] = match[2].strip()
        lines.pop(0)
        while options and lines and re.match(r"^ {2,}\S", lines[0]):
            options[match[1]] += " " + lines.pop(0).strip()
    return options, "\n".join(lines).strip("\n")


def _dedent(lines, width):
    return [line[width:] if line[:width].isspace() else line for line in lines]


def _split(text):
    """`text <label>` -> (text, label); `label` -> ("", label)."""
    match = WITH_LABEL.match(text)
    return (match["text"], match["label"].strip()) if match else ("", text.strip())


def _shown(text):
    return _split(text)[0] or text.lstrip("~!")


def _fill(text, number):
    return text.replace("%s", number).replace("{number}", number)


def _paragraphs(*parts):
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())
