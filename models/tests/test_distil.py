"""Teachers and their student: nobody teaches about people they learned from, and the student learns from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import SHORTLIST
from foretap_models.errors import HeldOutError
from foretap_models.learn import learners
from foretap_models.learn.corrector import Corrector
from foretap_models.learn.crossfit import Member, Parts, crossfit
from foretap_models.learn.distil import members, teachers
from foretap_models.learn.inputs import Examples, Standardisation
from foretap_models.learn.kept import Kept
from foretap_models.learn.learn import learn
from foretap_models.learn.learners import Learner
from foretap_models.learn.model import Model
from foretap_models.learn.network import LeftOut, Mlp
from foretap_models.learn.train import Teacher, fit, outputs


class Spy:
    """A learner that writes down from whom it learned and about whom it was asked; it says how often it learned."""

    def __init__(self) -> None:
        self.learned_from: list[set[int]] = []
        self.asked_about: list[set[int]] = []

    def learn(self, dataset: Dataset, at: np.ndarray, *_: Any) -> Corrector:  # noqa: ANN401
        """Learns nothing."""
        self.learned_from.append(set(dataset.queries.person[at].tolist()))
        return self  # type: ignore[return-value]

    def outputs(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """How often it has learned, of every candidate."""
        self.asked_about.append(set(dataset.queries.person[at].tolist()))
        return np.full((len(at), SHORTLIST), float(len(self.learned_from)), np.float32)


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    made = Spy()
    monkeypatch.setitem(learners.LEARNERS, "spy", Learner(made.learn, ("training",)))
    return made


def test_a_teacher_never_answers_about_people_it_learned_from(spy: Spy, dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)
    found = crossfit(Member("spy"), dataset, at, config, Parts(4, 4), 0, lambda _: None, Kept())
    everyone = set(dataset.people(0).tolist())
    assert len(spy.asked_about) == 4
    for learned_from, asked_about in zip(spy.learned_from, spy.asked_about, strict=True):
        assert not learned_from & asked_about
        assert learned_from | asked_about == everyone
    assert set().union(*spy.asked_about) == everyone
    person = dataset.queries.person[at]
    for number, people in enumerate(spy.asked_about, 1):
        assert (found[np.isin(person, list(people))] == number).all()


def test_whoever_calibrates_the_student_was_seen_by_no_teacher(
    spy: Spy, dataset: Dataset, config: Config, tmp_path: Path
) -> None:
    """Three trainings: two rounds of the inner split, then everyone; each with teachers of its own."""
    changed = replace(config, distil=replace(config.distil, teachers=("spy",), folds=2))
    made = learn(dataset, changed, 0, 0, lambda _: None, teach=teachers(changed, 0, Kept(), lambda _: None))
    assert made.provenance.teachers == ("spy",)
    made.save(tmp_path / "model.npz")
    assert Model.load(tmp_path / "model.npz").provenance == made.provenance
    people = dataset.people(0)
    rounds = [set(people.tolist()) - set(people[part :: config.inner.folds].tolist()) for part in range(2)]
    for number, seen in enumerate([*rounds, set(people.tolist())]):
        for of in (spy.learned_from, spy.asked_about):
            assert set().union(*of[2 * number : 2 * number + 2]) == seen


def test_fewer_people_than_parts_are_refused(dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(None, dataset.people(None)[:3])
    with pytest.raises(HeldOutError, match="3 people cannot be split into 4 parts"):
        crossfit(Member("lightgbm"), dataset, at, config, Parts(4, 4), 0, lambda _: None, Kept())


def test_a_name_that_comes_again_is_another_seed() -> None:
    assert members(("mlp", "lightgbm", "mlp")) == (Member("mlp", 0), Member("lightgbm", 0), Member("mlp", 1))


def test_what_was_answered_before_is_found_again_unless_anything_changed(
    spy: Spy, dataset: Dataset, config: Config, tmp_path: Path
) -> None:
    at = dataset.training_queries(0)
    kept = Kept(tmp_path / "kept")

    def learned(config: Config, seed: int, at: np.ndarray, dataset: Dataset = dataset) -> int:
        before = len(spy.learned_from)
        crossfit(Member("spy"), dataset, at, config, Parts(2, 2), seed, lambda _: None, kept)
        return len(spy.learned_from) - before

    assert learned(config, 0, at) == 2
    assert learned(config, 0, at) == 0
    assert learned(config, 1, at) == 2
    assert learned(config, 0, at[1:]) == 2
    assert learned(replace(config, training=replace(config.training, epochs=5)), 0, at) == 2
    assert learned(replace(config, trees=replace(config.trees, rounds=5)), 0, at) == 0
    other = replace(dataset, queries=replace(dataset.queries, log_mix=dataset.queries.log_mix - np.float32(0.01)))
    assert learned(config, 0, at, other) == 2


def learned_from(teacher: Teacher | None, dataset: Dataset, config: Config) -> np.ndarray:
    """What a network learned from 600 queries says of people whom it never saw."""
    at = dataset.training_queries(0)[::4]
    standardisation = Standardisation.of(dataset, at)
    asked = Examples.of(dataset, dataset.scored_queries(0), standardisation)
    network = Mlp(len(dataset.feature_names), (64, 32), LeftOut.of(config.dropout, dataset.feature_names))
    examples = Examples.of(dataset, at, standardisation)
    parameters, _ = fit(network, examples, config.training, 0, lambda _: None, teacher=teacher)
    return np.asarray(outputs(network, parameters, asked.inputs(slice(None))))


def test_a_student_becomes_like_its_teacher_and_the_more_so_the_more_it_counts(
    dataset: Dataset, config: Config
) -> None:
    """The teacher says one thing that no target says: whatever has the second flag comes first."""
    at, asked = dataset.training_queries(0)[::4], dataset.scored_queries(0)
    flag = synthetic.NAMES.index("flag_1")
    scores = dataset.queries.log_mix[at] + 3.0 * dataset.features[at, :, flag]
    has_flag = dataset.features[asked, :, flag] == 1.0
    exists = dataset.queries.is_candidate()[asked]
    lifts = []
    for share in (0.0, 0.5, 1.0):
        found = learned_from(Teacher(scores.astype(np.float32), share, 2.0), dataset, config)
        lifts.append(float(found[exists & has_flag].mean() - found[exists & ~has_flag].mean()))
    assert lifts[0] < lifts[1] - 0.2 < lifts[2] - 0.4
    without = learned_from(None, dataset, config)
    np.testing.assert_array_equal(learned_from(Teacher(scores, 0.0, 2.0), dataset, config), without)


def test_a_student_of_good_teachers_is_no_worse_than_one_without(dataset: Dataset, config: Config) -> None:
    at = dataset.training_queries(0)[::4]
    teacher = teachers(config, 0, Kept(), lambda _: None)(dataset, at)
    q, asked = dataset.queries, dataset.scored_queries(0)
    asked_inside = q.target[asked] >= 0
    firsts = []
    for taught in (None, teacher):
        scores = np.where(np.isfinite(q.log_mix[asked]), q.log_mix[asked] + learned_from(taught, dataset, config), -9e9)
        firsts.append(float((scores.argmax(1) == q.target[asked])[asked_inside].mean()))
    assert firsts[1] > firsts[0] - 0.01
