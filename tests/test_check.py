"""Exercise feedback: four verdicts, never an exception for what a reader types, and an error for what an author gets wrong."""

import base64
import json
import math
import re
import sys
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from netlib import check

INPUTS = (0, 3.0, np.array([1, 2]))


def verdict(answer, expected=2.5, **options):
    return check.number("1.1", answer, expected, **options)


def test_untouched_stub_is_open():
    assert verdict(...).status == "open"
    assert verdict(None).status == "open"
    assert "not answered yet" in repr(verdict(...))


@pytest.mark.parametrize("answer", [
    2.5, 2.5004, np.float32(2.5), np.array(2.5), Fraction(5, 2), sympy.Rational(5, 2), sympy.Float("2.5"),
])
def test_numbers_of_every_kind_are_right(answer):
    found = verdict(answer, because="5 / 2 = 2.5")
    assert (found.status, found.message) == ("right", "right, because 5 / 2 = 2.5")


@pytest.mark.parametrize("answer, expected", [
    ([1, 2.0], [1.0, 2.0]), ((Fraction(1, 2), sympy.pi), [0.5, math.pi]), (np.eye(2), [[1, 0], [0, 1]]),
    (sympy.Matrix([[1, 2]]), [[1, 2]]),
])
def test_arrays_are_right(answer, expected):
    assert verdict(answer, expected).status == "right"


@pytest.mark.parametrize("answer, says", [
    (2.6, "too large"), (2.4, "too small"), (-2.5, "sign"), (-7, "wrong sign"), (250, "factor of ten"), (0.001, "factor of ten"),
    (2.51, "nearly"), (0, "too small"), (math.nan, "not finite"), (math.inf, "not finite"),
    ("2.5", "one number is wanted"), ([2.5], "shape (1,)"),
    (True, "one number is wanted"), (2.5j, "one number is wanted"), (sympy.Symbol("x"), "one number is wanted"),
    (print, "one number is wanted"), ([[1], [1, 2]], "one number is wanted"), ({}, "one number is wanted"),
])
def test_wrong_answers_get_a_fact_and_not_the_value(answer, says):
    found = verdict(answer)
    assert found.status == "wrong"
    assert says in found.message
    if not isinstance(answer, str | list):
        assert "2.5 " not in found.message.replace(repr(answer), "")


@pytest.mark.parametrize("answer, expected, because, status", [
    (2.67, 8 / 3, "", "right"), (2.66, 8 / 3, "", "wrong"), (2.7, 8 / 3, "", "wrong"), (2.7, 8 / 3, "about 2.7", "right"),
    (3, 8 / 3, "8/3, about 3", "wrong"), (0.188, 0.1875, "", "right"), (0.187, 0.1875, "", "right"),
    (0.0294, 0.029437, "", "right"), (3.53, 3.5255, "= 3.53", "right"), (3.52, 3.5255, "= 3.53", "wrong"),
    (2.5e-14, 2.4847e-14, "it is 2.5e-14.", "right"), (2.48e-14, 2.4847e-14, "", "right"), (0.0, 1e-9, "", "wrong"),
    (0.67, 2 / 3, "67.1 % and 0.71", "wrong"), (1.00, 0.9996, "", "right"),
    ([0.667, 0.333], [2 / 3, 1 / 3], "", "right"), ([0.67, 0.333], [2 / 3, 1 / 3], "", "wrong"), (12, 12.34, "12.3", "wrong"),
])
def test_the_right_value_may_be_rounded_to_three_digits_or_to_those_that_the_reason_prints(answer, expected, because, status):
    assert verdict(answer, expected, because=because).status == status


def test_a_narrow_tolerance_wants_all_digits_unless_the_reason_prints_fewer():
    assert verdict(2.67, 8 / 3, tolerance=1e-6).status == "wrong"
    assert verdict(2.67, 8 / 3, tolerance=1e-6, because="it is 2.67").status == "right"


def test_nothing_rounded_counts_that_a_hint_is_as_near_to():
    assert verdict(2.67, 8 / 3, hints={2.6732: "a rival"}).status == "hint"
    assert verdict(2.667, 8 / 3, hints={2.6732: "a rival"}).status == "right"


def test_a_hint_knows_its_value_rounded():
    assert verdict(0.333, 10, hints={1 / 3: "the inverse"}).status == "hint"
    assert verdict(7.39, hints={math.e**2: "squared"}).status == "hint"


@pytest.mark.parametrize("tolerance", [1e-6, 1e-3, 3e-3, 0.05, 0.5])
def test_nearly_is_near_whatever_the_tolerance(tolerance):
    for value in np.linspace(0.1, 6, 600):
        found = verdict(value, tolerance=tolerance)
        if "nearly" in found.message:
            assert abs(value / 2.5 - 1) <= min(10 * tolerance, 0.02) + 1e-9


def test_nearly_is_not_said_where_a_hint_is_as_near():
    assert "nearly" in verdict(2.515).message
    assert "nearly" not in verdict(2.515, hints={2.53: "a rival"}).message
    assert "too large" in verdict(2.515, hints={2.53: "a rival"}).message


@pytest.mark.parametrize("answer, expected, says", [
    ((0, 731), 0.7311, "write 0.731, with a point"), ("0,731", 0.7311, "write 0.731, with a point"), ((2, 5), 2.5, "write 2.5"),
    ("0.731", 0.7311, "leave out the quotes"), (73.1, 0.7311, "percentage"), (-18.8, -0.1875, "percentage"),
    ([50, 50], [0.5, 0.5], "[50, 50] is a hundred times too large"), ("2.5 J", 2.5, "without a unit: write 2.5"),
    ("1 e-3x", 2.5, "the text '1 e-3x'"),
    ((1, -2), 2.5, "shape (2,)"), ("nan", 2.5, "one number is wanted, and this is the text 'nan'"),
])
def test_a_decimal_comma_a_text_and_a_percentage_get_a_word(answer, expected, says):
    found = verdict(answer, expected)
    assert found.status == "wrong"
    assert says in found.message


def test_the_judge_needs_nothing_but_what_json_holds():
    """Another judge, in another language, gets the exercise as JSON and the sentences from the same table."""
    options = {"because": "8/3 = 2.67", "hints": {4 / 3: "halved", 2.0: "rounded down"}}
    exercise = json.loads(json.dumps(check._description("1.1", 8 / 3, **options)))
    json.dumps(check.VERDICTS)
    for answer in (..., 8 / 3, 2.67, 1.333, 2, 2.68, -8 / 3, 26, 267, "2,67", [1, 2]):
        name, fields = check._judge_number(answer, exercise)
        status, sentence = check.VERDICTS[name]
        told = verdict(answer, 8 / 3, **options)
        assert (status, sentence.format(**fields)) == (told.status, told.message)


def test_whole_numbers_are_met_exactly():
    assert verdict(1025, 1024).status == "wrong"
    assert verdict(1024.0, 1024).status == "right"
    assert verdict(1025, 1024, tolerance=0.01).status == "right"


def test_zero_is_met_absolutely():
    assert verdict(1e-4, [0.0, 0.5]).status == "wrong"
    assert verdict([1e-4, 0.5], [0.0, 0.5]).status == "right"
    assert verdict(5e-4, 0.0, tolerance=1e-3).status == "right"


def test_small_numbers_are_met_relatively():
    assert verdict(2e-9, 1e-9).status == "wrong"


def test_array_is_told_its_first_wrong_entry():
    assert "entry [1]" in verdict([1, 5, 3], [1, 2, 3]).message


def test_hint_of_a_known_slip():
    hints = {5: "you forgot the ½", 1.25: "you halved twice"}
    assert verdict(5.0, hints=hints).message == "not yet: you forgot the ½"
    assert verdict(1.2501, hints=hints).status == "hint"
    assert verdict([2, 1], [1, 2], hints=[([2, 1], "in the wrong order")]).status == "hint"


@pytest.mark.parametrize("options", [
    {"hints": {2.5: "never shown"}}, {"hints": {2.5001: "never shown"}}, {"hints": {math.nan: "never"}},
    {"hints": {"a": "never"}}, {"expected": math.nan}, {"expected": "2.5"}, {"expected": []},
    {"tolerance": -1}, {"tolerance": "small"}, {"tolerance": math.nan},
])
def test_faults_of_the_author_raise_even_for_the_stub(options):
    with pytest.raises(ValueError, match=r"exercise 1\.1"):
        verdict(..., **options)


@given(st.one_of(st.none(), st.text(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.binary(),
                 st.fractions(), st.lists(st.floats() | st.text(), max_size=4), st.dictionaries(st.text(), st.integers())))
def test_no_answer_raises(answer):
    for expected in (2.5, [1.0, 2.0]):
        found = verdict(answer, expected, hints=[(7.25, "why")])
        assert found.status in check.STATUSES
        assert "\n" not in found.message
    assert function_verdict(lambda x: answer).status in check.STATUSES


class Spiteful:
    def __array__(self, *_, **__):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")


def test_not_even_a_spiteful_object_raises():
    assert verdict(Spiteful()).status == "wrong"
    assert function_verdict(lambda x: Spiteful()).status == "wrong"


class Unspeakable(Exception):
    def __str__(self):
        raise ValueError("x")


def leave():
    raise SystemExit(1)


def unspeakable():
    raise Unspeakable


@pytest.mark.parametrize("act", [leave, sys.exit, exit, unspeakable])
def test_a_function_that_leaves_or_cannot_say_why_it_stops_is_wrong_and_no_more(act):
    found = function_verdict(lambda x: act())
    assert found.status == "wrong"
    assert "yours stops with " in found.message


def test_an_interrupt_passes():
    def interrupted(x):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        function_verdict(interrupted)


def test_in_a_notebook_exit_does_not_end_the_session(monkeypatch):
    """IPython's exit() raises nothing: it asks the shell to end, which the check refuses while it runs a reader's function."""
    import IPython
    from IPython.core.autocall import ExitAutocall

    class Shell:
        asked = 0

        def ask_exit(self):
            self.asked += 1

    shell = Shell()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: None)
    found = function_verdict(lambda x: ExitAutocall(shell)())
    assert "exit() would end your session" in found.message
    shell.ask_exit()
    assert shell.asked == 1, "outside the check it works as before"


def function_verdict(attempt, reference=np.square, inputs=INPUTS, **options):
    return check.function("1.2", attempt, reference, inputs, **options)


def test_function_stub_is_open():
    def stub(x):
        ...
    assert function_verdict(stub).status == "open"
    assert function_verdict(...).status == "open"
    assert function_verdict(lambda x: ...).status == "open"


def test_right_function():
    assert function_verdict(lambda x: x * x, because="a square is a product").message == "right, because a square is a product"


def test_first_counter_example():
    message = function_verdict(lambda x: x * 2).message
    assert message == "not yet: for the input 3 yours gives 6, and 9 is right"
    assert "[1, 2]" in function_verdict(lambda x: x * x if np.ndim(x) == 0 else x).message


def test_function_that_stops_is_reported_kindly():
    assert "for the input 0 yours stops with ZeroDivisionError: " in function_verdict(lambda x: 1 / x).message
    assert "TypeError" in function_verdict(lambda: 1).message


def test_overflow_gets_a_word():
    assert "a number grew too large on the way" in function_verdict(lambda x: math.exp(1000 + np.sum(x))).message


@pytest.mark.parametrize("attempt, says", [
    (lambda x, y: x @ y + 1.0, "for input 1 of 1 (x = an array of shape (5, 4), y = an array of shape (4, 5) with 20 times 1) "
                              "yours gives 5 in entry [0, 0], and 4 is right"),
    (lambda x, y: np.tril(x @ y), "yours gives 0 in entry [0, 1], and 4 is right"),
    (lambda x, y: (x @ y)[:4], "yours gives an array of shape (4, 5), and an array of shape (5, 5) is right"),
    (lambda x, y: (x @ y).sum(), "yours gives 100, and an array of shape (5, 5) is right"),
])
def test_large_arrays_are_told_by_shape_and_first_entry(attempt, says):
    x, y = np.ones((5, 4)) + np.eye(5, 4) * 1e-12 + 1e-13 * np.arange(20).reshape(5, 4), np.ones((4, 5), dtype=int)
    assert says in check.function("1.5", attempt, lambda x, y: x @ y, [(x, y)]).message


def test_of_several_results_the_first_that_differs_is_named():
    found = check.function("1.6", lambda x: (x, x + 1), lambda x: (x, x + 2), [np.arange(3)])
    assert found.message == "not yet: for the input [0, 1, 2] yours gives [1, 2, 3] as result 2 of 2, and [2, 3, 4] is right"
    found = check.function("1.6", lambda x: (x, 1), lambda x: (x, 2), [5])
    assert found.message == "not yet: for the input 5 yours gives (5, 1), and (5, 2) is right"


def test_a_long_array_of_few_values_says_how_many_of_each():
    message = function_verdict(len, np.sum, [np.repeat([-1, 1], [17, 47])]).message
    assert "the input an array of shape (64,) with 17 times -1 and 47 times 1 yours gives 64, and 30 is right" in message


def test_no_minus_before_zero():
    for value in (-0.0, np.array([-0.0, 1]), np.array(-0.0), [-0.0, 2.0], np.array([-1e-17, 1.0])):
        assert "-0" not in function_verdict(lambda x, value=value: value, lambda x: 7, [1]).message.replace("e-0", "")


def test_function_hint():
    found = function_verdict(lambda x: x + x, hints=[(lambda x: x**3, "a cube"), (lambda x: 2 * x, "that is twice, not squared")])
    assert (found.status, found.message) == ("hint", "not yet: that is twice, not squared")


def test_tuple_is_several_arguments_and_strings_and_tuples_may_come_back():
    assert check.function("1.3", lambda a, b: a - b, np.subtract, [(1, 2), (5, 3)]).status == "right"
    assert check.function("1.3", lambda a: (a, "x"), lambda a: (a, "x"), [1]).status == "right"
    assert check.function("1.3", lambda a: (a, "y"), lambda a: (a, "x"), [1]).status == "wrong"
    assert check.function("1.3", lambda a: {"a": a}, lambda a: {"a": a}, [1]).status == "right"
    assert check.function("1.3", lambda a: a > 0, lambda a: a >= 0, [0]).status == "wrong"
    assert check.function("1.3", lambda a: -np.inf, lambda a: -math.inf, [0.0]).status == "right"


def test_attempt_gets_copies():
    def greedy(x):
        x[:] = 0
        return x
    given = np.arange(3)
    assert function_verdict(greedy, inputs=[given]).status == "wrong"
    assert given.tolist() == [0, 1, 2]


def test_both_see_the_same_random_numbers():
    rng = np.random.default_rng(1)
    assert check.function("1.4", lambda rng: rng.random(3), lambda rng: rng.random(3), [rng, rng]).status == "right"


@pytest.mark.parametrize("options", [
    {"inputs": []}, {"hints": [(lambda x: x * x, "never shown")]}, {"reference": 3}, {"tolerance": -1},
])
def test_faults_of_the_author_of_a_function_exercise(options):
    with pytest.raises(ValueError, match=r"exercise 1\.2"):
        function_verdict(..., **options)


def test_html_says_it_without_colour_and_escapes():
    found = check.number("1.1", 2.5, 2.5, because="a < b")
    assert 'role="status"' in found.to_html()
    assert "✓" in found.to_html()
    assert "a &lt; b" in found.to_html()


@pytest.fixture
def shown(monkeypatch):
    """What is displayed in a kernel while the site is built."""
    bundles = []
    monkeypatch.setenv("NETLIB_SITE", "1")
    monkeypatch.setattr(check, "in_ipython", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: bundles.append(bundle))
    return bundles


def test_on_the_site_an_open_number_is_a_field_that_holds_what_judging_needs(shown):
    assert check.number("1.1", ..., [2.5, 1], because="a < b", hints=[([1, 2.5], "swapped")]).status == "open"
    [bundle] = shown
    block = bundle["text/html"]
    held = json.loads(base64.b64decode(re.search(r'data-check="([^"]+)"', block)[1]))
    assert held == check._description("1.1", [2.5, 1], None, "a < b", [([1, 2.5], "swapped")])
    assert "2.5" not in block and "a &lt; b" not in block, "nobody reads the answer by accident"
    assert 'label for="answer-1-1"' in block and 'id="answer-1-1"' in block and 'role="status"' in block
    assert "2 numbers, with commas between them" in block
    assert "needs JavaScript" in block
    assert "not answered yet" in bundle["text/plain"]


def test_on_the_site_an_open_program_says_where_it_is_judged(shown):
    function_verdict(...)
    assert "notebook" in shown[0]["text/html"] and 'data-exercise="1.2"' in shown[0]["text/html"]


def test_an_answer_is_judged_on_the_site_as_anywhere(shown):
    verdict(2.5)
    assert "netlib-check-right" in shown[0]["text/html"]


def test_without_the_site_a_stub_shows_a_verdict(shown, monkeypatch):
    monkeypatch.delenv("NETLIB_SITE")
    verdict(...)
    assert "not answered yet" in shown[0]["text/html"]
