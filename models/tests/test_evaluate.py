"""The verdict: by the protocol, and only on people whom a model never saw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic

from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import MOMENTS, Split
from foretap_models.errors import HeldOutError, ModelFileError
from foretap_models.evaluate import verdict
from foretap_models.judge import figures
from foretap_models.judge.answers import MIXER, AnswersFile, of_mixer
from foretap_models.judge.figures import Figures, Part
from foretap_models.judge.panel import LEAST_OPENINGS, LEAST_QUERIES, Panel
from foretap_models.learn.model import Model


def quiet(_: str) -> None:
    """Shows nothing."""


@pytest.fixture(scope="module")
def found(dataset: Dataset, model: Model, config: Config) -> Figures:
    return verdict.evaluate([verdict.Trial(dataset, model).with_trees(config.trees, quiet)], progress=quiet)


def test_the_mixers_row_is_counted_from_the_queries_themselves(found: Figures, queries: list[synthetic.Query]) -> None:
    for number, name in enumerate(MOMENTS):
        hits = []
        for person in (0, 5, 10):
            of = [q for q in queries if (q.person, q.moment, q.is_scored) == (person, number, True)]
            hits.append(100.0 * np.mean([0 <= q.target < 3 for q in of]))
        judged = found.moments[name]
        assert (judged.people, judged.left_out, judged.queries) == (3, 0, 450)
        mixer = judged.systems[MIXER]
        assert mixer.macro.hr3 == pytest.approx(np.mean(hits), abs=1e-4)
        assert [(p.person, p.queries) for p in mixer.people] == [(0, 150), (5, 150), (10, 150)]
        assert [p.hr3 for p in mixer.people] == pytest.approx(hits, abs=1e-4)
        lead = mixer.lead["hr3"]
        assert (lead.mean, lead.low, lead.high) == (0.0, 0.0, 0.0)


def test_the_network_and_the_trees_beat_the_mixer_on_people_they_never_saw(found: Figures) -> None:
    assert (found.against, found.part) == (MIXER, "scored")
    for judged in found.moments.values():
        assert list(judged.systems) == ["mixer", "mlp_fp32", "mlp_int8", "lightgbm"]
        for name in ("mlp_fp32", "mlp_int8", "lightgbm"):
            assert judged.systems[name].lead["hr3"].mean > 2.0, name
        network, trees = judged.systems["mlp_int8"], judged.systems["lightgbm"]
        assert network.ece is not None
        assert network.ece < 0.08
        assert network.auc is not None
        assert (trees.ece, trees.auc, trees.reliability) == (None, None, ())


def test_every_third_day_shows_whether_it_stays_good(found: Figures) -> None:
    """Days before the scored part are there too: their queries were not learned from either, as of held-out people."""
    text = verdict.table(found)
    for name, judged in found.moments.items():
        days = judged.systems[verdict.INT8].days
        assert sum(day.queries for day in days) > judged.queries / 2, name
        assert all(14 <= day.day < 44 for day in days)
        assert f"{days[0].day:>5}" in text
        assert f"{days[0].hr3:.1f} of {days[0].queries}" in text


def test_only_the_part_that_is_asked_for_counts(dataset: Dataset, model: Model) -> None:
    """Everyone has openings 350 to 499 of 500 scored: 75 in each half."""
    for part in ("validation", "test"):
        found = verdict.evaluate([verdict.Trial(dataset, model)], part, quiet)
        assert [m.queries for m in found.moments.values()] == [225] * 3


def test_people_on_either_side_of_the_limits(model: Model, tmp_path: Path) -> None:
    """Four people of fold 0: enough, a query too few, an opening too few, and enough of one moment only."""
    rng = np.random.default_rng(3)
    queries = []
    for person, openings, counts in ((0, 200, (30, 30)), (5, 900, (29, 29)), (10, 199, (60, 60)), (15, 201, (30, 29))):
        for moment, count in enumerate(counts):
            made = [synthetic.query(rng, person, moment, training=False, scored=True) for _ in range(count)]
            # The first of the last 30 %, and those after it.
            late = range(int(0.7 * openings), openings)
            queries += [replace(q, openings=openings, opening=late[n]) for n, q in enumerate(made)]
    data = cache.prepare([synthetic.file(tmp_path, queries)], tmp_path / "cache")
    found = verdict.evaluate([verdict.Trial(data, model)], progress=quiet)
    judged = [(name, m.people, m.left_out, m.queries) for name, m in found.moments.items()]
    assert judged == [("next", 2, 2, 60), ("unlock", 1, 3, 30)]


@pytest.mark.parametrize("part", ["scored", "validation", "test"])
def test_what_is_said_of_each_fold_adds_up_to_the_totals(part: Part, dataset: Dataset, model: Model) -> None:
    """Fold 0 has a person of the moment `next` alone who is left out, and says so."""
    q = dataset.queries
    short = dataset.take(np.flatnonzero((q.person != 5) | (q.moment != 0) | (q.opening % 9 == 0)))
    other = replace(model, provenance=replace(model.provenance, held_out_fold=3))
    said: list[str] = []
    found = verdict.evaluate([verdict.Trial(short, m) for m in (model, other)], part, said.append)
    panels = [of for fold in (0, 3) for of in Panel.of(short, short.judged_queries(fold), part)]
    for name, judged in found.moments.items():
        of = [panel for panel in panels if panel.moment == name]
        assert (sum(p.people for p in of), sum(p.queries for p in of)) == (judged.people, judged.queries)
        assert sum(p.left_out for p in of) == judged.left_out == (1 if name == "next" else 0)
    assert [line.split(":")[0] for line in said] == ["judging fold 0", "judging fold 3"]
    first = panels[0]
    assert f"of them count next {first.queries} queries of 2 people (1 left out); unlock" in said[0]


def test_that_nobody_has_enough_is_said_with_the_limit_the_best_and_what_to_do(
    dataset: Dataset, model: Model, tmp_path: Path
) -> None:
    few = [
        replace(q, opening=q.openings - 50 + at % 50)
        for at, q in enumerate(synthetic.people(seed=4, count=5, training=0, scored=44))
    ]
    data = cache.prepare([synthetic.file(tmp_path, few)], tmp_path / "cache")
    assert verdict.evaluate([verdict.Trial(data, model)], progress=quiet).moments
    with pytest.raises(HeldOutError) as refused:
        verdict.evaluate(
            [verdict.Trial(data.take(np.flatnonzero(data.queries.opening % 2 == 0)), model)], "test", quiet
        )
    assert str(refused.value) == (
        "nobody has enough queries to be judged on: a person counts at a moment with 30 queries of it in the last 15 % "
        "of their openings, and 200 openings in all; the most that anybody has: 22 of next, 22 of unlock, 22 of "
        "unlock_or_resume, and 500 openings. What helps: more days of each person's log, without --part as well"
    )
    early = replace(data.queries, opening=np.where(np.arange(len(data)) % 2, 360, data.queries.opening))
    with pytest.raises(
        HeldOutError, match=r"What helps: to judge without --part, where 1 person would count; or more days"
    ):
        verdict.evaluate([verdict.Trial(replace(data, queries=early), model)], "test", quiet)


def test_people_of_a_simulated_lake_are_not_asked_to_live_longer(dataset: Dataset, model: Model) -> None:
    few = dataset.take(np.flatnonzero(dataset.queries.opening % 8 == 0))
    with pytest.raises(HeldOutError, match="What helps: people of a log, since a simulated lake keeps no more"):
        verdict.evaluate([verdict.Trial(replace(few, kinds=("simulated",)), model)], "test", quiet)


def test_the_limits_are_those_of_the_judge(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    with AnswersFile(path) as file:
        at = dataset.judged_queries(0)[:5]
        file.add(dataset, at, {MIXER: of_mixer(dataset, at)})
    assert f"nobody has {LEAST_OPENINGS} openings and {LEAST_QUERIES} queries" in figures.judge(path).text


def test_a_model_is_never_judged_on_people_it_learned_from(dataset: Dataset, model: Model) -> None:
    everyone = replace(model, provenance=replace(model.provenance, held_out_fold=None))
    with pytest.raises(HeldOutError, match="learned from everyone"):
        verdict.evaluate([verdict.Trial(dataset, everyone)], progress=quiet)
    with pytest.raises(HeldOutError, match="same people"):
        verdict.evaluate([verdict.Trial(dataset, model)] * 2, progress=quiet)


def test_a_model_of_another_log_is_judged_on_everyone(dataset: Dataset, model: Model) -> None:
    abroad = replace(model, provenance=replace(model.provenance, held_out_fold=None, learned_on=("0" * 64,)))
    found = verdict.evaluate([verdict.Trial(dataset, abroad)], progress=quiet)
    assert [m.people for m in found.moments.values()] == [15, 15, 15]


def test_a_model_of_other_features_is_refused(dataset: Dataset, model: Model) -> None:
    for changed in ({"schema": "6d" * 32}, {"feature_names": dataset.feature_names[::-1]}):
        other = replace(model, provenance=replace(model.provenance, **changed))
        with pytest.raises(ModelFileError):
            verdict.evaluate([verdict.Trial(dataset, other)], progress=quiet)


def test_models_of_several_folds_are_pooled(dataset: Dataset, model: Model) -> None:
    """The weights do not matter here, only who is judged by which model."""
    other = replace(model, provenance=replace(model.provenance, held_out_fold=3))
    found = verdict.evaluate([verdict.Trial(dataset, m) for m in (model, other)], progress=quiet)
    assert [(m.people, m.queries) for m in found.moments.values()] == [(6, 900)] * 3


def test_a_model_that_was_held_out_another_way_is_refused(dataset: Dataset, model: Model) -> None:
    grouped = replace(dataset, split=Split(5, "a0" * 32))
    with pytest.raises(HeldOutError, match="split another way"):
        verdict.evaluate([verdict.Trial(grouped, model)], progress=quiet)
    of_group = replace(model, provenance=replace(model.provenance, groups="a0" * 32))
    found = verdict.evaluate([verdict.Trial(grouped, of_group)], progress=quiet)
    assert [m.people for m in found.moments.values()] == [3, 3, 3]
    with pytest.raises(HeldOutError, match="split another way"):
        verdict.evaluate([verdict.Trial(dataset, of_group)], progress=quiet)


def test_datasets_of_different_logs_are_not_pooled(dataset: Dataset, model: Model) -> None:
    other = replace(model, provenance=replace(model.provenance, held_out_fold=3))
    elsewhere = replace(dataset, learned_on=(synthetic.LOG, "0" * 64))
    with pytest.raises(HeldOutError, match="different logs"):
        verdict.evaluate([verdict.Trial(dataset, model), verdict.Trial(elsewhere, other)], progress=quiet)
