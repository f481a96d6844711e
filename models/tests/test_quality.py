"""A data set is counted as it is, and refused beyond its thresholds and not at them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic

from foretap_models import config
from foretap_models.data.partition import of_files
from foretap_models.data.place import Place
from foretap_models.data.preparation import AS_IT_COMES, Prepared, Recipe, prepare
from foretap_models.data.quality import CUT, Report, Sums
from foretap_models.engine.start import Kind, started
from foretap_models.errors import QualityError


def prepared(folder: Path, queries: list[synthetic.Query], quality: config.Quality = AS_IT_COMES) -> Prepared:
    with started(Kind.LOCAL) as engine:
        return prepare(of_files([Place(str(synthetic.file(folder, queries)))]), Recipe(quality), engine)


@pytest.fixture(scope="module")
def queries() -> list[synthetic.Query]:
    """Six people; the last has three queries to learn from, the others twelve."""
    made = synthetic.people(seed=8, count=6, training=4, scored=2)
    return [replace(q, is_training=q.is_training and (q.person < 5 or q.opening == 0)) for q in made]


@pytest.fixture(scope="module")
def report(queries: list[synthetic.Query], tmp_path_factory: pytest.TempPathFactory) -> Report:
    return prepared(tmp_path_factory.mktemp("quality"), queries, replace(AS_IT_COMES, fewest_queries=12)).report


def test_everything_is_counted(report: Report, queries: list[synthetic.Query]) -> None:
    left = [q for q in queries if q.is_training or q.is_scored]
    assert (report.queries, report.people) == (len(left), 6)
    assert report.rows == sum(min(32, len(q.log_mix)) for q in left)
    assert report.training == sum(q.is_training for q in left)
    assert report.scored == sum(q.is_scored for q in left)
    assert report.without_target == sum(not 0 <= q.target < 32 for q in left) > 0
    assert (report.people_with_few, report.duplicates) == (1, 0)


def test_a_features_figures_are_those_of_all_candidates(report: Report, queries: list[synthetic.Query]) -> None:
    left = [q for q in queries if q.is_training or q.is_scored]
    rows = np.concatenate([q.features[:32] for q in left]).astype(np.float64)
    # The cut is that of the data as they came, before anything was left out.
    came = np.concatenate([q.features[:32] for q in queries]).astype(np.float64)
    for at, name in enumerate(synthetic.NAMES):
        made, column = report.features[name], rows[:, at]
        assert (made.least, made.most) == (column.min(), column.max())
        np.testing.assert_allclose([made.mean, made.sd], [column.mean(), column.std()], rtol=1e-6, atol=1e-6)
        beyond = np.abs(column - came[:, at].mean()) > CUT * came[:, at].std()
        assert made.share_at_the_cut == pytest.approx(beyond.mean())
    assert max(feature.share_at_the_cut for feature in report.features.values()) > 0


def test_a_query_that_comes_again_is_a_duplicate_whoever_asked(queries: list[synthetic.Query], tmp_path: Path) -> None:
    again = [replace(q, person=q.person + 10) for q in queries[:7]]
    assert prepared(tmp_path, queries + again).report.duplicates == 7
    other = [replace(q, opening=q.opening + 100) for q in again]
    assert prepared(tmp_path, queries + other).report.duplicates == 0


@pytest.mark.parametrize(
    ("threshold", "share"),
    [
        ("most_duplicates", lambda r: r.duplicates / r.queries),
        ("most_without_target", lambda r: r.without_target / r.queries),
        ("most_people_with_few", lambda r: r.people_with_few / r.people),
        ("most_at_the_cut", lambda r: max(f.share_at_the_cut for f in r.features.values())),
    ],
)
def test_a_threshold_is_kept_to_the_last(threshold: str, share: object, report: Report) -> None:
    report = replace(report, duplicates=3)
    most = share(report)
    thresholds = replace(AS_IT_COMES, fewest_queries=12)
    report.check(replace(thresholds, **{threshold: most}))
    with pytest.raises(QualityError, match="the data set is refused"):
        report.check(replace(thresholds, **{threshold: np.nextafter(most, 0.0)}))


def test_what_is_refused_leaves_no_cache(queries: list[synthetic.Query], tmp_path: Path) -> None:
    for thresholds in ({"most_without_target": 0.0}, {"most_at_the_cut": 0.0}):
        origins = of_files([Place(str(synthetic.file(tmp_path, queries)))])
        recipe = Recipe(replace(AS_IT_COMES, **thresholds))
        with started(Kind.LOCAL) as engine, pytest.raises(QualityError):
            prepare(origins, recipe, engine, tmp_path / "cache")
        assert not (tmp_path / "cache" / "cache.json").exists()


def test_a_report_is_read_as_it_was_written(report: Report) -> None:
    assert Report.from_json(report.as_json()) == report


def test_sums_of_nothing_change_nothing() -> None:
    rows = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    nothing = Sums.of(rows[:0])
    for made in (Sums.of(rows) + nothing, nothing + Sums.of(rows)):
        for name, expected in vars(Sums.of(rows)).items():
            np.testing.assert_array_equal(getattr(made, name), expected)
