"""The `quiz` directive: one question, native radio buttons, and for each choice the reason why it is right or wrong.

::

    :::{quiz} Which of these laws does a synchronous sweep leave stationary?
    :label: quiz-8-1
    - [ ] the Boltzmann law :: It would need each unit to see the *new* value of its neighbours.
    - [x] a product of two marginals :: Each colour sees only the other's past.
    :::

On the page it works by keyboard and in a screen reader without a kernel; in other formats it becomes a list with the reasons.
"""

import re

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

WORDS = {True: "Right.", False: "Not so."}
SAID = re.compile(r"(Right|Yes|True|No|Not so|Wrong|False)\b[.,:;]", re.IGNORECASE)  # a reason that begins with its own verdict
CHOICE = re.compile(r"^- \[(?P<mark>[ xX])\] (?P<text>.*)$")


class quiz_node(nodes.General, nodes.Element):
    """A question and its choices; attribute `group` names the radio buttons."""


class quiz_question(nodes.General, nodes.Element):
    """The question, as inline text."""


class quiz_choice(nodes.General, nodes.Element):
    """One choice as inline text; attributes `right`, `button` and `reason` (ids)."""


class quiz_reason(nodes.General, nodes.Element):
    """Why a choice is right or wrong, as paragraphs."""


class QuizDirective(SphinxDirective):
    """Parse a question with two or more choices, at least one of them right, each with its reason."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"label": directives.unchanged_required}

    def run(self):
        label = self.options.get("label")
        if not label:
            raise self.error("a quiz needs a :label:, by which its buttons are told from those of other questions")
        choices = split_choices(self.content)
        if len(choices) < 2 or not any(right for right, _, _ in choices):
            raise self.error(f"quiz {label} needs at least two choices of the form '- [ ] choice :: reason', and one with [x]")
        unexplained = [text for _, text, reason in choices if not reason]
        if unexplained:
            raise self.error(f"quiz {label}: no reason (after ' :: ') for the choice {unexplained[0]!r}")

        quiz = quiz_node(group=label, ids=[nodes.make_id(label)], names=[label])
        self.state.document.note_explicit_target(quiz)
        quiz += quiz_question("", *self.inline(self.arguments[0]))
        answers = []
        for number, (right, text, reason) in enumerate(choices):
            ids = {"button": f"{label}-choice-{number}", "reason": f"{label}-reason-{number}"}
            quiz += quiz_choice("", *self.inline(text), right=right, group=label, **ids)
            answer = quiz_reason(right=right, name=ids["reason"])
            self.state.nested_parse(StringList([reason], self.content.source(0)), self.content_offset, answer)
            say_the_verdict(answer, WORDS[right])
            answers.append(answer)
        quiz += answers
        return [quiz]

    def inline(self, text):
        """Parse one line of Markdown into inline nodes."""
        children, messages = self.state.inline_text(text, self.lineno)
        return children + messages


def say_the_verdict(answer, word):
    """Put the verdict before a reason, in the same paragraph, unless the reason begins with one itself."""
    if SAID.match(answer.astext()):
        return
    if not (answer.children and isinstance(answer[0], nodes.paragraph)):
        answer.insert(0, nodes.paragraph())
    answer[0].insert(0, [nodes.strong("", word, classes=["quiz-verdict"]), nodes.Text(" ")])


def split_choices(lines):
    """Split the directive's lines into (right, choice, reason); indented lines continue the choice above them.

    >>> split_choices(["- [ ] yes :: no", "- [x] no :: yes,", "  indeed"])
    [(False, 'yes', 'no'), (True, 'no', 'yes, indeed')]
    """
    items = []
    for line in lines:
        found = CHOICE.match(line)
        if found:
            items.append((found["mark"] != " ", found["text"]))
        elif line.strip() and items:
            items[-1] = (items[-1][0], f"{items[-1][1]} {line.strip()}")
        elif line.strip():
            raise ValueError(f"a quiz holds choices of the form '- [ ] choice :: reason', not {line!r}")
    return [(right, *(part.strip() for part in text.partition(" :: ")[::2])) for right, text in items]


class PlainQuiz(SphinxPostTransform):
    """Turn questions into ordinary paragraphs and lists for builders that have no buttons."""

    default_priority = 400

    def run(self, **kwargs):
        if self.app.builder.format == "html":
            return
        for quiz in list(self.document.findall(quiz_node)):
            question, *rest = quiz.children
            half = len(rest) // 2
            choices = nodes.bullet_list()
            for choice, reason in zip(rest[:half], rest[half:], strict=True):
                choices += nodes.list_item("", nodes.paragraph("", "", *choice.children), *reason.children)
            quiz.replace_self([nodes.paragraph("", "", nodes.strong("", "", *question.children)), choices])


def visit_quiz(self, node):
    self.body.append(self.starttag(node, "fieldset", CLASS="quiz"))


def depart_quiz(self, node):
    self.body.append("</div><noscript><p>Without JavaScript this question does not answer.</p></noscript></fieldset>\n")


def visit_question(self, node):
    self.body.append('<legend><span class="quiz-title">Question</span> ')


def depart_question(self, node):
    self.body.append("</legend>\n")


def visit_choice(self, node):
    button = f'<input type="radio" name="{node["group"]}" id="{node["button"]}" value="{node["reason"]}">'
    verdict = "right" if node["right"] else "wrong"
    self.body.append(f'<label class="quiz-choice quiz-{verdict}" for="{node["button"]}">{button} <span>')


def depart_choice(self, node):
    self.body.append("</span></label>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), quiz_choice):
        self.body.append('<div class="quiz-reasons" aria-live="polite"><p class="quiz-ask" hidden>Press Enter to answer.</p>\n')


def visit_reason(self, node):
    self.body.append(f'<div class="quiz-reason" id="{node["name"]}" hidden>')


def depart_reason(self, node):
    self.body.append("</div>\n")


def setup(app):
    """Register the directive, its nodes and the plain form for other builders."""
    app.add_node(quiz_node, html=(visit_quiz, depart_quiz))
    app.add_node(quiz_question, html=(visit_question, depart_question))
    app.add_node(quiz_choice, html=(visit_choice, depart_choice))
    app.add_node(quiz_reason, html=(visit_reason, depart_reason))
    app.add_directive("quiz", QuizDirective)
    app.add_post_transform(PlainQuiz)
