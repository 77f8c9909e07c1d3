"""Data sets: counted, drawn, shipped, fetched."""

import gzip
import hashlib
import json
import urllib.error

import numpy as np
import pytest

from netlib import data


def test_encoder_patterns_join_equal_units():
    patterns = data.encoder(5)
    assert patterns.shape == (5, 10)
    assert (patterns.sum(axis=1) == 2).all()
    assert (patterns[:, :5] == patterns[:, 5:]).all() and (patterns[:, :5] == np.eye(5)).all()


@pytest.mark.parametrize("odd", [False, True])
def test_parity_lists_every_pattern_once(odd):
    patterns = data.parity(5, odd=odd)
    assert len(np.unique(patterns, axis=0)) == len(patterns) == 16
    assert (patterns.sum(axis=1) % 2 == odd).all()


def test_even_patterns_have_no_pairwise_structure():
    patterns = data.parity(3)
    assert (patterns.mean(axis=0) == 0.5).all()
    second = patterns.T.astype(float) @ patterns / 4
    assert (second[~np.eye(3, dtype=bool)] == 0.25).all()


def test_shifter_cases_and_the_bayes_bound():
    cases = data.shifter_cases(8)
    assert len(np.unique(cases, axis=0)) == 768
    for first, second, shift in zip(cases[:, :8], cases[:, 8:16], cases[:, 16:].argmax(axis=1) - 1, strict=True):
        assert all(second[(i + shift) % 8] == first[i] for i in range(8))
    # one case of each set with the same two rows can be guessed right
    assert len(np.unique(cases[:, :16], axis=0)) == 762


def test_the_bayes_bound_weighted_by_the_sampling_probability():
    cases = data.shifter_cases(8)
    on = cases[:, :8].sum(axis=1)
    weight = 0.3**on * 0.7 ** (8 - on) / 3
    _, pair = np.unique(cases[:, :16], axis=0, return_inverse=True)
    bound = sum(weight[pair.ravel() == k].max() for k in range(pair.max() + 1))
    assert bound == pytest.approx(0.960, abs=5e-4)


def test_shifter_draws_a_shift_for_each_sample():
    # 3000 draws: each shift 1000 ± 26 (one sd); on-bits 0.3 of 24000 ± 71. Limits are 4 sd: a fair test fails 1 in 4000.
    cases = data.shifter(3000, np.random.default_rng(1))
    shifts = cases[:, 16:]
    assert (shifts.sum(axis=1) == 1).all()
    assert (abs(shifts.sum(axis=0) - 1000) < 4 * 26).all()
    assert abs(cases[:, :8].sum() - 7200) < 4 * 71
    index = shifts.argmax(axis=1)
    assert (np.diff(index) != 0).sum() == pytest.approx(2000, abs=4 * 26)
    listed = {tuple(case) for case in data.shifter_cases(8).tolist()}
    assert all(tuple(case) in listed for case in cases.tolist())


@pytest.mark.parametrize("side", [1, 2, 3, 4])
def test_bars_and_stripes_are_counted_once(side):
    pictures = data.bars_and_stripes(side)
    assert len(np.unique(pictures, axis=0)) == len(pictures) == 2 * 2**side - 2
    grid = pictures.reshape(-1, side, side)
    columns = (grid == grid[:, :1, :]).all(axis=(1, 2))
    rows = (grid == grid[:, :, :1]).all(axis=(1, 2))
    assert (columns | rows).all()
    if side <= 3:
        every = (np.arange(2 ** (side * side))[:, None] >> np.arange(side * side) & 1).reshape(-1, side, side)
        allowed = (every == every[:, :1]).all(axis=(1, 2)) | (every == every[:, :, :1]).all(axis=(1, 2))
        assert allowed.sum() == len(pictures)


def test_random_patterns_have_the_mean_that_was_asked_for():
    # 40000 units of mean 0.6: standard error sqrt(1 − 0.36)/200 = 0.004; limit 4 SE
    patterns = data.random_patterns(40, 1000, np.random.default_rng(2), mean=0.6)
    assert patterns.dtype == np.int8 and set(np.unique(patterns)) == {-1, 1}
    assert abs(patterns.mean() - 0.6) < 4 * 0.004


def test_correlated_patterns_have_the_overlap_that_was_asked_for():
    # 45 pairs share 20000 units; the overlap of one pair has sd at most 1/sqrt(20000) = 0.007; limit 4.5 sd for every pair
    patterns = data.correlated_patterns(10, 20000, 0.4, np.random.default_rng(3)).astype(float)
    overlaps = (patterns @ patterns.T / 20000)[np.triu_indices(10, 1)]
    assert abs(overlaps - 0.4).max() < 4.5 * 0.007
    assert abs(overlaps.mean() - 0.4) < 4 * 0.007


@pytest.mark.parametrize("call, words", [
    (lambda rng: data.encoder(0), "n must be at least 1"),
    (lambda rng: data.parity(21), "at most 20"),
    (lambda rng: data.shifter(3, rng, p_on=1.5), "p_on must be from 0 to 1, got 1.5"),
    (lambda rng: data.shifter(0, rng), "size must be at least 1"),
    (lambda rng: data.bars_and_stripes(13), "at most 12"),
    (lambda rng: data.random_patterns(2, 3, rng, mean=2), "mean must be from -1 to 1, got 2"),
    (lambda rng: data.correlated_patterns(2, 3, -0.1, rng), "correlation must be from 0 to 1"),
    (lambda rng: data.study("nonsense"), "there is no study 'nonsense'"),
])
def test_bad_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call(np.random.default_rng(0))


def test_generators_are_required():
    with pytest.raises(TypeError, match="numpy.random.Generator"):
        data.random_patterns(2, 3, 0)
    with pytest.raises(TypeError, match="numpy.random.Generator"):
        data.shifter(2, np.random)


def test_shipped_digits_are_those_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.datasets")
    theirs = sklearn.load_digits()
    grey, labels = data.digits(above=None)
    assert (grey == theirs.data).all() and (labels == theirs.target).all()
    assert (data.digits()[0] == (theirs.data >= 8)).all()


def test_letters_are_the_whole_text_of_five_chapters():
    text = data.letters()
    assert len(text) == 59598
    assert hashlib.sha256(text.encode()).hexdigest() == "790cfcffa0b599ba01bc93c5d566d83a2f0f94118cba3b8776e7caffbca53b85"
    assert [text.count(f"CHAPTER {number}\n") for number in ("I", "II", "III", "IV", "V", "VI")] == [1, 1, 1, 1, 1, 0]
    assert text.rstrip().endswith("till she had brought herself\ndown to nine inches high.")


def test_plain_letters_use_27_signs():
    plain = data.plain_letters(data.letters())
    assert set(plain) == set("abcdefghijklmnopqrstuvwxyz ")
    assert "  " not in plain and plain.startswith("chapter i down the rabbit hole alice was")
    assert data.plain_letters("`I don't,' said Alice--`do YOU?'") == "i dont said alice do you"


ARFF = b"""% a comment
@RELATION small
@ATTRIBUTE pixel1 real
@ATTRIBUTE pixel2 real
@ATTRIBUTE class {0,1,9}
@DATA
0,255,'9'
17,3,0
"""
MD5 = hashlib.md5(ARFF).hexdigest()


@pytest.mark.parametrize("packed", [False, True])
def test_mnist_reads_the_format_of_the_file(tmp_path, packed):
    path = tmp_path / "small.arff"
    path.write_bytes(gzip.compress(ARFF) if packed else ARFF)
    images, labels = data.mnist(path, md5=MD5)
    assert images.dtype == np.uint8 and images.tolist() == [[0, 255], [17, 3]] and labels.tolist() == [9, 0]


def test_mnist_refuses_what_is_not_mnist(tmp_path):
    path = tmp_path / "small.arff"
    path.write_bytes(ARFF)
    with pytest.raises(ValueError, match="has the MD5 checksum"):
        data.mnist(path)
    path.write_bytes(gzip.compress(ARFF)[:-9])
    with pytest.raises(ValueError, match="damaged gzip"):
        data.mnist(path)
    path.write_bytes(b"no table")
    with pytest.raises(ValueError, match="no line @DATA"):
        data.mnist(path, md5=hashlib.md5(b"no table").hexdigest())
    with pytest.raises(FileNotFoundError):
        data.mnist(tmp_path / "absent.arff.gz")


def test_mnist_offline_says_what_to_do(monkeypatch, tmp_path):
    sklearn = pytest.importorskip("sklearn.datasets")

    def offline(**_):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(sklearn, "fetch_openml", offline)
    with pytest.raises(OSError, match="could not be downloaded from openml.org .*no route.*give its path"):
        data.mnist(cache=tmp_path)


def test_mnist_fetched_is_checked_against_the_pinned_checksum(monkeypatch):
    sklearn = pytest.importorskip("sklearn.datasets")
    fetched = sklearn._base.Bunch(data=np.array([[0.0, 255.0]]), target=np.array(["7"]), details={"md5_checksum": data.MNIST_MD5})
    monkeypatch.setattr(sklearn, "fetch_openml", lambda **_: fetched)
    images, labels = data.mnist()
    assert images.tolist() == [[0, 255]] and images.dtype == np.uint8 and labels.tolist() == [7]
    fetched.details["md5_checksum"] = "0" * 32
    with pytest.raises(ValueError, match="not the expected copy"):
        data.mnist()


def test_study_reads_json_and_csv_and_lists_what_exists(monkeypatch, tmp_path):
    (tmp_path / "one.json").write_text(json.dumps({"seed": 3, "x": [1, 2]}))
    (tmp_path / "two.csv").write_text("n,error,rule\n10,0.25,hebb\n20,1e-3,storkey\n")
    monkeypatch.setattr(data, "_results", lambda: tmp_path)
    assert data.study("one") == {"seed": 3, "x": [1, 2]}
    table = data.study("two")
    assert table["n"].dtype.kind == "i"
    assert table["error"].tolist() == [0.25, 0.001] and table["rule"].tolist() == ["hebb", "storkey"]
    with pytest.raises(ValueError, match="there is no study 'three'; there are: one, two"):
        data.study("three")
