"""Every exercise of every chapter: the check that the reader meets is fed the stub, the solution and each named slip."""

import pytest
from chapter_source import FIXTURE, LESSONS, ask, executed, exercises, name

EVERY = [(path, exercise) for path in [FIXTURE, *LESSONS] for exercise in exercises(path).values()]
IDS = [f"{path.stem}: {exercise.number}" for path, exercise in EVERY]
each_chapter = pytest.mark.parametrize("path", LESSONS, ids=name)
each_exercise = pytest.mark.parametrize(("path", "exercise"), EVERY, ids=IDS)


@each_chapter
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
