"""Set attention: candidates see each other, their order and what is beyond the last one do not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.learn.attention import SetAttention
from foretap_models.learn.inputs import Examples, Standardisation
from foretap_models.learn.listwise import Parameters
from foretap_models.learn.network import LeftOut
from foretap_models.learn.train import fit, outputs


@pytest.fixture(scope="module")
def network(dataset: Dataset, config: Config) -> SetAttention:
    names = dataset.feature_names
    return SetAttention(len(names), config.attention, LeftOut.of(config.dropout, names))


@pytest.fixture(scope="module")
def standardisation(dataset: Dataset) -> Standardisation:
    return Standardisation.of(dataset, dataset.training_queries(0))


@pytest.fixture(scope="module")
def learned(dataset: Dataset, config: Config, network: SetAttention, standardisation: Standardisation) -> Parameters:
    """Learned with fold 0 held out."""
    examples = Examples.of(dataset, dataset.training_queries(0), standardisation)
    return fit(network, examples, config.attention, 0, lambda _: None)[0]


@pytest.fixture
def examples(dataset: Dataset, standardisation: Standardisation) -> Examples:
    """Of the people who were held out, in lists of every length."""
    asked = dataset.scored_queries(0)
    return Examples.of(dataset, asked[dataset.queries.target[asked] >= 0], standardisation)


def said(network: SetAttention, parameters: Parameters, examples: Examples) -> np.ndarray:
    return np.asarray(outputs(network, parameters, examples.inputs(slice(None))))


def share_of_firsts(scores: np.ndarray, examples: Examples) -> float:
    return float((scores.argmax(1) == examples.target).mean())


def test_it_begins_as_the_mixer(network: SetAttention, examples: Examples) -> None:
    assert not said(network, network.initial(3), examples).any()


def test_it_beats_the_mixer_on_people_it_never_saw(
    network: SetAttention, learned: Parameters, examples: Examples
) -> None:
    corrected = examples.log_mix + said(network, learned, examples)
    assert share_of_firsts(corrected, examples) > share_of_firsts(examples.log_mix, examples) + 0.05


def test_permuting_candidates_permutes_corrections(
    network: SetAttention, learned: Parameters, examples: Examples
) -> None:
    order = np.random.default_rng(0).permutation(32)
    permuted = replace(examples, steps=examples.steps[:, order], log_mix=examples.log_mix[:, order])
    exists = np.isfinite(permuted.log_mix)
    expected = said(network, learned, examples)[:, order]
    np.testing.assert_allclose(said(network, learned, permuted)[exists], expected[exists], atol=2e-5)


def test_what_is_beyond_the_last_candidate_never_matters(
    network: SetAttention, learned: Parameters, examples: Examples
) -> None:
    exists = np.isfinite(examples.log_mix)
    assert not exists.all()
    noise = np.random.default_rng(0).integers(-127, 128, examples.steps.shape).astype(np.int8)
    changed = replace(examples, steps=np.where(exists[:, :, None], examples.steps, noise))
    np.testing.assert_array_equal(said(network, learned, changed)[exists], said(network, learned, examples)[exists])


def test_a_candidate_is_corrected_by_what_the_others_are(
    network: SetAttention, learned: Parameters, examples: Examples
) -> None:
    steps = examples.steps.copy()
    steps[:, 1] = -steps[:, 1]
    changed = said(network, learned, replace(examples, steps=steps))
    assert (changed[:, 0] != said(network, learned, examples)[:, 0]).mean() > 0.9


def test_the_same_seed_gives_the_same_bytes(
    network: SetAttention, dataset: Dataset, config: Config, standardisation: Standardisation
) -> None:
    few = Examples.of(dataset, dataset.training_queries(0)[:200], standardisation)
    one, again, other = (
        np.asarray(fit(network, few, config.attention, seed, lambda _: None)[0]["out"]).tobytes() for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other
