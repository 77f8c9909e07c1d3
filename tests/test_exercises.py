"""Every exercise of every chapter: the check that the reader meets is fed the stub, the solution and each named slip."""

import numpy as np
import pytest
from chapter_source import FIXTURE, LESSONS, WHOLE, ask, executed, exercises, name
from rivals import RIVALS

from netlib import check

EVERY = [(path, exercise) for path in [FIXTURE, *LESSONS] for exercise in exercises(path).values()]
IDS = [f"{path.stem}: {exercise.number}" for path, exercise in EVERY]
each_exercise = pytest.mark.parametrize(("path", "exercise"), EVERY, ids=IDS)
OF_THE_BOOK = {f"{int(path.stem[:2])}: {exercise.title}": (path, exercise) for path, exercise in EVERY if path != FIXTURE}


@pytest.mark.parametrize("path", [path for path in LESSONS if path in WHOLE], ids=name)
def test_a_chapter_has_five_to_eight_exercises(path):
    assert 5 <= len(exercises(path)) <= 8, sorted(exercises(path))


@each_exercise
def test_it_is_stated_stubbed_checked_and_solved(path, exercise):
    assert exercise.stated, "a stub, check or solution without an {exercise}"
    assert len(exercise.stubs) == 1, "one cell sets answer_x or defines attempt_x"
    assert len(exercise.checks) == 1, "one cell checks it"
    assert exercise.solutions, "a solution with code"
    assert exercise.solution in executed(path)[0], f"the solution sets {exercise.solution}"


@each_exercise
def test_run_all_leaves_it_unanswered(path, exercise):
    namespace, told = executed(path)
    verdicts = [call.verdict for call in told if call.verdict.id == exercise.number]
    assert [verdict.status for verdict in verdicts] == ["open"]
    assert "not answered yet" in verdicts[0].message
    if exercise.answer.startswith("answer"):
        assert namespace[exercise.answer] is ..., "the solution must not fill in the reader's answer"


@each_exercise
def test_the_solution_passes(path, exercise):
    [call] = ask(path, exercise, executed(path)[0][exercise.solution])
    assert call.verdict.status == "right", call.verdict.message
    assert call.verdict.message.startswith("right")


@each_exercise
def test_each_named_slip_is_refused_with_its_hint(path, exercise):
    [stub] = ask(path, exercise, ...)
    hints = stub.keywords.get("hints", {})
    hints = list(hints.items() if isinstance(hints, dict) else hints)
    assert hints, "an exercise names the slip that a reader is likely to make"
    for wrong, why in hints:
        [call] = ask(path, exercise, wrong)
        assert call.verdict.status == "hint", call.verdict.message
        assert why in call.verdict.message


@each_exercise
def test_a_wild_answer_is_refused_and_raises_nothing(path, exercise):
    [call] = ask(path, exercise, "forty-two")
    assert call.verdict.status == "wrong"


@each_exercise
def test_the_right_number_may_be_rounded_as_check_promises(path, exercise):
    """To three digits where one in a thousand is allowed, and to what the sentence after "because" prints."""
    [stub] = ask(path, exercise, ...)
    if exercise.answer.startswith("attempt"):
        return
    [_, _, expected] = stub.arguments
    asked = {key: stub.keywords[key] for key in ("tolerance", "because", "hints") if key in stub.keywords}
    digits = check._description(exercise.number, expected, **asked)["digits"]
    for rounded in ([float(f"{expected:.{n - 1}e}") for n in digits] if np.ndim(expected) == 0 else []):
        [call] = ask(path, exercise, rounded)
        assert call.verdict.status == "right", call.verdict.message


def test_every_exercise_has_rivals_and_every_rival_an_exercise():
    known, listed = set(OF_THE_BOOK), set(RIVALS)
    assert not listed - known, f"tests/rivals.py has rivals of exercises that the book does not have: {sorted(listed - known)}"
    assert not known - listed, f"tests/rivals.py has no rivals of {sorted(known - listed)}"


@pytest.mark.parametrize("which", RIVALS)
def test_no_rival_is_called_right_or_nearly(which):
    assert which in OF_THE_BOOK, f"the book has no exercise {which!r}"
    path, exercise = OF_THE_BOOK[which]
    accepted = []
    for at, rival in enumerate(RIVALS[which]):
        [call] = ask(path, exercise, rival)
        said = call.verdict.message
        assert "yours stops with" not in said, f"rival {at} must run to be examined: {said}"
        if call.verdict.status not in ("wrong", "hint") or "nearly" in said:
            accepted.append(f"rival {at} ({rival if not callable(rival) else rival.__name__}): {said}")
    assert not accepted, "\n".join(accepted)
