"""Exercise feedback: four verdicts, never an exception for what a reader types, and an error for what an author gets wrong."""

import math
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
        assert found.status in check.SYMBOLS
        assert "\n" not in found.message
    assert function_verdict(lambda x: answer).status in check.SYMBOLS


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
