"""The one training loop: what stops goes on bit for bit, and a checkpoint resumes its own training and no other."""

import sys

import numpy as np
import pytest

from netlib import _checkpoint, training


def noisy_step(number, parameters, rng):
    return dict(x=parameters["x"] + number * rng.standard_normal(3), chain=rng.integers(2, size=4))


START = dict(x=np.zeros(3), chain=np.zeros(4, int))


@pytest.mark.parametrize("stop", [1, 9, 10, 11, 25])
def test_interrupted_training_resumes_bit_for_bit(tmp_path, stop):
    whole_rng, rng = np.random.default_rng(31), np.random.default_rng(31)
    how = dict(steps=25, every=10, monitor=lambda now: now["x"].sum())
    whole, history = training.follow(noisy_step, START, rng=whole_rng, **how)

    def interrupted(number, parameters, rng):
        if number == stop:
            raise KeyboardInterrupt
        return noisy_step(number, parameters, rng)

    path = tmp_path / "run.npz"
    if stop < 25:
        with pytest.raises(KeyboardInterrupt):
            training.follow(interrupted, START, rng=np.random.default_rng(31), checkpoint=path, **how)
    for _ in range(2):  # the second call finds the work done
        rng = np.random.default_rng(31)
        again, history_again = training.follow(noisy_step, START, rng=rng, checkpoint=path, **how)
        for name in whole:
            assert (again[name] == whole[name]).all() and again[name].dtype == whole[name].dtype
        for name in history:
            assert (history_again[name] == history[name]).all()
        assert rng.bit_generator.state == whole_rng.bit_generator.state
    assert list(tmp_path.iterdir()) == [path]


def test_generator_ends_in_the_same_state_when_resumed(tmp_path):
    path, ends = tmp_path / "run.npz", []
    for _ in range(2):
        rng = np.random.default_rng(32)
        training.follow(noisy_step, START, 12, rng, checkpoint=path, every=5)
        ends.append(rng.random(3).tolist())
    assert ends[0] == ends[1]


def test_training_can_be_made_longer(tmp_path):
    path = tmp_path / "run.npz"
    training.follow(noisy_step, START, 10, np.random.default_rng(33), checkpoint=path, every=10)
    longer, _ = training.follow(noisy_step, START, 20, np.random.default_rng(33), checkpoint=path, every=10)
    whole, _ = training.follow(noisy_step, START, 20, np.random.default_rng(33), every=10)
    assert (longer["x"] == whole["x"]).all()
    with pytest.raises(ValueError, match="stands at step 20, further than the 10 steps"):
        training.follow(noisy_step, START, 10, np.random.default_rng(33), checkpoint=path, every=10)


DATA = np.eye(3)
SETTINGS = dict(rate=0.1, data=DATA, name="noisy", pair=(0, 1), mask=None, centre=False, pace=lambda number: 1 / (1 + number))


@pytest.mark.parametrize("other", [
    dict(settings=dict(SETTINGS, rate=0.2)),
    dict(settings=dict(SETTINGS, data=DATA[::-1])),  # the same sum
    dict(settings=dict(SETTINGS, name="quiet")),
    dict(settings=dict(SETTINGS, pair=(1, 0))),
    dict(settings=dict(SETTINGS, mask=DATA)),
    dict(settings=dict(SETTINGS, centre=True)),
    dict(settings=dict(SETTINGS, pace=lambda number: 1 / (2 + number))),
    dict(settings=dict(SETTINGS, pace=1.0)),
    dict(settings=dict(SETTINGS, more=1)),
    dict(settings={name: value for name, value in SETTINGS.items() if name != "rate"}),
    dict(parameters=dict(START, x=np.full(3, 1e-9))),
    dict(parameters=dict(START, x=np.zeros(3, np.float32))),
    dict(rng=np.random.default_rng(36)),
    dict(rng=np.random.Generator(np.random.MT19937(35))),
    dict(every=7),
    dict(record_start=False),
    dict(monitor=None),
])
def test_checkpoints_of_other_trainings_are_refused(tmp_path, other):
    path = tmp_path / "run.npz"
    own = dict(step=noisy_step, parameters=START, steps=5, settings=SETTINGS, every=2, monitor=lambda now: now["x"].sum())

    def run(**changed):
        return training.follow(**{**own, "rng": np.random.default_rng(35), **changed}, checkpoint=path)

    first, _ = run()
    before = path.read_bytes()
    with pytest.raises(ValueError, match="run.npz belongs to another training"):
        run(**other)
    assert path.read_bytes() == before
    again, _ = run(settings=dict(SETTINGS, rate=np.float64(0.1), pace=lambda number: 2 / (2 + 2 * number)), write_every=1)
    assert (again["x"] == first["x"]).all()


def test_a_schedule_may_change_where_it_was_not_used_yet(tmp_path):
    def run(steps, rate):
        settings = dict(rate=rate)
        training.follow(noisy_step, START, steps, np.random.default_rng(41), settings=settings, checkpoint=tmp_path / "run")

    run(5, lambda number: 0.5)
    run(9, lambda number: 0.5 if number < 5 else 0.1)
    with pytest.raises(ValueError, match="rate had other values in its 9 steps"):
        run(9, lambda number: 0.5)


def test_settings_are_told_apart_by_content_or_refused(tmp_path):
    with pytest.raises(TypeError, match="settings are numbers, strings, arrays and functions, got dict"):
        training.follow(noisy_step, START, 1, np.random.default_rng(0), settings=dict(bad={}), checkpoint=tmp_path / "run")


def test_a_monitor_returns_numbers_of_one_shape():
    with pytest.raises(ValueError, match=r"one shape, got \(2,\) after step 2 and \(1,\) before"):
        training.follow(lambda number, now, rng: dict(x=np.zeros(number + 1)), dict(x=np.zeros(1)), 3, np.random.default_rng(0),
                        every=1, monitor=lambda now: now["x"])


def test_the_checkpoint_is_written_at_its_own_interval(tmp_path):
    path, seen = tmp_path / "run", []

    def step(number, now, rng):
        seen.append(int(_checkpoint.load(path)[0]["done"]) if path.exists() else 0)
        return now

    training.follow(step, START, 7, np.random.default_rng(0), every=2, monitor=lambda now: 0, checkpoint=path, write_every=3)
    assert seen == [0, 0, 0, 3, 3, 3, 6] and int(_checkpoint.load(path)[0]["done"]) == 7


@pytest.mark.parametrize("value", [-1, np.nan, np.inf, 1])
def test_a_setting_out_of_range_is_named(value):
    with pytest.raises(ValueError, match=f"momentum must be finite, not negative and below 1, got {value:g}$"):
        training.scheduled("momentum", value, 0, below=1)
    with pytest.raises(ValueError, match=f"got {value:g} at step 7$"):
        training.scheduled("momentum", lambda number: value, 7, below=1)


def test_damaged_checkpoints_are_named(tmp_path):
    path = tmp_path / "run.npz"
    training.follow(noisy_step, START, 5, np.random.default_rng(37), checkpoint=path)
    content = path.read_bytes()
    for damaged in (content[:-1], content[: len(content) // 2], b"", b"text"):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="is not a whole checkpoint"):
            training.follow(noisy_step, START, 5, np.random.default_rng(37), checkpoint=path)
    for position in range(0, len(content), 7):  # every kind of error that a flipped bit wakes in zipfile comes as one sentence
        path.write_bytes(content[:position] + bytes([content[position] ^ 0x20]) + content[position + 1 :])
        try:
            _checkpoint.load(path)
        except ValueError as error:
            assert "is not a whole checkpoint" in str(error)
    np.savez(path, x=np.zeros(3))
    with pytest.raises(ValueError, match="is not a whole checkpoint"):
        _checkpoint.load(path)
    with pytest.raises(FileNotFoundError):
        _checkpoint.load(tmp_path / "absent")


def test_a_failed_write_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    _checkpoint.save(path, {"x": 1}, np.random.default_rng(0))

    def full(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space left"):
        _checkpoint.save(path, {"x": 2}, np.random.default_rng(0))
    monkeypatch.undo()
    assert int(_checkpoint.load(path)[0]["x"]) == 1 and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("bits", [np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_checkpoints_keep_every_kind_of_generator(tmp_path, bits):
    rng = np.random.Generator(bits(38))
    rng.integers(5, size=3, dtype=np.uint8)
    _checkpoint.save(tmp_path / "run", {}, rng)
    assert (_checkpoint.load(tmp_path / "run")[1].random(5) == rng.random(5)).all()


def test_checkpoints_hold_no_objects(tmp_path):
    with pytest.raises(TypeError, match="Python objects in 'x'"):
        _checkpoint.save(tmp_path / "run", {"x": [None]}, np.random.default_rng(0))
    with pytest.raises(ValueError, match="names that the checkpoint uses itself"):
        _checkpoint.save(tmp_path / "run", {"generator_state": 1}, np.random.default_rng(0))


def test_progress_is_a_bar_where_tqdm_is_installed(capsys):
    pytest.importorskip("tqdm")
    training.follow(noisy_step, START, 5, np.random.default_rng(39), every=2, progress=True, monitor=lambda now: 1.5)
    shown = capsys.readouterr()
    assert shown.out == "" and "5/5 [00:0" in shown.err and "step/s" in shown.err and shown.err.rstrip().endswith("1.5]")


def test_progress_is_one_plain_line_without_it(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    training.follow(noisy_step, START, 5, np.random.default_rng(39), every=2, progress=True, monitor=lambda now: [1.5, 2.5])
    shown = capsys.readouterr()
    lines = shown.err.split("\r")
    assert shown.out == "" and lines[0] == "" and shown.err.endswith("\n") and shown.err.count("\n") == 1
    assert lines[-1].rstrip() == "step 5 of 5, 0:00:00 gone, 0:00:00 left 1.5 2.5"


def test_nothing_is_shown_unasked(capsys):
    training.follow(noisy_step, START, 5, np.random.default_rng(39))
    assert capsys.readouterr() == ("", "")


def test_a_generator_is_needed():
    with pytest.raises(TypeError, match="numpy.random.Generator"):
        training.follow(noisy_step, START, 5, 0)
