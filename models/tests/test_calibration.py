"""Calibration makes held-out probabilities likelier, and leaves alone what needs none."""

from __future__ import annotations

import answered
import numpy as np
import pytest

from foretap_models.judge.answers import Scores
from foretap_models.judge.figures import SystemFigures
from foretap_models.learn import calibration
from foretap_models.learn.calibration import Calibration, log_softmax

Sample = tuple[np.ndarray, np.ndarray, np.ndarray]


def sample(seed: int, claimed: float = 1.0, sure: float = 1.0, n: int = 8_000) -> Sample:
    """log_mix, correction and target, drawn from softmax(sure * (log_mix + correction)), of `n` queries.

    The correction returned is `claimed` times the true one; lists have 2 to 32 candidates.
    """
    rng = np.random.default_rng(seed)
    log_mix = -np.sort(-log_softmax(rng.normal(0.0, 1.5, (n, 32))), axis=1)
    log_mix[np.arange(32) >= rng.integers(2, 33, n)[:, None]] = -np.inf
    correction = rng.normal(0.0, 0.7, (n, 32))
    p = np.exp(log_softmax(sure * (log_mix + correction)))
    target = (p.cumsum(1) < rng.random((n, 1)) * p.sum(1, keepdims=True)).sum(1)
    return log_mix.astype(np.float32), (claimed * correction).astype(np.float32), target


def judged(log_mix: np.ndarray, correction: np.ndarray, target: np.ndarray, c: Calibration) -> SystemFigures:
    """What the judge says of these answers, as those of five people."""
    p = c.probabilities(log_mix, correction)
    system = Scores(c.order(log_mix, correction), p / p.sum(1, keepdims=True))
    dataset = answered.asked(log_mix, target)
    return answered.of_five_people(dataset, np.arange(len(target)), {"calibrated": system}).systems["calibrated"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_calibrated_stays_as_it_is(seed: int) -> None:
    assert calibration.fit(*sample(seed)) == Calibration()
    assert calibration.fit(*(array[:0] for array in sample(seed))) == Calibration()


@pytest.mark.parametrize(("claimed", "trust"), [(2.0, 0.5), (0.8, 1.25)])
def test_an_exaggerated_correction_is_trusted_less_and_a_timid_one_more(claimed: float, trust: float) -> None:
    found = calibration.fit(*sample(4, claimed))
    assert found.trust == pytest.approx(trust, abs=0.08)


@pytest.mark.parametrize(("claimed", "sure"), [(2.0, 1.0), (1.0, 1.4), (1.0, 0.6), (3.0, 0.7)])
def test_held_out_log_likelihood_and_calibration_error_improve(claimed: float, sure: float) -> None:
    found = calibration.fit(*sample(5, claimed, sure))
    log_mix, correction, target = held_out = sample(6, claimed, sure)
    before, after = (calibration.log_likelihood(*held_out, c) for c in (Calibration(), found))
    assert after > before + 0.005

    identity, fitted = (judged(log_mix, correction, target, c) for c in (Calibration(), found))
    assert identity.ece is not None
    assert fitted.ece is not None
    assert fitted.ece < min(0.03, identity.ece)


def test_noise_is_not_trusted_at_all_and_a_contrary_correction_not_turned_round() -> None:
    log_mix, correction, target = sample(7)
    noise = np.random.default_rng(8).normal(0.0, 0.7, correction.shape)
    assert calibration.fit(log_mix, noise, target).trust < 0.1
    assert calibration.fit(log_mix, -correction, target).trust == 0.0


def test_every_number_stays_within_its_bounds_whatever_the_data() -> None:
    log_mix, correction, _ = sample(9, n=500)
    first = Calibration().order(log_mix, correction).argmax(1)
    last = Calibration().order(log_mix, correction)
    last = np.where(np.isfinite(last), last, np.inf).argmin(1)
    for target in (first, last):
        for scale in (1e-3, 1.0, 30.0):
            found = calibration.fit(log_mix, scale * correction, target)
            assert calibration.TRUST[0] <= found.trust <= calibration.TRUST[1]
            assert calibration.TOP[0] <= found.top <= calibration.TOP[1]
            assert calibration.SLOPE[0] <= found.slope <= calibration.SLOPE[1]


@pytest.mark.parametrize("c", [Calibration(), Calibration(0.5, -2.0, 1.0), Calibration(2.0, 2.0, -1.0)])
def test_probabilities_keep_the_order_and_the_shortlists_mass(c: Calibration) -> None:
    log_mix, correction, _ = sample(10, n=2_000)
    log_mix -= 0.1  # a tenth of the probability lies outside the shortlist
    p, order = c.probabilities(log_mix, correction), c.order(log_mix, correction)
    np.testing.assert_allclose(p.sum(1), np.exp(log_mix.astype(np.float64)).sum(1), rtol=1e-6)
    assert not p[~np.isfinite(log_mix)].any()
    first = p[np.arange(len(p)), order.argmax(1)]
    assert (first >= p.max(1) - 1e-12).all()


def test_the_identity_gives_the_softmax() -> None:
    log_mix, correction, _ = sample(11, n=100)
    expected = np.exp(log_softmax(log_mix.astype(np.float64) + correction))
    p = Calibration().probabilities(log_mix, correction)
    np.testing.assert_allclose(p / p.sum(1, keepdims=True), expected, rtol=1e-6)


def test_the_boost_is_worked_out_by_hand() -> None:
    log_mix = np.log(np.array([[0.5, 0.3, 0.2]], np.float32))
    boosted = 0.5 * np.exp(0.4 + 0.2 * np.log(0.5))
    p = Calibration(1.0, 0.4, 0.2).probabilities(log_mix, np.zeros((1, 3)))
    assert p[0, 0] == pytest.approx(boosted / (boosted + 0.5), rel=1e-6)
