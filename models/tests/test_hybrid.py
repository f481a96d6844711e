"""A hybrid: what was trained is what a bundle holds, weights and router are of people nobody had seen."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import habits
import numpy as np
import pytest

from foretap_models import command
from foretap_models.bundle import hybrid as making
from foretap_models.bundle.hybrid import Hybrid, hybrid, sequence_weights
from foretap_models.bundle.members import Question
from foretap_models.bundle.sequence import SequenceMember
from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.errors import MembersError, ModelFileError
from foretap_models.learn.kept import Kept
from foretap_models.learn.learn import corrections, learn
from foretap_models.learn.learners import LEARNERS
from foretap_models.learn.model import Model


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Ten people whose habits only the past tells; their features are noise."""
    return habits.people(seed=3)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def routed(config: Config) -> Config:
    """Noise has no groups."""
    return replace(config, dropout=(), inner=replace(config.inner, folds=3, rounds=1))


@pytest.fixture(scope="module")
def model(dataset: Dataset, routed: Config) -> Model:
    return learn(dataset, routed, held_out_fold=0, seed=3, progress=lambda _: None)


@pytest.fixture(scope="module")
def made(model: Model, dataset: Dataset, routed: Config, kept: Kept) -> Hybrid:
    return hybrid(model, dataset, routed, ["trees", "sequence"], kept, lambda _: None)


def answers(made: Hybrid, dataset: Dataset, at: np.ndarray) -> list[np.ndarray]:
    """What the members say together of each query, by the arithmetic of a phone."""
    q = dataset.queries
    found = []
    for query, correction in zip(at, corrections(made.model, dataset, at), strict=True):
        rows = int(q.candidates[query])
        question = Question(
            moment=int(q.moment[query]),
            log_mix=q.log_mix[query, :rows],
            recency=dataset.recency[query, :rows].astype(np.int64),
            history=dataset.history[query],
            gap=int(q.gap[query]),
            time=int(q.time[query]),
        )
        found.append(made.members.answer(correction[:rows], dataset.features[query, :rows], question))
    return found


def test_together_they_beat_the_network_alone_on_people_nobody_saw(
    made: Hybrid, model: Model, dataset: Dataset
) -> None:
    q, asked = dataset.queries, dataset.scored_queries(0)
    said = answers(made, dataset, asked)
    hits = [int((q.log_mix[n, : len(s)] + s).argmax() == q.target[n]) for n, s in zip(asked, said, strict=True)]
    alone = (q.log_mix[asked] + corrections(model, dataset, asked)).argmax(1) == q.target[asked]
    assert np.mean(hits) > alone.mean() + 0.1
    assert all(gained > 0.05 for gained in made.gained.values())
    assert all(weights.sequence > 0.5 for weights in made.members.weights)


def test_the_sequence_member_says_what_was_trained(dataset: Dataset, routed: Config) -> None:
    at, asked = dataset.training_queries(0), dataset.scored_queries(0)[:60]
    learned = LEARNERS["sequence"].learn(dataset, at, routed, 3, lambda _: None)
    weights = sequence_weights(learned.parameters, routed.sequence.heads)
    q = dataset.queries
    said = weights.answers(dataset.history[asked], q.gap[asked], q.time[asked], q.moment[asked])
    recency = dataset.recency[asked]
    expected = np.where(recency >= 0, np.take_along_axis(said, recency.clip(0).astype(np.int64), 1), 0.0)
    np.testing.assert_allclose(learned.outputs(dataset, asked), expected, atol=2e-5)
    rounded = SequenceMember.of(weights).dequantised()
    coarse = rounded.answers(dataset.history[asked], q.gap[asked], q.time[asked], q.moment[asked])
    assert np.abs(coarse - said).max() < 0.15
    # Its bytes are about what `Size` says, which takes the bias for a matrix.
    assert len(SequenceMember.of(weights).content()) == pytest.approx(learned.size().bytes, rel=0.05)


def test_simple_questions_are_those_of_a_sure_mixer_and_are_for_the_network_alone(
    dataset: Dataset, routed: Config, config: Config
) -> None:
    """The second member helps where the mixer is not sure, and says nothing where it is."""
    rng = np.random.default_rng(0)
    n = 4_000
    log_mix = -np.sort(-rng.normal(0.0, 1.0, (n, 32)), axis=1).astype(np.float32)
    log_mix[: n // 2, 0] += 4.0
    certainty = log_mix[:, 0] - log_mix[:, 1]
    truth = rng.normal(0.0, 1.5, (n, 32)).astype(np.float32) * (certainty < 3.0)[:, None]
    scores = log_mix + truth + rng.gumbel(size=(n, 32))
    outputs = np.stack([np.zeros_like(truth), truth])
    found = making._moment(outputs, log_mix, scores.argmax(1), config)
    assert 1.5 < found.certainty < 3.5
    is_simple = certainty > found.certainty
    assert 0.3 < is_simple.mean() < 0.6
    assert not found.corrected[is_simple].any()
    np.testing.assert_allclose(found.corrected[~is_simple], found.weights[1] * truth[~is_simple], rtol=1e-4)
    never = replace(config, hybrid=replace(config.hybrid, tolerance=0.0))
    assert making._moment(outputs, log_mix, scores.argmax(1), never).certainty == making.MOST_CERTAINTY


def test_a_tolerance_of_nothing_has_no_router(model: Model, dataset: Dataset, routed: Config, kept: Kept) -> None:
    never = replace(routed, hybrid=replace(routed.hybrid, tolerance=0.0))
    made = hybrid(model, dataset, never, ["trees"], kept, lambda _: None)
    assert made.members.router is None
    assert made.members.sequence is None
    assert all(share == 0.0 for share in made.simple.values())


def test_what_cannot_stand_beside_a_network_is_refused(
    model: Model, dataset: Dataset, routed: Config, kept: Kept
) -> None:
    for names in ([], ["forest"]):
        with pytest.raises(MembersError, match="trees, sequence"):
            hybrid(model, dataset, routed, names, kept, lambda _: None)
    other = replace(model, provenance=replace(model.provenance, schema="6d" * 32))
    with pytest.raises(ModelFileError):
        hybrid(other, dataset, routed, ["trees"], kept, lambda _: None)


def test_the_same_gives_the_same_bytes(
    made: Hybrid, model: Model, dataset: Dataset, routed: Config, kept: Kept, tmp_path: Path
) -> None:
    again, found = (hybrid(model, dataset, routed, ["trees", "sequence"], of, lambda _: None) for of in (Kept(), kept))
    contents = []
    for number, one in enumerate((made, again, found)):
        folder = tmp_path / str(number)
        folder.mkdir()
        one.members.save(folder)
        contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert contents[0] == contents[1] == contents[2]
    assert set(contents[0]) == {"members.json", "trees.bin", "sequence.bin"}
    for a, b in itertools.pairwise((made, again, found)):
        assert a.model.calibration == b.model.calibration


def test_the_command_writes_parts_with_members(tmp_path: Path, start_weights: Path, config: Config) -> None:
    import synthetic

    from foretap_models.data import dataset as cache

    made = synthetic.people(seed=6, count=10, training=40, scored=40)
    cache.prepare([synthetic.file(tmp_path, made)], tmp_path / "cache")
    (tmp_path / "config.toml").write_text(config.toml())
    at = {name: str(tmp_path / name) for name in ("cache", "m.npz", "parts", "config.toml")}
    both = ["--config", at["config.toml"]]
    assert command.main(["train", at["cache"], "--out", at["m.npz"], *both]) == 0
    asked = ["hybrid", at["m.npz"], at["cache"], "--members", "trees", "--out", at["parts"]]
    assert command.main([*asked, "--start-weights", str(start_weights), *both]) == 0
    assert {"model.onnx", "members.json", "trees.bin"} <= {path.name for path in Path(at["parts"]).iterdir()}
