"""A bad features file is refused, with an error that says what kind of bad it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic
from synthetic import Columns

from foretap_models.data import dataset as cache
from foretap_models.data.past import LAST_RANK, LONGEST_GAP
from foretap_models.errors import (
    BrokenQueryError,
    CacheError,
    ColumnTypeError,
    FeaturesFileError,
    MetadataError,
    MissingColumnError,
    NonFiniteError,
    PastError,
    SchemaMismatchError,
    ShortlistError,
    TargetError,
)


@pytest.fixture(scope="module")
def good() -> Columns:
    """Six people, a few queries each."""
    return synthetic.rows(synthetic.people(seed=5, count=6, training=3, scored=2))


def changed(good: Columns, name: str, change: Callable[[np.ndarray], None]) -> Columns:
    """The columns with one changed in place of a copy."""
    column = good[name].copy()
    change(column)
    return good | {name: column}


def put(at: int | slice | tuple[slice, slice], value: object) -> Callable[[np.ndarray], None]:
    """A change that sets a value."""

    def change(column: np.ndarray) -> None:
        column[at] = value

    return change


def rows_of(columns: Columns, which: Callable[[Columns], np.ndarray]) -> Columns:
    """Only some rows, or the rows in another order."""
    chosen = which(columns)
    return {name: column[chosen] for name, column in columns.items()}


def two_targets(good: Columns) -> Columns:
    """A query of which a second candidate is the target as well."""
    query = good["query"][np.argmax(good["is_target"])]
    places = np.flatnonzero(good["query"] == query)
    other = places[~good["is_target"][places]][0]
    return changed(good, "is_target", put(int(other), True))


def interleaved(good: Columns) -> Columns:
    """The last row of the first query comes after the second query's first."""
    end = int(np.argmax(good["query"] != good["query"][0]))
    order = np.arange(len(good["query"]))
    order[end - 1], order[end] = end, end - 1
    return rows_of(good, lambda _: order)


def with_history(good: Columns, last: list[tuple[int, int, int]]) -> Columns:
    """Every history ends with these openings."""
    return changed(good, "history", put((slice(None), slice(-3 * len(last), None)), np.ravel(last)))


def renamed(good: Columns, old: str, new: str) -> Columns:
    """A column under another name."""
    return {new if name == old else name: column for name, column in good.items()}


def leaking(good: Columns) -> Columns:
    """Shortlists that always contain the target: the trap of evaluation.md. The last candidate makes room for it."""
    is_target, ranks = good["is_target"].copy(), good["mixer_rank"]
    outside = (ranks > 32) & (good["place"] == 31)
    assert outside.any()
    is_target[outside] = True
    return good | {"is_target": is_target}


def leaking_with_a_cut_list(good: Columns) -> Columns:
    """As `leaking`, but the rank says that the target was 32nd: its probability gives it away."""
    columns = leaking(good)
    moved = (good["mixer_rank"] > 32) & (good["place"] == 30)
    query = good["query"][moved][0]
    rank, log_mix = columns["mixer_rank"].copy(), columns["log_mix"].copy()
    rank[good["query"] == query] = 32
    log_mix[(good["query"] == query) & (good["place"] == 30)] -= 20.0
    return columns | {"mixer_rank": rank, "log_mix": log_mix}


BAD: dict[str, tuple[type[FeaturesFileError], Callable[[Columns], Columns]]] = {
    "a missing fixed column": (MissingColumnError, lambda c: renamed(c, "log_mix", "log_mixture")),
    "no feature columns": (MissingColumnError, lambda c: {n: v for n, v in c.items() if n not in synthetic.NAMES}),
    "a column of another type": (ColumnTypeError, lambda c: c | {"place": c["place"].astype(np.int64)}),
    "a feature of another type": (ColumnTypeError, lambda c: c | {"share_3": c["share_3"].astype(np.float64)}),
    "rows of a query that are not consecutive": (BrokenQueryError, interleaved),
    "queries that descend": (BrokenQueryError, lambda c: c | {"query": -c["query"]}),
    "a query without its first candidate": (BrokenQueryError, lambda c: rows_of(c, lambda r: r["place"] != 0)),
    "a person that changes within a query": (BrokenQueryError, lambda c: changed(c, "person", put(1, 5))),
    "a fold that is not the person's": (BrokenQueryError, lambda c: c | {"fold": (c["fold"] + 1) % 5}),
    "a fourth moment": (BrokenQueryError, lambda c: c | {"moment": np.full_like(c["moment"], 3)}),
    "two targets": (TargetError, two_targets),
    "a target that is not where its rank says": (TargetError, lambda c: c | {"mixer_rank": c["mixer_rank"] + 1}),
    "a list that always holds the target": (TargetError, leaking),
    "a list cut so that it holds the target": (ShortlistError, leaking_with_a_cut_list),
    "candidates in another order": (ShortlistError, lambda c: c | {"log_mix": c["log_mix"][::-1].copy()}),
    "probabilities above one": (ShortlistError, lambda c: c | {"log_mix": np.zeros_like(c["log_mix"])}),
    "a feature that is not a number": (NonFiniteError, lambda c: changed(c, "count_7", put(40, np.nan))),
    "an infinite feature": (NonFiniteError, lambda c: changed(c, "age_2", put(-1, np.inf))),
    "a log_mix that is not a number": (NonFiniteError, lambda c: changed(c, "log_mix", put(0, np.nan))),
    "a day that changes within a query": (BrokenQueryError, lambda c: changed(c, "day", put(1, 9))),
    "a day before the first": (BrokenQueryError, lambda c: c | {"day": c["day"] - 99}),
    "a gap longer than the longest": (PastError, lambda c: c | {"gap": np.full_like(c["gap"], LONGEST_GAP + 1)}),
    "a negative gap": (PastError, lambda c: c | {"gap": np.full_like(c["gap"], -1)}),
    "a 25th hour": (PastError, lambda c: c | {"time": np.full_like(c["time"], 24)}),
    "a query that begins a session": (PastError, lambda c: c | {"time": np.full_like(c["time"], 64)}),
    "a place behind the last candidate": (PastError, lambda c: changed(c, "recency", put(3, 64))),
    "a negative place": (PastError, lambda c: changed(c, "recency", put(3, -1))),
    "a place taken twice": (PastError, lambda c: changed(c, "recency", put(1, c["recency"][0]))),
    "a history of another width": (ColumnTypeError, lambda c: c | {"history": c["history"][:, :93].copy()}),
    "a history that changes within a query": (BrokenQueryError, lambda c: changed(c, "history", put(1, 7))),
    "a rank behind the last": (PastError, lambda c: with_history(c, [(LAST_RANK + 1, 0, 0)])),
    "an opening without a rank": (PastError, lambda c: with_history(c, [(0, 1, 0)])),
    "a gap of a history that is none": (PastError, lambda c: with_history(c, [(1, LONGEST_GAP + 1, 0)])),
    "a time of a history that is none": (PastError, lambda c: with_history(c, [(1, 0, 24)])),
    "a hole in a history": (PastError, lambda c: with_history(c, [(1, 0, 0), (0, 0, 0)])),
    "no rows": (FeaturesFileError, lambda c: rows_of(c, lambda r: np.zeros(len(r["query"]), bool))),
}


def test_the_file_that_the_others_are_made_from_is_accepted(good: Columns, tmp_path: Path) -> None:
    made = cache.prepare([synthetic.write(tmp_path / "good.parquet", good)], tmp_path / "cache")
    assert len(made) == 6 * 3 * 5


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused(what: str, good: Columns, tmp_path: Path) -> None:
    error, spoil = BAD[what]
    path = synthetic.write(tmp_path / "bad.parquet", spoil(good))
    with pytest.raises(error) as caught:
        cache.prepare([path], tmp_path / "cache")
    assert caught.type is error


@pytest.mark.parametrize(
    "metadata",
    [
        {"feature_schema": "5C" * 32},
        {"log_sha256": ""},
        {"shortlist": "31"},
        {"history": "33x3"},
        {"feature_schema": "5c"},
    ],
)
def test_malformed_metadata_is_refused(metadata: dict[str, str], good: Columns, tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "bad.parquet", good, **metadata)
    with pytest.raises(MetadataError):
        cache.prepare([path], tmp_path / "cache")


def test_another_schema_is_refused_whether_asked_for_or_met(good: Columns, tmp_path: Path) -> None:
    one = synthetic.write(tmp_path / "one.parquet", good)
    other = synthetic.write(tmp_path / "other.parquet", good, feature_schema="6d" * 32)
    cache.prepare([one], tmp_path / "cache", expected_schema=synthetic.SCHEMA)
    with pytest.raises(SchemaMismatchError):
        cache.prepare([one], tmp_path / "cache", expected_schema="6d" * 32)
    with pytest.raises(SchemaMismatchError):
        cache.prepare([one, other], tmp_path / "cache")
    swapped = renamed(renamed(good, "flag_0", "flag_x"), "flag_1", "flag_0")
    with pytest.raises(SchemaMismatchError):
        cache.prepare([one, synthetic.write(tmp_path / "swapped.parquet", swapped)], tmp_path / "cache")


def test_the_last_of_each_number_of_a_past_is_accepted(good: Columns, tmp_path: Path) -> None:
    last = [(LAST_RANK, LONGEST_GAP, 23 + 32 + 64), (1, 0, 0)]
    columns = with_history(good, last) | {"gap": np.full_like(good["gap"], 15), "time": np.full_like(good["time"], 55)}
    path = synthetic.write(tmp_path / "good.parquet", columns)
    made = cache.prepare([path], tmp_path / "cache")
    assert made.history[:, -2:].tolist() == [[list(token) for token in last]] * len(made)


def test_a_file_that_is_not_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.parquet"
    path.write_text("person,fold\n")
    with pytest.raises(FeaturesFileError, match="not a Parquet file"):
        cache.prepare([path], tmp_path / "cache")


def test_people_of_two_files_are_different_people_of_their_own_folds(tmp_path: Path) -> None:
    paths = [synthetic.file(tmp_path, synthetic.people(s, 6, 2, 1), f"{s}.parquet") for s in (1, 2)]
    made = cache.prepare(paths, tmp_path / "cache")
    assert len(np.unique(made.queries.person)) == 12
    np.testing.assert_array_equal(made.queries.fold, made.queries.person % 5)


def test_a_cache_that_is_not_whole_is_refused(good: Columns, tmp_path: Path) -> None:
    cache.prepare([synthetic.write(tmp_path / "good.parquet", good)], tmp_path / "cache")
    np.save(tmp_path / "cache" / "target.npy", np.zeros(3, np.int32))
    with pytest.raises(CacheError):
        cache.load(tmp_path / "cache")
    with pytest.raises(CacheError):
        cache.load(tmp_path / "nowhere")


def test_error_messages_hold_no_values_of_a_person(tmp_path: Path) -> None:
    queries = synthetic.people(seed=6, count=5, training=2, scored=1)
    spoilt = [replace(q, features=np.full_like(q.features, np.nan)) for q in queries]
    with pytest.raises(NonFiniteError, match=r"feature count_0 is not finite in row 0$"):
        cache.prepare([synthetic.file(tmp_path, spoilt)], tmp_path / "cache")
