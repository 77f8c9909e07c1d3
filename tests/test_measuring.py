"""The study of how likely digits are: its parts against what is exact, and slices of it against the files, with other seeds."""

import numpy as np
import pytest

from netlib import data, rbm
from studies import measuring


def rows(table, **wanted):
    """The rows of a table where these columns have these values, as a dict of arrays."""
    keep = np.all([table[name] == value for name, value in wanted.items()], axis=0)
    return {name: column[keep] for name, column in table.items()}


def test_the_split_loses_no_digit_and_shares_none():
    train, test = measuring.split()
    images, _ = data.digits()
    assert len(train) == 1297 and len(test) == 500
    together, all_of_them = (np.unique(digits, axis=0, return_counts=True) for digits in (np.concatenate([train, test]), images))
    for ours, theirs in zip(together, all_of_them, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_walks_start_down_from_exact_samples_only_where_they_are_exact():
    rng = np.random.default_rng(1)
    assert measuring.ends(rbm.RBM(np.zeros((64, 3))), rng)[1]
    begin, fair = measuring.ends(rbm.RBM(np.zeros((64, measuring.LISTED + 1))), rng)
    assert not fair and begin.shape == (measuring.WALKS, 64)


def test_the_file_agrees_with_the_exact_partition_function():
    table = data.study("measuring_walks")
    known = {name: column[table["hidden"] <= measuring.LISTED] for name, column in table.items()}
    exact = known["exact"].astype(float)
    long = known["steps"] >= 1000
    for way in ("forward", "backward"):
        off = (known[way] - exact) / np.maximum(known[f"{way}_error"], 1e-3)
        assert np.abs(off[long]).max() < 5
    assert (known["fair"] == 1).all() and (table["fair"][table["hidden"] > measuring.LISTED] == 0).all()


@pytest.mark.parametrize("method", ["cd", "pcd"])
def test_a_slice_with_another_seed_agrees_with_the_file(method):
    """The exact likelihood of a machine trained anew lies where those of the file lie."""
    machine = measuring.trained(method, 16, 150, 1e-3, np.random.default_rng(99))
    kept = rows(data.study("measuring_walks"), method=method, hidden=16, steps=1000)
    for digits, name in zip(measuring.split(), ("train", "test"), strict=True):
        file = kept[name] - kept["exact"].astype(float)
        mine = rbm.log_likelihood(machine, digits).mean()
        assert abs(mine - file.mean()) < 0.8, (mine, file)


def test_a_slice_of_the_longer_trainings_agrees_with_the_file():
    [[train, test, error, effective]] = measuring.epochs(16, 30, 99, np.random.default_rng(98))
    kept = rows(data.study("measuring_epochs"), hidden=16, epochs=30)
    assert abs(train - kept["train"].mean()) < 0.6 and abs(test - kept["test"].mean()) < 0.6
    assert error < 0.1 and effective > 50


def test_the_tables_are_whole():
    for name, (_, points, columns) in measuring.tables().items():
        table = data.study(f"measuring_{name}")
        assert list(table) == [*points[0], *columns]
        kept = {tuple(point.values()) for point in points}
        assert {tuple(row) for row in zip(*(table[key].tolist() for key in points[0]), strict=True)} == kept
