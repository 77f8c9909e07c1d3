"""The study of criticality: its files against a point run again, and against exact energies."""

import numpy as np
import pytest

from netlib import cluster, data, ising, stats, theory
from netlib.scan import point_generator
from studies import criticality


def test_a_point_of_the_file_is_reproduced():
    point = dict(what="meetings", T=3.0, L=8)
    found, _ = criticality.work(**point, rng=point_generator(criticality.SEED, point))
    table = data.study("criticality_meetings")
    assert table["sweeps"][(table["T"] == 3) & (table["L"] == 8)].tolist() == found


def test_the_reweighted_energies_are_kaufmans():
    """At every third temperature of every side the mean over runs is within 4.5 standard errors: 70 comparisons."""
    table = data.study("criticality_moments")
    for L in criticality.SIDES:
        here = table["L"] == L
        for T in np.unique(table["T"][here])[::3]:
            e = table["e"][here & (table["T"] == T)]
            assert len(e) == criticality.RUNS
            assert abs(e.mean() - theory.torus_energy(L, 1 / T)) < 4.5 * e.std(ddof=1) / np.sqrt(len(e))


def test_the_slopes_are_those_of_the_moments():
    """d<m²>/dβ = −N(<m²e> − <m²><e>), against differences of neighbouring temperatures."""
    table = data.study("criticality_moments")
    for L in (16, 64):
        here = (table["L"] == L) & (table["run"] == 3)
        T, m2, m2e, e = (table[name][here] for name in ("T", "m2", "m2e", "e"))
        slope = -L**2 * (m2e - m2 * e)
        assert np.allclose(np.gradient(m2, 1 / T)[5:-5], slope[5:-5], rtol=0.02)


@pytest.mark.parametrize("name", ["heat bath", "Swendsen-Wang", "Wolff"])
def test_a_slice_of_the_times_with_another_seed(name):
    """Side 8, fewer sweeps: within four standard errors of both."""
    rng, beta = np.random.default_rng(5), 1 / theory.critical_temperature()
    update, sweeps = {"heat bath": (ising.checkerboard_sweep, 8000), "Swendsen-Wang": (cluster.swendsen_wang_sweep, 1500),
                      "Wolff": (cluster.wolff_step, 1500)}[name]
    start = np.ones((8, 8, 8), dtype=np.int8)
    _, m, _ = ising.simulate(start, beta, sweeps, rng, update=update)
    tau, error = stats.autocorrelation_time_and_error(m[:, sweeps // 20:] ** 2)
    unit = criticality.turned(m, 8) if name == "Wolff" else 1.0
    table = data.study("criticality_times")
    here = (table["update"] == name) & (table["L"] == 8)
    assert abs(unit * tau - table["m2"][here][0]) < 4 * np.hypot(unit * error, table["m2_error"][here][0])


def test_what_a_step_turns_over():
    m = np.array([[1.0, -0.5, 0.0]])
    assert criticality.turned(m, 2) == pytest.approx((0.75 + 0.25) / 2)
