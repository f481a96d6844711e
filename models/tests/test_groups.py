"""People who are held out as groups: who is in which comes from the file, and nobody is judged by a model of theirs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import synthetic

from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.features_file import FOLDS, Split
from foretap_models.errors import BrokenQueryError, HeldOutError, MetadataError, SchemaMismatchError
from foretap_models.learn.learn import learn

GROUPS = "6a" * 32
OF_PERSON = np.array([1, 0, 0, 1, 2, 0, 2, 1, 2, 0], np.int32)
"""The groups of ten people."""


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    """Ten people in three groups."""
    columns = synthetic.rows(synthetic.people(seed=4, count=10, training=30, scored=3))
    return columns | {"fold": OF_PERSON[columns["person"]]}


def prepared(folder: Path, rows: dict[str, np.ndarray], **metadata: str) -> cache.Dataset:
    """A cache of the rows."""
    path = synthetic.write(folder / "features.parquet", rows, **metadata)
    return cache.prepare([path], folder / "cache")


def test_a_group_is_a_fold_and_the_cache_says_so(rows: dict[str, np.ndarray], tmp_path: Path) -> None:
    made = prepared(tmp_path, rows, folds="3", groups=GROUPS)
    assert made.split == cache.load(tmp_path / "cache").split == Split(3, GROUPS)
    np.testing.assert_array_equal(made.queries.fold, OF_PERSON[made.queries.person])
    assert made.people(2).tolist() == [0, 1, 2, 3, 5, 7, 9]


def test_without_groups_a_fold_is_every_fifth_person(rows: dict[str, np.ndarray], tmp_path: Path) -> None:
    fifths = rows | {"fold": rows["person"] % FOLDS}
    assert prepared(tmp_path, fifths).split == Split(FOLDS, None)
    assert prepared(tmp_path, fifths, folds="5").split == Split(FOLDS, None)
    with pytest.raises(BrokenQueryError):
        prepared(tmp_path, rows)


@pytest.mark.parametrize(
    "metadata",
    [
        {"folds": "3"},
        {"folds": "1", "groups": GROUPS},
        {"folds": "65", "groups": GROUPS},
        {"folds": "three", "groups": GROUPS},
        {"folds": "3", "groups": "6A" * 32},
    ],
)
def test_a_split_that_is_none_is_refused(metadata: dict[str, str], rows: dict[str, np.ndarray], tmp_path: Path) -> None:
    with pytest.raises(MetadataError):
        prepared(tmp_path, rows, **metadata)


def test_a_fold_beyond_the_groups_and_a_person_of_two_groups_are_refused(
    rows: dict[str, np.ndarray], tmp_path: Path
) -> None:
    prepared(tmp_path, rows, folds="64", groups=GROUPS)
    with pytest.raises(BrokenQueryError, match="no group"):
        prepared(tmp_path, rows, folds="2", groups=GROUPS)
    with pytest.raises(BrokenQueryError, match="no group"):
        prepared(tmp_path, rows | {"fold": rows["fold"] - 1}, folds="3", groups=GROUPS)
    both = np.where(rows["query"] == rows["query"][-1], 1, rows["fold"]).astype(np.int32)
    with pytest.raises(BrokenQueryError, match="two groups"):
        prepared(tmp_path, rows | {"fold": both}, folds="3", groups=GROUPS)


def test_files_that_are_split_in_two_ways_do_not_make_one_cache(rows: dict[str, np.ndarray], tmp_path: Path) -> None:
    fifths = synthetic.write(tmp_path / "fifths.parquet", rows | {"fold": rows["person"] % FOLDS})
    groups = synthetic.write(tmp_path / "groups.parquet", rows, folds="3", groups=GROUPS)
    others = synthetic.write(tmp_path / "others.parquet", rows, folds="3", groups="7b" * 32)
    for other in (fifths, others):
        with pytest.raises(SchemaMismatchError, match="split"):
            cache.prepare([groups, other], tmp_path / "cache")


def test_a_model_says_which_group_it_did_not_see(rows: dict[str, np.ndarray], config: Config, tmp_path: Path) -> None:
    made = prepared(tmp_path, rows, folds="3", groups=GROUPS)
    model = learn(made, config, held_out_fold=2, seed=1, progress=lambda _: None)
    assert (model.provenance.held_out_fold, model.provenance.groups, model.provenance.people) == (2, GROUPS, 7)
    assert learn(made, config, held_out_fold=None, seed=1, progress=lambda _: None).provenance.groups is None
    with pytest.raises(HeldOutError, match="no fold 3: the people are split into 3"):
        learn(made, config, held_out_fold=3, seed=1, progress=lambda _: None)
