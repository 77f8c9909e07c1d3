"""A scan gives the same numbers whatever computes it, and survives being killed."""

import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import joblib
import numpy as np
import pytest

from netlib.network import Network
from netlib.scan import grid, point_generator, read, scan

ROOT = Path(__file__).parent.parent


def measure(beta, n, rng):
    """Mean energy of a small ferromagnet, and its last state."""
    machine = Network(1.0 - np.eye(n))
    state = rng.choice([-1, 1], size=n)
    energies = []
    for _ in range(20):
        state = machine.sweep(state, beta, rng)
        energies.append(machine.energy(state))
    return {"energy": np.mean(energies), "state": state, "count": np.int64(len(energies))}


def process(x, rng):
    return os.getpid()


POINTS = grid(beta=[0.1, 0.5, 1.0], n=[3, 4])


def test_results_are_the_functions_with_the_points_generator():
    results = scan(measure, POINTS, seed=3)
    for point, result in zip(POINTS, results, strict=True):
        direct = measure(**point, rng=point_generator(3, point))
        assert result == {"energy": direct["energy"], "state": direct["state"].tolist(), "count": 20}


def test_points_have_different_streams():
    numbers = [point_generator(seed, point).random() for seed in (1, 2) for point in POINTS]
    assert len(set(numbers)) == len(numbers)


def test_order_and_size_of_the_grid_do_not_matter():
    results = scan(measure, POINTS, seed=3)
    assert scan(measure, POINTS[::-1], seed=3) == results[::-1]
    larger = grid(beta=[0.0, 0.1, 0.5, 1.0], n=[2, 3, 4])
    again = scan(measure, larger, seed=3)
    assert [again[larger.index(point)] for point in POINTS] == results
    assert scan(measure, POINTS, seed=4) != results


def test_numpy_values_name_the_same_point():
    assert scan(measure, grid(beta=np.array([0.5]), n=np.array([3])), seed=1) == scan(measure, grid(beta=[0.5], n=[3]), seed=1)


def test_workers_do_not_matter(tmp_path):
    serial = scan(measure, POINTS, seed=5)
    assert scan(measure, POINTS, seed=5, workers=2, path=tmp_path / "two.jsonl") == serial
    assert scan(measure, POINTS, seed=5, workers=2, path=tmp_path / "two.jsonl") == serial  # all read back


def test_a_dask_cluster_gives_the_same_bits(tmp_path):
    distributed = pytest.importorskip("distributed")
    serial = scan(measure, POINTS, seed=6)
    options = dict(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=str(tmp_path))
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster), joblib.parallel_config(backend="dask"):
        assert len(cluster.workers) == 2
        assert scan(measure, POINTS, seed=6, path=tmp_path / "dask.jsonl") == serial
        assert os.getpid() not in scan(process, grid(x=[1, 2, 3]), seed=6)
    assert len(read(tmp_path / "dask.jsonl")) == len(POINTS)


def test_resuming_computes_only_what_is_missing(tmp_path):
    path, calls = tmp_path / "scan.jsonl", []

    def counted(x, rng):
        calls.append(x)
        return [x, rng.random()]

    first = scan(counted, grid(x=[1, 2]), seed=7, path=path)
    both = scan(counted, grid(x=[3, 2, 1]), seed=7, path=path)
    assert calls == [1, 2, 3]
    assert both[::-1][:2] == first
    assert sorted(result[0] for _, result in read(path)) == [1, 2, 3]


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_truncated_last_line_is_computed_again(tmp_path, cut):
    path = tmp_path / "scan.jsonl"
    results = scan(measure, POINTS, seed=8, path=path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    assert len(read(path)) == len(POINTS) - 1
    assert scan(measure, POINTS, seed=8, path=path) == results
    assert path.read_bytes() == whole


def test_a_file_cut_in_its_first_line_begins_again(tmp_path):
    path = tmp_path / "scan.jsonl"
    results = scan(measure, POINTS, seed=8, path=path)
    path.write_bytes(path.read_bytes()[:7])
    assert scan(measure, POINTS, seed=8, path=path) == results


SLOW = """
import sys, time
from netlib.scan import grid, scan

def slow(x, rng):
    time.sleep(0.05)
    return rng.random()

if __name__ == "__main__":
    print(scan(slow, grid(x=list(range(16))), seed=9, path=sys.argv[1]))
"""


def test_a_killed_scan_resumes_and_ends_the_same(tmp_path):
    script, path, other = tmp_path / "slow.py", tmp_path / "killed.jsonl", tmp_path / "whole.jsonl"
    script.write_text(SLOW)
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    victim = subprocess.Popen([sys.executable, script, path], env=environment, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while (len(path.read_bytes().splitlines()) if path.exists() else 0) < 4:
        assert victim.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    survived = read(path)
    assert 3 <= len(survived) < 16
    resumed, whole = (
        subprocess.run([sys.executable, script, file], env=environment, capture_output=True, check=True, text=True).stdout
        for file in (path, other)
    )
    assert resumed == whole
    assert read(path)[: len(survived)] == survived
    assert len(read(path)) == 16
    assert json.loads(whole) == [point_generator(9, {"x": x}).random() for x in range(16)]


def test_progress(capsys):
    scan(measure, POINTS, seed=1, progress=True)
    assert "6/6 [00:0" in capsys.readouterr().err


def test_an_error_in_the_function_comes_through_and_keeps_what_was_done(tmp_path):
    def fragile(x, rng):
        if x == 2:
            raise ZeroDivisionError("at two")
        return x

    with pytest.raises(ZeroDivisionError, match="at two"):
        scan(fragile, grid(x=[0, 1, 2, 3]), seed=1, path=tmp_path / "scan.jsonl")
    assert [result for _, result in read(tmp_path / "scan.jsonl")][:2] == [0, 1]


def test_a_failing_point_is_named(tmp_path):
    with pytest.raises(ZeroDivisionError, match=r"at the point \{'x': 2.5\} of the scan"):
        scan(fraction, grid(x=np.array([1.0, 2.5])), seed=1, workers=2, path=tmp_path / "scan.jsonl")


def fraction(x, rng):
    return 1 / (2.5 - x)


@pytest.mark.parametrize("content", [b"a note to myself", b'{"mine": 1}', b'{"scan": "of my passport"}', b"first\nsecond"])
def test_a_file_that_is_not_a_scans_is_left_as_it_is(tmp_path, content):
    path = tmp_path / "note.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"note.txt was not written by a scan and is left as it is"):
        scan(measure, POINTS, seed=1, path=path)
    assert path.read_bytes() == content


def test_a_damaged_line_is_named(tmp_path):
    path = tmp_path / "scan.jsonl"
    scan(measure, POINTS, seed=1, path=path)
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:2], b"{", *lines[3:]]))
    for call in (lambda: read(path), lambda: scan(measure, POINTS, seed=1, path=path)):
        with pytest.raises(ValueError, match="scan.jsonl is damaged in line 3"):
            call()


def infinite(x, rng):
    return {"x": x, "values": [np.nan, -np.inf, 1.0], "note": {"float": 1.0}}


def test_numbers_that_json_does_not_know_are_written_so_that_any_reader_accepts_them(tmp_path):
    path = tmp_path / "scan.jsonl"
    points = grid(x=[np.inf, 1.0])
    first = scan(infinite, points, seed=1, path=path)
    assert str(scan(infinite, points, seed=1, path=path)) == str(first) and len(read(path)) == 2
    assert np.isnan(first[0]["values"][0]) and first[0]["values"][1:] == [-np.inf, 1.0] and first[0]["note"] == {"float": 1.0}

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    assert len([json.loads(line, parse_constant=refuse) for line in path.read_text().splitlines()]) == 3


def power(x, rng, exponent):
    return x**exponent


def test_a_partial_function_is_known_by_its_arguments(tmp_path):
    path = tmp_path / "scan.jsonl"
    for _ in range(2):  # two objects at two addresses
        assert scan(functools.partial(power, exponent=2), grid(x=[3]), seed=1, path=path) == [9]
    with pytest.raises(ValueError, match="written by another scan"):
        scan(functools.partial(power, exponent=3), grid(x=[3]), seed=1, path=path)
    for nameless in (lambda x, rng: x, functools.partial(lambda x, rng: x)):
        assert scan(nameless, grid(x=[3]), seed=1) == [3]
        with pytest.raises(ValueError, match="a function with a name of its own"):
            scan(nameless, grid(x=[3]), seed=1, path=tmp_path / "other.jsonl")


def test_the_values_of_a_grid_are_plain():
    assert str(grid(T=np.linspace(1, 2, 2), L=np.array([4]))) == "[{'T': 1.0, 'L': 4}, {'T': 2.0, 'L': 4}]"


def test_bad_input(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="occurs more than once"):
        scan(measure, [*POINTS, POINTS[0]], seed=1)
    with pytest.raises(ValueError, match="seed must be at least 0"):
        scan(measure, POINTS, seed=-1)
    with pytest.raises(TypeError, match="seed must be a whole number"):
        scan(measure, POINTS, seed=None)
    with pytest.raises(TypeError, match="numbers, strings, lists and dicts, got object"):
        scan(lambda x, rng: object(), grid(x=[1]), seed=1)
    scan(measure, POINTS, seed=1, path=tmp_path / "scan.jsonl")
    with pytest.raises(ValueError, match="written by another scan"):
        scan(measure, POINTS, seed=2, path=tmp_path / "scan.jsonl")
    monkeypatch.setitem(sys.modules, "joblib", None)
    with pytest.raises(ImportError, match="a scan needs joblib"):
        scan(measure, POINTS, seed=1)
