"""Networks that read the past: they learn habits that the mixer does not know, of people whom they never saw."""

from __future__ import annotations

from dataclasses import replace

import habits
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.learn import blocks
from foretap_models.learn.corrector import ByPast, scores
from foretap_models.learn.learners import LEARNERS
from foretap_models.learn.sequence import Sequence
from foretap_models.learn.tokens import of_candidates

ALL = ("sequence", "lstm", "hour_gated")


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return habits.people(seed=1)


@pytest.fixture(scope="module")
def learned(dataset: Dataset, config: Config) -> dict[str, ByPast]:
    """Every network, learned with fold 0 held out."""
    at = dataset.training_queries(0)
    made = {name: LEARNERS[name].learn(dataset, at, config, 0, lambda _: None) for name in ALL}
    assert all(isinstance(one, ByPast) for one in made.values())
    return made  # type: ignore[return-value]


@pytest.fixture
def asked(dataset: Dataset) -> np.ndarray:
    return dataset.scored_queries(0)


def share_of_firsts(found: np.ndarray, dataset: Dataset, at: np.ndarray) -> float:
    return float((found.argmax(1) == dataset.queries.target[at]).mean())


@pytest.mark.parametrize("name", ALL)
def test_it_beats_the_mixer_on_people_it_never_saw(
    name: str, learned: dict[str, ByPast], dataset: Dataset, asked: np.ndarray
) -> None:
    mixer = share_of_firsts(dataset.queries.log_mix[asked], dataset, asked)
    assert share_of_firsts(scores(learned[name], dataset, asked), dataset, asked) > mixer + 0.1


def test_only_what_corrects_the_mixer_is_anchored_at_it_and_begins_as_it(
    dataset: Dataset, config: Config, learned: dict[str, ByPast], asked: np.ndarray
) -> None:
    assert [name for name in ALL if learned[name].anchored] == ["sequence"]
    network = Sequence(config.sequence)
    assert not ByPast(network, network.initial(3)).outputs(dataset, asked).any()


@pytest.mark.parametrize("name", ALL)
def test_what_was_before_the_first_opening_never_matters(
    name: str, learned: dict[str, ByPast], dataset: Dataset, asked: np.ndarray
) -> None:
    noise = np.random.default_rng(0).integers(0, 16, dataset.history.shape).astype(np.uint8)
    noise[..., 0] = 0
    changed = replace(dataset, history=np.where(dataset.history[..., :1] == 0, noise, dataset.history))
    assert (changed.history != dataset.history).any()
    np.testing.assert_array_equal(learned[name].outputs(changed, asked), learned[name].outputs(dataset, asked))


@pytest.mark.parametrize("name", ALL)
def test_what_is_beyond_the_last_candidate_is_nothing_and_permuting_candidates_permutes_outputs(
    name: str, learned: dict[str, ByPast], dataset: Dataset, asked: np.ndarray
) -> None:
    found = learned[name].outputs(dataset, asked)
    assert not found[~dataset.queries.is_candidate()[asked]].any()
    order = np.random.default_rng(0).permutation(32)
    permuted = replace(dataset, recency=dataset.recency[:, order])
    np.testing.assert_array_equal(learned[name].outputs(permuted, asked), found[:, order])


@pytest.mark.parametrize("name", ALL)
def test_someone_without_a_past_is_answered(
    name: str, learned: dict[str, ByPast], dataset: Dataset, asked: np.ndarray
) -> None:
    nothing = replace(dataset, history=np.zeros_like(dataset.history))
    found = learned[name].outputs(nothing, asked)
    assert np.isfinite(found).all()
    assert found.any()


def test_the_lstm_looks_back_ten_openings_and_the_transformers_thirty_two(
    learned: dict[str, ByPast], dataset: Dataset, asked: np.ndarray
) -> None:
    full = replace(dataset, history=np.maximum(dataset.history, np.array([1, 0, 0], np.uint8)))
    for name, window in (("lstm", 10), ("sequence", 32), ("hour_gated", 32)):
        for back, matters in ((window, True), (window + 1, False)):
            if back > full.history.shape[1]:
                continue
            changed = full.history.copy()
            changed[:, -back, 0] = 9
            found = learned[name].outputs(replace(full, history=changed), asked)
            assert (found != learned[name].outputs(full, asked)).any() == matters, name


def test_the_hour_gates(learned: dict[str, ByPast], dataset: Dataset, asked: np.ndarray) -> None:
    later = habits.with_queries(dataset, time=(dataset.queries.time + 12) % 24)
    gated = learned["hour_gated"]
    assert (gated.outputs(later, asked) != gated.outputs(dataset, asked)).any()
    # Shut, nothing is left but the bias of the moment.
    shut = ByPast(gated.network, gated.parameters | {"gate_bias": jnp.full_like(gated.parameters["gate_bias"], -1e3)})
    bias = np.asarray(gated.parameters["bias"])[dataset.queries.moment[asked]]
    expected = np.asarray(of_candidates(jnp.asarray(bias), jnp.asarray(dataset.recency[asked])))
    np.testing.assert_allclose(shut.outputs(dataset, asked), expected, atol=1e-6)


def test_a_place_from_the_64th_on_has_no_output() -> None:
    outputs = jnp.arange(1.0, 65.0)[None]
    found = of_candidates(outputs, jnp.asarray([[0, 63, 64, 500, -1]], jnp.int16))
    assert found.tolist() == [[1.0, 64.0, 0.0, 0.0, 0.0]]


@pytest.mark.parametrize("name", ALL)
def test_the_same_seed_gives_the_same_bytes(name: str, dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)[:200]
    one, again, other = (
        b"".join(
            np.asarray(array).tobytes()
            for array in jax.tree.leaves(LEARNERS[name].learn(dataset, at, config, seed, lambda _: None).parameters)
        )
        for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other


def test_what_is_left_out_in_training_is_made_up_for_and_there_afterwards() -> None:
    x = jnp.ones((200, 50))
    found = np.asarray(blocks.dropped(x, 0.3, jax.random.key(0)))
    assert (found == 0.0).mean() == pytest.approx(0.3, abs=0.02)
    assert found.mean() == pytest.approx(1.0, abs=0.02)
    assert blocks.dropped(x, 0.3, None) is x
