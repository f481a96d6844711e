"""Preparing gives the same bytes on every engine, however the work is divided among workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic

from foretap_models import config
from foretap_models.data import preparation
from foretap_models.data.block import Block
from foretap_models.data.dataset import Dataset, load
from foretap_models.data.features_file import FeaturesFile
from foretap_models.data.lake import Lake
from foretap_models.data.partition import Origin, of_files, of_lake, opened
from foretap_models.data.place import Place
from foretap_models.data.preparation import AS_IT_COMES, Recipe
from foretap_models.data.recording import Recording, record
from foretap_models.data.versions import Store, Version
from foretap_models.engine.engine import Engine
from foretap_models.engine.start import Kind, started
from foretap_models.errors import BrokenQueryError, NonFiniteError, QualityError

RECIPE = Recipe(
    outliers=(
        config.Outlier("z_score", "query", 2.0, ("age_*",), False),
        config.Outlier("isolation_forest", "person", 0.1, ("entropy", "share_*"), False),
    ),
    binnings=(
        config.Binning("k_means", ("age_0", "age_1"), 6),
        config.Binning("quantile", ("share_*",), 10),
        config.Binning("fixed_width", ("context_1",), 5),
    ),
)


def files(folder: Path) -> dict[str, bytes]:
    """All bytes of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def queries() -> list[synthetic.Query]:
    """Twelve people over three days."""
    return synthetic.people(seed=41, count=12, training=10, scored=4)


@pytest.fixture(scope="module")
def lake(queries: list[synthetic.Query], tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return synthetic.lake(Place(str(tmp_path_factory.mktemp("lake"))), queries, shards=4)


def made(origins: list[Origin], engine: Engine, folder: Path, recipe: Recipe = RECIPE) -> Path:
    """A cache and a version."""
    recording = Recording(Store(folder / "store"), Version(1, 0), None, "2026-01-05")
    record(origins, recipe, engine, folder / "cache", recording, progress=lambda _: None)
    return folder


@pytest.fixture(scope="module")
def by_one(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one worker makes of the lake."""
    with started(Kind.LOCAL) as engine:
        return files(made(of_lake(lake, lake.files()), engine, tmp_path_factory.mktemp("one")))


def test_processes_give_the_bytes_of_one(lake: Lake, by_one: dict[str, bytes], tmp_path: Path) -> None:
    with started(Kind.LOCAL, 2) as engine:
        assert files(made(of_lake(lake, lake.files()), engine, tmp_path)) == by_one


def test_ray_gives_the_bytes_of_one(lake: Lake, by_one: dict[str, bytes], ray_engine: Engine, tmp_path: Path) -> None:
    assert files(made(of_lake(lake, lake.files()), ray_engine, tmp_path)) == by_one
    assert {"cache/features.npy", "cache/history.npy", "cache/cache.json", "store/versions/v1.0.json"} <= set(by_one)


def test_an_error_of_a_worker_is_the_error_of_one(
    queries: list[synthetic.Query], ray_engine: Engine, tmp_path: Path
) -> None:
    spoilt = [replace(q, features=np.full_like(q.features, np.inf)) for q in queries[-3:]]
    origins = of_files([Place(str(synthetic.file(tmp_path, queries[:-3] + spoilt)))])
    first_row = sum(min(32, len(q.log_mix)) for q in queries[:-3])
    with started(Kind.LOCAL) as local:
        for engine in (local, ray_engine):
            with pytest.raises(NonFiniteError, match=f"feature count_0 is not finite in row {first_row}$"):
                made(origins, engine, tmp_path)


def prepared(origins: list[Origin], folder: Path, recipe: Recipe) -> Dataset:
    with started(Kind.LOCAL) as engine:
        record(origins, recipe, engine, folder, None, progress=lambda _: None)
    return load(folder)


def test_a_lake_holds_what_its_files_hold_in_the_order_of_people_and_days(
    lake: Lake, queries: list[synthetic.Query], tmp_path: Path
) -> None:
    dataset = prepared(of_lake(lake, lake.files()), tmp_path / "lake", Recipe())
    plain = prepared(of_files([Place(str(synthetic.file(tmp_path, queries)))]), tmp_path / "file", Recipe())
    q, p = dataset.queries, plain.queries
    assert len(dataset) == len(plain) == len(queries)
    assert len({file.shard for file in lake.files()}) > 1
    key = lambda q: np.lexsort((q.opening, q.moment, q.person))  # noqa: E731
    for name in ("person", "fold", "moment", "day", "target", "log_mix", "is_training"):
        np.testing.assert_array_equal(getattr(q, name)[key(q)], getattr(p, name)[key(p)])
    for name in ("features", "history", "recency"):
        np.testing.assert_array_equal(getattr(dataset, name)[key(q)], getattr(plain, name)[key(p)])
    for person in np.unique(q.person):
        assert (np.diff(q.day[q.person == person]) >= 0).all()


def test_a_long_file_is_divided_between_queries(queries: list[synthetic.Query], tmp_path: Path) -> None:
    origin = Origin(Place(str(synthetic.file(tmp_path, queries))), "features.parquet")
    whole = Block.read(FeaturesFile.open(origin.place))
    for rows in (1, 32, 500, len(whole.features)):
        files = [partition.file for partition in opened(origin, False, rows).partitions]
        assert all(file.rows <= max(rows, 32) for file in files)
        assert (len(files) == len(queries)) == (rows == 1)
        blocks = [Block.read(file) for file in files[:8]]
        read = np.concatenate([block.features for block in blocks])
        np.testing.assert_array_equal(read, whole.features[: len(read)])
        histories = np.concatenate([block.past.history for block in blocks])
        np.testing.assert_array_equal(histories, whole.past.history[: len(histories)])


def test_rows_of_a_stretch_are_named_as_those_of_the_file(queries: list[synthetic.Query], tmp_path: Path) -> None:
    columns = synthetic.rows(queries)
    last = np.flatnonzero(columns["query"] == len(queries) - 1)
    columns["fold"][last] += 1
    origin = Origin(Place(str(synthetic.write(tmp_path / "bad.parquet", columns))), "bad.parquet")
    with pytest.raises(BrokenQueryError, match=f"row {last[0]}: fold"):
        Block.read(opened(origin, False, 500).partitions[-1].file)


def test_a_written_block_is_read_as_it_was(queries: list[synthetic.Query], tmp_path: Path) -> None:
    file = FeaturesFile.open(synthetic.file(tmp_path, queries))
    block = Block.read(file)
    for name in ("one.parquet", "two.parquet"):
        block.write(tmp_path / name, file)
    again = FeaturesFile.open(tmp_path / "one.parquet")
    assert replace(again, place=file.place) == file
    assert Block.read(again).content() == block.content()
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_any_change_is_another_content(queries: list[synthetic.Query], tmp_path: Path) -> None:
    block = Block.read(FeaturesFile.open(synthetic.file(tmp_path, queries)))
    contents = {block.content()}
    arrays = [(block.queries, name) for name in vars(block.queries)] + [(block.past, name) for name in vars(block.past)]
    for holder, name in arrays:
        array = getattr(holder, name).copy()
        array.flat[7] = not array.flat[7]
        changed = replace(holder, **{name: array})
        part = "queries" if holder is block.queries else "past"
        contents.add(replace(block, **{part: changed}).content())
    contents.add(replace(block, features=block.features + np.float32(1.0)).content())
    assert len(contents) == len(arrays) + 2


def test_thresholds_hold_for_what_the_rules_have_left(queries: list[synthetic.Query], tmp_path: Path) -> None:
    origins = of_files([Place(str(synthetic.file(tmp_path, queries)))])
    rules = (config.Outlier("iqr", "query", 0.1, ("entropy",), False),)
    strict = replace(AS_IT_COMES, fewest_queries=30, most_people_with_few=0.0)
    assert len(prepared(origins, tmp_path / "plain", Recipe(strict))) == len(queries)
    with pytest.raises(QualityError, match="people with fewer than 30 queries"):
        prepared(origins, tmp_path / "ruled", Recipe(strict, outliers=rules))


@pytest.mark.parametrize(("after_s", "lines"), [(0.0, 6), (1e9, 1)])
def test_a_pass_over_small_files_is_told_of_once(
    after_s: float, lines: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, where none of them takes long."""
    monkeypatch.setattr(preparation, "SHOWN_AFTER_S", after_s)
    queries = synthetic.people(seed=51, count=5, training=8, scored=3)
    made = synthetic.lake(Place(str(tmp_path / "lake")), queries, 2)
    assert len(made.files()) == 6
    said: list[str] = []
    with started(Kind.LOCAL) as engine:
        record(of_lake(made, made.files()), Recipe(), engine, tmp_path / "cache", None, progress=said.append)
    assert len(said) == 2 * lines
    assert said[lines - 1 :: lines] == ["checked: 6 of 6 partitions", "written: 6 of 6 partitions"]
