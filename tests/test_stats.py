"""netlib.stats on series whose autocorrelation, moments and temperature dependence are known in closed form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from scipy.stats import binom, binomtest, power_divergence

from netlib import exact, stats
from netlib.network import Network


def autoregressive(phi, shape, rng):
    """x_t = φ x_{t−1} + noise, started in equilibrium: variance 1, ρ(t) = φ^t, τ = (1 + φ)/(1 − φ)."""
    noise = rng.normal(size=shape) * np.sqrt(1 - phi**2)
    noise[..., 0] = rng.normal(size=shape[:-1])
    return lfilter([1], [1, -phi], noise, axis=-1)


@given(st.integers(0, 2**32 - 1), st.integers(4, 40))
@settings(max_examples=30, deadline=None)
def test_autocorrelation_is_the_sum_of_products(seed, T):
    x = np.random.default_rng(seed).normal(size=(2, T)) + 3
    d = x - x.mean(axis=1, keepdims=True)
    direct = [[(row[: T - t] * row[t:]).sum() / (row**2).sum() for t in range(T)] for row in d]
    np.testing.assert_allclose(stats.autocorrelation(x), direct, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(stats.autocorrelation(5 - 2 * x, lags=3), np.array(direct)[:, :3], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("phi", [-0.3, 0.0, 0.5, 0.9])
def test_autocorrelation_time_and_its_error_bar(phi):
    """200 series: the mean of τ is right within 3 %; the error bar is their spread, between −15 and +35 %."""
    x = autoregressive(phi, (200, 20000), np.random.default_rng(1))
    tau, error = stats.autocorrelation_time_and_error(x, pool=False)
    expected = (1 + phi) / (1 - phi)
    assert tau.shape == error.shape == (200,)
    assert tau.mean() == pytest.approx(expected, rel=0.03)
    assert 0.85 < error.mean() / tau.std() < 1.35


@pytest.mark.parametrize("phi", [0.0, 0.9])
def test_error_bars_cover(phi):
    """400 means of series of known mean 0: 68.3 % within one error bar, binomial standard error 2.3 %; four of them allowed."""
    x = autoregressive(phi, (400, 5000), np.random.default_rng(2))
    mean, error = stats.mean_and_error(x, pool=False)
    assert (np.abs(mean) < error).mean() == pytest.approx(0.683, abs=0.095)
    assert error.mean() == pytest.approx(mean.std(), rel=0.12)
    assert error.mean() == pytest.approx(np.sqrt((1 + phi) / (1 - phi) / 5000), rel=0.02)


def test_pooled_chains():
    x = autoregressive(0.8, (8, 5000), np.random.default_rng(3))
    mean, error = stats.mean_and_error(x)
    assert abs(mean) < 4 * error
    assert error == pytest.approx(np.sqrt(9 / 40000), rel=0.1)
    assert stats.autocorrelation_time(x) == pytest.approx(9, rel=0.15)
    assert stats.effective_sample_size(x) == pytest.approx(40000 / 9, rel=0.15)
    np.testing.assert_allclose(stats.effective_sample_size(x, pool=False), 5000 / stats.autocorrelation_time(x, pool=False))
    one_by_one = [stats.mean_and_error(row) for row in x]
    np.testing.assert_allclose(np.transpose(stats.mean_and_error(x, pool=False)), one_by_one)


def test_chains_that_disagree_get_a_large_error_bar():
    x = autoregressive(0.5, (4, 1000), np.random.default_rng(4)) + [[-5], [-5], [5], [5]]
    mean, error = stats.mean_and_error(x)
    assert error > 2
    assert stats.autocorrelation_time(x) == 1000
    assert stats.r_hat(x) > 3


def test_constant_and_short_series_count_as_one_measurement_per_chain():
    constant = np.full((3, 50), 0.1)
    assert stats.mean_and_error(constant) == (pytest.approx(0.1), 0.0)
    assert stats.autocorrelation_time_and_error(constant) == (50.0, np.inf)
    assert stats.effective_sample_size(constant) == 3
    np.testing.assert_array_equal(stats.autocorrelation(constant), np.ones((3, 50)))
    drift = np.arange(50.0)
    tau, error = stats.autocorrelation_time_and_error(drift)
    assert (tau, error) == (50.0, np.inf)
    assert stats.mean_and_error(drift)[1] == pytest.approx(drift.std())


@pytest.mark.parametrize("phi", [0.3, -0.7])
@pytest.mark.parametrize("T", range(4, 40))
def test_the_window_is_the_first_that_fits(T, phi):
    x = lfilter([1], [1, -phi], np.random.default_rng(T).standard_normal(T))
    d = x - x.mean()
    rho = [(d[: T - t] @ d[t:]) / (d @ d) for t in range(T)]
    for W in range(T // 2 + 1):
        tau = 1 + 2 * sum(rho[1 : W + 1])
        if W >= 3 * tau and W >= min(5, T // 2):
            tau = max(tau, min(1, 1 / np.log10(T)))
            expected = tau, tau * np.sqrt(2 * (2 * W + 1) / T)
            break
    else:
        expected = T, np.inf
    assert stats.autocorrelation_time_and_error(x) == pytest.approx(expected)


def test_time_below_one_is_bounded():
    swing = np.tile([1.0, -1.0], 500)
    assert stats.autocorrelation_time(swing) == pytest.approx(1 / 3)


def test_r_hat_by_hand():
    """Halves (0, 2), (4, 6): variances 2 and 2, means 1 and 5, so b = 8, w = 2 and R̂² = (½·2 + 8)/2 = 4.5."""
    assert stats.r_hat([0.0, 2.0, 4.0, 6.0]) == pytest.approx(np.sqrt(4.5))
    assert stats.r_hat(autoregressive(0.5, (4, 10000), np.random.default_rng(5))) == pytest.approx(1, abs=0.005)
    assert np.isnan(stats.r_hat(np.ones((2, 10))))
    assert stats.r_hat([[0.0] * 10, [1.0] * 10]) == np.inf


def test_jackknife_by_hand():
    x = np.random.default_rng(6).normal(size=30)
    estimate, error = stats.jackknife(x, np.mean, blocks=30)
    assert (estimate, error) == (pytest.approx(x.mean()), pytest.approx(x.std(ddof=1) / np.sqrt(30)))
    means = x.reshape(5, 6).mean(axis=1)
    assert stats.jackknife(x, np.mean, blocks=5)[1] == pytest.approx(means.std(ddof=1) / np.sqrt(5))
    assert stats.jackknife(x.reshape(5, 6), np.mean, blocks=1)[1] == pytest.approx(means.std(ddof=1) / np.sqrt(5))
    both, errors = stats.jackknife((x, 2 * x), lambda a, b: np.array([a.mean(), b.mean()]), blocks=10)
    np.testing.assert_allclose(both, [x.mean(), 2 * x.mean()])
    assert errors[1] == pytest.approx(2 * errors[0])


def test_jackknife_with_a_remainder_uses_every_measurement():
    x = np.random.default_rng(7).normal(size=(2, 17))
    sizes = []
    stats.jackknife(x, lambda a: sizes.append(len(a)) or a.mean(), blocks=5)
    left_out = 34 - np.array(sizes[:-1])
    assert left_out.sum() == 34 and len(left_out) == 10 and set(left_out) <= {3, 4}


@pytest.mark.parametrize("phi", [0.0, 0.8])
def test_functions_of_moments_and_their_errors(phi):
    """100 Gaussian series: U = 0, χ = βN(1 − 2/π), c = β²N; the errors are the spreads within 25 %."""
    x = autoregressive(phi, (100, 4000), np.random.default_rng(8))
    cases = [
        (stats.binder_cumulant, 0.0),
        (lambda m: stats.susceptibility(m, beta=0.5, sites=8), 4 * (1 - 2 / np.pi)),
        (lambda m: stats.susceptibility(m, beta=0.5, sites=8, absolute=False), 4.0),
        (lambda e: stats.specific_heat(e, beta=0.5, sites=8), 2.0),
    ]
    for quantity, expected in cases:
        values, errors = np.transpose([quantity(row) for row in x])
        assert values.mean() == pytest.approx(expected, abs=4 * values.std() / 10 + 0.01 * expected)
        assert errors.mean() == pytest.approx(values.std(), rel=0.25)


def test_blocks_of_the_jackknife_are_ten_autocorrelation_times_long(monkeypatch):
    x = autoregressive(0.98, (2, 10000), np.random.default_rng(11))
    used = []
    cuts = stats._cuts
    monkeypatch.setattr(stats, "_cuts", lambda shape, blocks: used.append(blocks) or cuts(shape, blocks))
    stats.binder_cumulant(x)
    stats.susceptibility(x, 1.0, 1)
    stats.susceptibility(x, 1.0, 1, absolute=False)
    stats.specific_heat(x, 1.0, 1)
    stats.reweight(x, x**2, 1.0, 1.1)
    longest = [10000 / (10 * stats.autocorrelation_time(y)) for y in (x**2, np.abs(x), x, x, x)]
    assert used == [int(blocks) for blocks in longest]
    assert max(used) < 50


def test_sums_over_blocks_are_the_jackknife():
    """The quick way of each function of moments against the plain jackknife, which makes the estimate anew without each block."""
    x = autoregressive(0.7, (3, 2003), np.random.default_rng(12)) + 0.4
    size, blocks = np.abs(x), stats._blocks
    cases = [
        (stats.binder_cumulant(x), stats.jackknife(x, lambda m: 1 - np.mean(m**4) / (3 * np.mean(m**2) ** 2), blocks(x**2))),
        (stats.susceptibility(x, 0.5, 8), stats.jackknife(size, lambda m: 4 * np.var(m), blocks(size))),
        (stats.susceptibility(x, 0.5, 8, absolute=False), stats.jackknife(x, lambda m: 4 * np.var(m), blocks(x))),
        (stats.specific_heat(x + 1e6, 0.5, 8), stats.jackknife(x, lambda e: 2 * np.var(e), blocks(x))),
    ]
    for quick, plain in cases:
        np.testing.assert_allclose(quick, plain, rtol=1e-8)
        assert quick[1] > 0

    def mean_at(shift):
        def weighted(e, a):
            w = np.exp(-shift * (e - e.min()))
            return w @ a / w.sum()
        return weighted

    for shift in (0.3, -2.0, 40.0, 1000.0):                                 # in the last two one measurement weighs all
        mean, error, effective = stats.reweight(x, x**3, 1.0 + 3, 1.0 + 3 + shift)
        plain = stats.jackknife((x, x**3), mean_at(shift), min(blocks(x), blocks(x**3)))
        np.testing.assert_allclose((mean, error), plain, rtol=1e-9)
        w = np.exp(-shift * (x - x.min() if shift > 0 else x - x.max()))
        assert effective == pytest.approx(w.sum() ** 2 / (w**2).sum())


def test_blocking_of_independent_and_of_correlated_series():
    """Independent: flat within the uncertainties. φ = 0.9: from σ/√T up to σ√(19/T), reached within the uncertainty."""
    x = autoregressive(0.0, (2, 4096), np.random.default_rng(13))
    lengths, errors, uncertainties = stats.blocking(x)
    assert lengths.tolist() == [2**k for k in range(12)]
    assert errors[0] == pytest.approx(x.std(ddof=1) / np.sqrt(8192)) and (np.abs(errors - 8192**-0.5) < 4 * uncertainties).all()
    assert uncertainties[0] == pytest.approx(errors[0] / np.sqrt(2 * 8191))
    last = np.concatenate([row.reshape(2, -1).mean(axis=1) for row in x])
    assert errors[-1] == pytest.approx(last.std(ddof=1) / 2)
    y = autoregressive(0.9, (1, 2**17), np.random.default_rng(14))
    _, errors, uncertainties = stats.blocking(y)
    plateau = slice(9, 13)                                                  # blocks of 512 and more, 27 times τ
    assert errors[0] == pytest.approx(2**-8.5, rel=0.05)
    assert (np.abs(errors[plateau] - np.sqrt(19) * 2**-8.5) < 4 * uncertainties[plateau]).all()
    assert errors[9] == pytest.approx(stats.mean_and_error(y)[1], rel=0.15)
    assert stats.blocking(np.arange(7.0))[0].tolist() == [1, 2]             # 7 → 3 blocks, → 1 block is too few


@pytest.mark.parametrize("level", [0.5, 0.683, 0.95, 0.999])
def test_wilson_interval_is_that_of_scipy(level):
    for n in (1, 3, 10, 400):
        for k in {0, 1, n // 2, n}:
            low, high = binomtest(k, n).proportion_ci(level, method="wilson")
            assert stats.wilson_interval(k, n, level) == (pytest.approx(low, abs=1e-14), pytest.approx(high, rel=1e-14))
    assert stats.wilson_interval(0, 7)[0] == 0 and stats.wilson_interval(7, 7)[1] == 1
    low, high = stats.wilson_interval([[0, 5], [2, 9]], [[10], [12]])
    assert low.shape == high.shape == (2, 2) and (low[1, 0], high[1, 0]) == stats.wilson_interval(2, 12)


def test_wilson_interval_covers():
    """Averaged over p, the exact probability that the interval of 20 trials holds p is 0.95 ± 0.01; the naive one has 0.90."""
    k, p = np.arange(21), np.linspace(0.005, 0.995, 199)
    low, high = stats.wilson_interval(k, 20)
    naive = 1.96 * np.sqrt(k / 20 * (1 - k / 20) / 20)
    law = binom.pmf(k, 20, p[:, None])
    assert (law * ((low <= p[:, None]) & (p[:, None] <= high))).sum(axis=1).mean() == pytest.approx(0.95, abs=0.01)
    assert (law * (np.abs(p[:, None] - k / 20) <= naive)).sum(axis=1).mean() < 0.91


def test_g_test_is_that_of_scipy():
    rng = np.random.default_rng(15)
    for K in (2, 5, 40):
        p = rng.dirichlet(np.full(K, 5.0))
        counts = rng.multinomial(20 * K**2, p)
        expected = p * 20 * K**2
        known = power_divergence(counts, expected, lambda_="log-likelihood")
        for scale in (1, 1 / expected.sum()):
            G, degrees, p_value = stats.g_test(counts, scale * expected, least=0.1)
            assert (G, degrees, p_value) == (pytest.approx(known.statistic), K - 1, pytest.approx(known.pvalue))
        law = np.insert(p, 1, 0.0)                                          # impossible and not seen: it counts for nothing
        assert stats.g_test(np.insert(counts, 1, 0), law, least=0.1) == pytest.approx((G, degrees, p_value))
        assert G == pytest.approx(2 * counts.sum() * exact.kl(counts / counts.sum(), p))


def test_g_test_rejects_as_often_as_it_says():
    """4000 samples of 500 from the law: p-values below 0.05 in 5 % of them, standard error 0.34 %; four of them allowed."""
    p = np.array([0.4, 0.3, 0.2, 0.1])
    samples = np.random.default_rng(16).multinomial(500, p, size=4000)
    rejected = np.mean([stats.g_test(counts, p)[2] < 0.05 for counts in samples])
    assert rejected == pytest.approx(0.05, abs=0.0138)
    assert stats.g_test(samples[0], p[::-1])[2] < 1e-6
    assert stats.g_test([100, 100], [0.5, 0.5]) == (0.0, 1, 1.0)


def test_binder_cumulant_of_order():
    assert stats.binder_cumulant(np.full((2, 40), -0.7)) == (pytest.approx(2 / 3), pytest.approx(0, abs=1e-12))


def pair_lattice():
    W = np.zeros((6, 6))
    for i in range(6):
        W[i, (i + 1) % 6] = W[(i + 1) % 6, i] = 1
    return Network(W)


def test_reweighting_against_enumeration():
    """20 000 independent states of a ring of six at β = 0.5 tell its energy and |m| from 0.3 to 0.8: four error bars."""
    network = pair_lattice()
    states = exact.sample(network, 0.5, 20000, np.random.default_rng(9))
    energies, m = network.energy(states), np.abs(states.mean(axis=-1))
    betas = np.array([0.3, 0.5, 0.65, 0.8])
    U, U_error, effective = stats.reweight(energies, energies, 0.5, betas)
    assert (np.abs(U - exact.mean_energy(network, betas)) < 4 * U_error).all()
    exact_m = [exact.probabilities(network, b) @ np.abs(exact.states(6).mean(axis=-1)) for b in betas]
    M, M_error, _ = stats.reweight(energies, m, 0.5, betas)
    assert (np.abs(M - exact_m) < 4 * M_error).all()
    assert (U_error < 0.1).all() and (M_error < 0.02).all()
    assert effective[1] == pytest.approx(20000)
    # Kish's size tends to N <w>²/<w²> = N Z(β')² / (Z(β) Z(2β' − β))
    ln_z = exact.log_partition(network, [0.5, 0.8, 1.1])
    assert effective[3] == pytest.approx(20000 * np.exp(2 * ln_z[1] - ln_z[0] - ln_z[2]), rel=0.05)


def test_reweighting_at_the_same_temperature_is_the_plain_mean():
    x = np.random.default_rng(10).normal(size=(2, 100)) * 1000
    mean, error, effective = stats.reweight(x, x**2, 1.0, 1.0)
    assert (mean, effective) == (pytest.approx(np.mean(x**2)), pytest.approx(200))
    with np.errstate(over="raise", invalid="raise"):
        mean, _, effective = stats.reweight(x, x, 1.0, 50.0)
    assert mean == pytest.approx(x.min()) and effective == pytest.approx(1)


GOOD = np.arange(10.0)
BAD = [
    (lambda: stats.autocorrelation([1.0, 2.0]), ValueError, "at least 4"),
    (lambda: stats.autocorrelation(GOOD, lags=0), ValueError, "lags"),
    (lambda: stats.autocorrelation_time(3.0), ValueError, "at least 4"),
    (lambda: stats.autocorrelation_time_and_error([1.0, np.nan, 2.0, 3.0]), ValueError, "finite"),
    (lambda: stats.mean_and_error(np.zeros((0, 10))), ValueError, "at least one chain"),
    (lambda: stats.effective_sample_size(["a"] * 5), TypeError, "numbers"),
    (lambda: stats.r_hat(np.zeros((2, 2, 10))), ValueError, "chains"),
    (lambda: stats.jackknife(GOOD, np.mean, blocks=11), ValueError, "blocks"),
    (lambda: stats.jackknife(GOOD, np.mean, blocks=1), ValueError, "blocks"),
    (lambda: stats.jackknife((GOOD, GOOD[:5]), np.mean), ValueError, "one shape"),
    (lambda: stats.jackknife(GOOD, 3), TypeError, "function"),
    (lambda: stats.binder_cumulant(np.zeros(10)), ValueError, "zero throughout"),
    (lambda: stats.susceptibility(GOOD, -1.0, 4), ValueError, "beta"),
    (lambda: stats.susceptibility(GOOD, 1.0, 0), ValueError, "sites"),
    (lambda: stats.specific_heat(GOOD, [1.0, 2.0], 4), ValueError, "one number"),
    (lambda: stats.blocking([1.0, 2.0]), ValueError, "at least 4"),
    (lambda: stats.wilson_interval(3, 2), ValueError, "successes must not be more than the trials, got 3 of 2"),
    (lambda: stats.wilson_interval([1, 5], [[4], [9]]), ValueError, "got 5 of 4"),
    (lambda: stats.wilson_interval(-1, 2), ValueError, "none of them negative, got -1"),
    (lambda: stats.wilson_interval(0.5, 2), ValueError, "successes must be whole numbers, none of them negative, got 0.5"),
    (lambda: stats.wilson_interval(0, 0), ValueError, "trials must be at least 1, got 0"),
    (lambda: stats.wilson_interval(1, 2, 95), ValueError, "level must be one number between 0 and 1, got 95"),
    (lambda: stats.g_test([10, 20], [0.5, 0.2, 0.3]), ValueError, "one length"),
    (lambda: stats.g_test([10, 20, 3], [0.5, 0.5, 0.0]), ValueError, "state 2 has probability 0 and was seen 3 times"),
    (lambda: stats.g_test([10, 0, 20], [0.49, 0.01, 0.5]), ValueError, "at least 5, got 0.3 for state 1: pool"),
    (lambda: stats.g_test([10, 0], [1.0, 0.0]), ValueError, "one possible state"),
    (lambda: stats.g_test([0.2, 0.8], [0.5, 0.5]), ValueError, "counts must be whole"),
    (lambda: stats.g_test([0, 0], [0.5, 0.5]), ValueError, "zero throughout"),
    (lambda: stats.g_test([10, 10], [1.5, -0.5]), ValueError, "not be negative"),
    (lambda: stats.reweight(GOOD, GOOD[:5], 1.0, 1.0), ValueError, "one shape"),
    (lambda: stats.reweight(GOOD, GOOD, 1.0, -1.0), ValueError, "negative"),
    (lambda: stats.reweight(GOOD, GOOD, 1.0, [[1.0]]), ValueError, "one row"),
]


@pytest.mark.parametrize("call, error, words", BAD)
def test_bad_input_is_one_clear_sentence(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
