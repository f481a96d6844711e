"""A lake gives the same files from a disk and from behind an S3 API, and only those asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import bucket
import numpy as np
import pytest
import synthetic

from foretap_models import command
from foretap_models.data import lake as lakes
from foretap_models.data.dataset import load
from foretap_models.data.lake import Days, Lake, shard_of
from foretap_models.data.place import Place
from foretap_models.errors import LakeError, PlaceError

SHARDS = 3


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The URL of an S3 API."""
    with bucket.served() as served:
        yield served.endpoint


@pytest.fixture(scope="module")
def queries() -> list[synthetic.Query]:
    """Eight people over three days."""
    return synthetic.people(seed=51, count=8, training=8, scored=3)


@pytest.fixture(scope="module")
def on_disk(queries: list[synthetic.Query], tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return synthetic.lake(Place(str(tmp_path_factory.mktemp("lake") / "features")), queries, SHARDS)


@pytest.fixture(scope="module")
def in_bucket(queries: list[synthetic.Query], s3: str) -> Lake:
    return synthetic.lake(Place("s3://fleet/features", s3), queries, SHARDS)


@pytest.fixture(params=["on_disk", "in_bucket"])
def lake(request: pytest.FixtureRequest) -> Lake:
    return request.getfixturevalue(request.param)


def test_files_come_by_shard_and_day(lake: Lake, queries: list[synthetic.Query]) -> None:
    files = lake.files()
    places = {(shard_of(q.person, SHARDS), synthetic.FIRST_DAY.toordinal() + q.day) for q in queries}
    assert [(file.shard, file.day.toordinal()) for file in files] == sorted(places)
    assert len(places) == 3 * SHARDS
    for file in files:
        assert len(file.place.read()) == file.size


def test_only_the_days_and_shards_asked_for_come(lake: Lake) -> None:
    first, second, third = (synthetic.FIRST_DAY.replace(day=5 + n) for n in range(3))
    for days, expected in (
        (Days(), {first, second, third}),
        (Days(second, second), {second}),
        (Days(second), {second, third}),
        (Days(None, second), {first, second}),
        (Days(third.replace(day=8)), set()),
    ):
        assert {file.day for file in lake.files(days)} == expected
    assert {file.shard for file in lake.files(shards=range(1, 3))} == {1, 2}
    assert lake.files(shards=[]) == []


def test_folders_of_other_days_are_not_looked_into(on_disk: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    below = Place.below
    monkeypatch.setattr(Place, "below", lambda place: looked.append(place.name) or below(place))
    on_disk.files(Days(synthetic.FIRST_DAY, synthetic.FIRST_DAY))
    assert looked == [f"day={synthetic.FIRST_DAY}"]


def test_the_same_file_again_changes_nothing(lake: Lake) -> None:
    before = lake.files()
    assert lake.add(before[0].place.read(), before[0].day, before[0].shard).name == before[0].name
    assert lake.files() == before
    assert Lake.create(lake.place, SHARDS) == lake


def test_a_shard_is_the_same_in_every_language() -> None:
    assert [shard_of(person, 40) for person in (0, 1, 2, 9_999)] == [0, 33, 6, 18]
    people = np.bincount([shard_of(person, 40) for person in range(10_000)], minlength=40)
    assert people.min() > 190


def test_a_lake_of_other_shards_and_what_is_no_lake_are_refused(on_disk: Lake, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="a lake of 3 shards"):
        Lake.create(on_disk.place, 4)
    for shards in (0, lakes.MOST_SHARDS + 1):
        with pytest.raises(LakeError):
            Lake.create(Place(str(tmp_path / "new")), shards)
    for written in (
        None,
        b"{",
        b"[]",
        b'{"format": 2, "shards": 3}',
        b'{"format": 1}',
        b'{"format": 1, "shards": "3"}',
    ):
        if written is not None:
            (tmp_path / "lake.json").write_bytes(written)
        with pytest.raises(LakeError, match="lake"):
            Lake.open(Place(str(tmp_path)))
    with pytest.raises(LakeError, match="shard 3 of 3"):
        on_disk.add(b"", date(2026, 1, 5), 3)


@pytest.mark.parametrize(
    "name", ["day=2026-01-05/x.parquet", "day=2026-01-05/shard=9/x.parquet", "day=2026-13-05/shard=0/x.parquet"]
)
def test_a_file_where_none_belongs_is_refused(name: str, tmp_path: Path) -> None:
    lake = Lake.create(Place(str(tmp_path)), SHARDS)
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    with pytest.raises(LakeError):
        lake.files()


def test_people_of_another_shard_are_refused(queries: list[synthetic.Query], tmp_path: Path) -> None:
    lake = Lake.create(Place(str(tmp_path / "lake")), SHARDS)
    content = synthetic.file(tmp_path, queries[:1]).read_bytes()
    shard = (shard_of(queries[0].person, SHARDS) + 1) % SHARDS
    lake.add(content, date(2026, 1, 5), shard)
    words = ["prepare", "--lake", str(tmp_path / "lake"), "--out", str(tmp_path / "cache")]
    assert command.main(words) == 2
    assert not (tmp_path / "cache" / "cache.json").exists()


def test_a_bucket_and_a_disk_give_the_same_cache(on_disk: Lake, in_bucket: Lake, s3: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(synthetic.CONFIG)
    for name, lake in (("disk", on_disk), ("bucket", in_bucket)):
        words = ["prepare", "--lake", lake.place.url, "--days", "2026-01-05..2026-01-06", "--shards", "0-1"]
        words += ["--out", str(tmp_path / name), "--endpoint", s3, "--config", str(tmp_path / "config.toml")]
        assert command.main(words) == 0
    for path in (tmp_path / "disk").iterdir():
        assert path.read_bytes() == (tmp_path / "bucket" / path.name).read_bytes()
    queries = load(tmp_path / "disk").queries
    assert {shard_of(int(person), SHARDS) for person in queries.person} == {0, 1}
    assert set(queries.day) == {0, 1}


def test_a_simulated_lake_says_so_from_the_cache_to_the_versions(
    queries: list[synthetic.Query], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text(synthetic.CONFIG)
    for name, kind in (("simulated", "simulated"), ("uploaded", "lake")):
        synthetic.lake(Place(str(tmp_path / name)), queries, SHARDS, is_simulated=name == kind)
        words = ["prepare", "--lake", name, "--out", f"{name}-cache", "--store", "store", "--config", "config.toml"]
        words = [word if word.startswith("-") or word == "prepare" else str(tmp_path / word) for word in words]
        assert command.main([*words, "--version", "v1.0" if name == "simulated" else "v1.1"]) == (
            0 if name == "simulated" else 2
        )
        if name == "uploaded":
            assert "the kind of source is not that of v1.0; that takes v2.0" in capsys.readouterr().err
            assert command.main([*words, "--version", "v2.0"]) == 0
        assert load(tmp_path / f"{name}-cache").kinds == (kind,)
    words = ["--store", str(tmp_path / "store"), "--out", str(tmp_path / "again")]
    assert command.main(["data", "checkout", "v1.0", *words]) == 0
    assert load(tmp_path / "again").kinds == ("simulated",)


def test_the_census_counts_everyone_once(
    lake: Lake, queries: list[synthetic.Query], s3: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["lake", lake.place.url, "--endpoint", s3]) == 0
    first, _, _, *days = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{3 * SHARDS} files, ")
    assert first.endswith(f" 8 people, {len(queries)} queries")
    for n, line in enumerate(days):
        there = [q for q in queries if q.day == n]
        rows = sum(min(32, len(q.log_mix)) for q in there)
        training, scored = sum(q.is_training for q in there), sum(q.is_scored for q in there)
        expected = (f"2026-01-{5 + n:02}", SHARDS, 8, len(there), rows, training, scored)
        assert line == f"| {' | '.join(map(str, expected))} |"
    assert len(days) == 3
    assert command.main(["lake", lake.place.url, "--endpoint", s3, "--days", "2026-02-01"]) == 2


def test_what_cannot_be_reached_is_named(s3: str, tmp_path: Path) -> None:
    for place in (Place("s3://elsewhere/features", s3), Place(str(tmp_path / "none")), Place("nowhere://x")):
        with pytest.raises(PlaceError, match=place.url):
            (place / "lake.json").read()
        with pytest.raises((LakeError, PlaceError)):
            Lake.open(place)
