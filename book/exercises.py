"""Exercises on the site: a field that answers in the exercise's box, a word about programs, closed solutions, a list of all.

`netlib.check` shows the field while the site is built; here the pieces of an exercise (box, stub, check, solution) are put into
the order in which a reader needs them where no kernel runs. Nothing in a chapter's source knows of it. The directive
`exercise-list` becomes a table of all exercises of the book, which works without JavaScript; `_static/exercises.js` judges,
`_static/progress.js` remembers.
"""

import json
import re
from html import escape
from urllib.parse import quote

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx_exercise.nodes import is_exercise_node, is_solution_node

from book import ROOT, address, launch
from netlib import check

NUMBER_STUB = re.compile(r"answer_(\d+)_(\d+) = \.\.\. *(?:# *(?P<says>.*))?")
PROGRAM_STUB = re.compile(r"(?m)^(?:def +)?attempt_(\d+)_(\d+)\b")
CHECK = re.compile(r"""\bcheck\.(number|function)\(\s*["']([\d.]+)["']""")
KINDS = {"number": "a number", "function": "a program"}
HERE = {  # where a launch button leads, as words of a sentence
    "Run in your browser": "in your browser", "Binder": "on Binder", "Colab": "in Colab", "Download notebook": "download it",
}


class exercise_list(nodes.General, nodes.Element):
    """Where the table of all exercises will stand."""


class solution_details(nodes.General, nodes.Element):
    """A solution that opens when it is asked for, by the browser's own means; attribute `number`."""


class ExerciseList(SphinxDirective):
    """The table of all exercises of the book."""

    def run(self):
        return [exercise_list()]


def number_of(node):
    """Return "8.3" for an exercise with the label ex-8-3, or for its solution; an empty text for one without such a label."""
    found = re.fullmatch(r"ex-(\d+)-(\d+)", node.get("target_label") or node.get("label") or "")
    return f"{found[1]}.{found[2]}" if found else ""


def collect(app, doctree):
    """Remember what a page asks: number -> title, kind and place. Called when it has been read."""
    kinds = {match[2]: match[1] for cell in cells(doctree) for match in CHECK.finditer(source(cell))}
    found = {}
    for exercise in doctree.findall(is_exercise_node):
        if number := number_of(exercise):
            title = exercise.children[0]
            subtitle = title.children[1].astext() if len(title.children) > 1 else ""
            found[number] = {"title": subtitle, "kind": kinds.get(number, ""), "label": exercise["label"]}
    everywhere(app.env)[app.env.docname] = found


def everywhere(env):
    """Return page -> number -> exercise, for the whole book."""
    if not hasattr(env, "book_exercises"):
        env.book_exercises = {}
    return env.book_exercises


def forget(app, env, name):
    everywhere(env).pop(name, None)


def merge(app, env, names, other):
    everywhere(env).update({name: everywhere(other)[name] for name in names if name in everywhere(other)})


def cells(doctree):
    """Return the code cells of a page."""
    return list(doctree.findall(lambda node: isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"))


def source(cell):
    """Return a cell's code."""
    return "".join(block.astext() for block in cell.findall(nodes.literal_block) if _is_source(block))


def _is_source(node):
    while node is not None and not (isinstance(node, nodes.container) and node.get("nb_element")):
        node = node.parent
    return node is not None and node["nb_element"] == "cell_code_source"


def arrange(app, doctree, name):
    """Put each exercise's pieces in order, and the table where it is asked for."""
    if app.builder.format != "html":
        return
    boxes = {number_of(node): node for node in doctree.findall(is_exercise_node)}
    stubs, programs, asked = {}, {}, False
    for cell in cells(doctree):
        text = source(cell).strip()
        if stub := NUMBER_STUB.fullmatch(text):
            stubs[f"{stub[1]}.{stub[2]}"] = cell, stub["says"]
        elif checks := CHECK.search(text):
            field = next((raw for raw in cell.findall(nodes.raw) if 'class="exercise-' in raw.astext()), None)
            if field is None:
                continue  # a page that has not been executed
            remove_source(cell)
            number, asked = checks[2], True
            if checks[1] == "number":
                put_field(cell, field, boxes.get(number), *stubs.get(number, (None, "")))
            else:
                put_program(field, name, programs.get(number, ""))
        elif stub := PROGRAM_STUB.search(text):
            programs[f"{stub[1]}.{stub[2]}"] = text
    for solution in list(doctree.findall(is_solution_node)):
        fold(solution)
    if asked:
        table = json.dumps(check._table(), ensure_ascii=False).replace("</", "<\\/")
        doctree += nodes.raw("", f'<script type="application/json" id="exercise-verdicts">{table}</script>', format="html")
    for place in list(doctree.findall(exercise_list)):
        place.replace_self(nodes.raw("", table_of_all(app, name), format="html"))


def remove_source(cell):
    """Take the code off a check cell: the notebook has it, and here it would tell the answer beside the question."""
    for part in list(cell.children):
        if any(map(_is_source, part.findall(nodes.literal_block))):
            cell.remove(part)


def put_field(cell, field, box, stub, says):
    """Put an exercise's field at the end of its box, if only the stub stands between the two, which goes."""
    text = field.astext()
    if says:
        text = text.replace('</span></label>', f': {escape(says.strip("[]() "))}</span></label>', 1)
    if stub is not None:
        stub.parent.remove(stub)
    new = nodes.raw("", text, format="html")
    field.replace_self(new)
    follows = box is not None and box.parent is cell.parent and box.parent.index(cell) == box.parent.index(box) + 1
    if follows and len(cell.children) == 1 and len(list(cell.findall(nodes.raw))) == 1:
        cell.parent.remove(cell)
        box += new


def put_program(field, page, stub):
    """Say of a program where it can be judged: links to its cell in the notebook, and a box to tick."""
    number = re.search(r'data-exercise="([\d.]+)"', field.astext())[1]
    notebook = ROOT / f"{page}.ipynb"
    more = ""
    if notebook.exists():
        found = launch.links(f"{page}.ipynb", "../" * page.count("/"), address.repository(), address.commit())
        cell = cell_of(notebook, stub)
        there = {"Colab": f"#scrollTo={quote(cell)}"} if cell else {}  # JupyterLite opens a notebook at its beginning
        links = " · ".join(
            f'<a href="{escape(target + there.get(text, ""))}"{" download" * text.startswith("Download")}>'
            f"{HERE.get(text, text)}</a>" for text, target in found)
        more += f'<p class="exercise-links">Open the notebook: {links}</p>\n'
    more += (f'<label class="exercise-tick"><input type="checkbox"> I have done exercise {number} '
             "there</label>\n")
    field.replace_self(nodes.raw("", field.astext().removesuffix("</div>") + more + "</div>", format="html"))


def cell_of(notebook, stub):
    """Return the id of the notebook's cell that holds the stub, or None."""
    found = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return next((cell["id"] for cell in found if "".join(cell["source"]).strip() == stub), None)


def fold(solution):
    """Close a solution with the browser's own means, so that it opens only when asked for, with or without JavaScript."""
    title, *rest = solution.children
    details = solution_details("", *rest, number=number_of(solution), ids=solution["ids"], names=solution["names"])
    solution.replace_self(details)
    details["classes"] = []  # not those of a box that a script closes


def visit_solution(self, node):
    number = node["number"]
    self.body.append(self.starttag(node, "details", CLASS="solution", **({"data-exercise": number} if number else {})))
    self.body.append(f"<summary>Solution{f' of exercise {number}' if number else ''}</summary>\n")


def depart_solution(self, node):
    self.body.append("</details>\n")


def visit_list(self, node):
    raise nodes.SkipNode


def table_of_all(app, here):
    """Return the table of all exercises: number, title, kind, and a place for what this reader has done."""
    env = app.env
    chapters = sorted((int(next(iter(found)).split(".")[0]), page, found) for page, found in everywhere(env).items() if found)
    rows, total = [], 0
    for number, page, found in chapters:
        uri = app.builder.get_relative_uri(here, page)
        title = escape(env.titles[page].astext())
        rows.append(f'<tbody><tr><th colspan="4" scope="rowgroup"><a href="{escape(uri)}">{number}. {title}</a></th></tr>')
        for exercise, about in sorted(found.items(), key=lambda item: int(item[0].split(".")[1])):
            total += 1
            rows.append(
                f'<tr data-exercise="{exercise}"><td><a href="{escape(uri)}#{about["label"]}">{exercise}</a></td>'
                f'<td>{escape(about["title"])}</td><td>{KINDS.get(about["kind"], "")}</td>'
                f'<td class="exercise-state"><span aria-hidden="true">○</span> open</td></tr>')
        rows.append("</tbody>")
    panel = (
        '<div class="progress-panel"><p class="progress-sum" role="status"></p>\n<div class="progress-buttons">'
        '<button type="button" class="progress-export">Export</button> '
        '<button type="button" class="progress-import">Import</button> '
        '<button type="button" class="progress-erase">Erase</button></div>\n'
        '<input type="file" accept="application/json,.json" hidden aria-label="A file that was exported here">\n'
        '<p class="progress-said" role="status"></p></div>\n'
        "<noscript><p>Without JavaScript this page is a list; it cannot tell what you have answered.</p></noscript>\n")
    head = ('<thead><tr><th scope="col">No.</th><th scope="col">Exercise</th><th scope="col">The answer is</th>'
            '<th scope="col" class="exercise-state">Yours</th></tr></thead>')
    return (f'{panel}<table class="table exercise-list"><caption>All {total} exercises of the written chapters</caption>'
            f'{head}{"".join(rows)}</table>')


def list_again(app, env):
    """Have the pages with the table written anew whenever anything was read."""
    return [name for name in env.found_docs if name.endswith("appendices/exercises")]


def load_judge(app, page, template, context, doctree):
    """Load the judge where there is something to judge."""
    if doctree is not None and 'id="exercise-verdicts"' in "".join(raw.astext() for raw in doctree.findall(nodes.raw)):
        app.add_js_file("exercises.js", loading_method="defer")


def setup(app):
    """Register the directive, the nodes and what happens to a page."""
    app.add_node(exercise_list, html=(visit_list, None), latex=(visit_list, None), text=(visit_list, None))
    app.add_node(solution_details, html=(visit_solution, depart_solution))
    app.add_directive("exercise-list", ExerciseList)
    app.add_css_file("exercises.css")
    app.add_js_file("progress.js", loading_method="defer")
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", list_again)
    app.connect("doctree-resolved", arrange)
    app.connect("html-page-context", load_judge)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
