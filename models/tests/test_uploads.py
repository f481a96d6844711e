"""What phones send becomes a data set: only values that enough phones show, and nothing that names anybody."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import registered
import uploaded
from uploaded import Rows

from foretap_models import command
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.features_file import FOLDS
from foretap_models.data.place import Place
from foretap_models.data.uploads.decoding import LOG, Decoded, decode
from foretap_models.data.uploads.lake import Table, UploadsLake, announced
from foretap_models.data.uploads.panels import Panels, first_of_name
from foretap_models.data.uploads.samples import ROWS
from foretap_models.data.uploads.schema import Schema
from foretap_models.data.uploads.threshold import Threshold, common, merged
from foretap_models.data.versions import Store, Version
from foretap_models.engine.local import LocalEngine
from foretap_models.errors import (
    ProvenanceError,
    TooFewPhonesError,
    UploadsColumnError,
    UploadsError,
    UploadsFileError,
    UploadsSchemaError,
    UploadsValueError,
)
from foretap_models.evaluate import verdict
from foretap_models.judge.panel import Panel, why_nobody
from foretap_models.learn.calibration import Calibration
from foretap_models.learn.learn import learn
from foretap_models.learn.model import Model
from foretap_models.registry.card import card
from foretap_models.registry.dossier import Dossier
from foretap_models.registry.place import Place as RegistryPlace
from foretap_models.registry.registry import Registry
from foretap_models.registry.state import Action

TINY = """
[training]
hidden = [32, 16]
epochs = 3
batch = 64
learning_rate = 4e-3
warm_up = 10
final_share = 0.01
weight_decay = 0.1

[pipeline]
judged_folds = [0, 1]
tune_trials = 0
distil = false
prune = false
retries = 0
backoff_s = 0.0
"""


def decoded(lake: Path, folder: Path, phones: int = 1) -> Decoded:
    """Decodes all samples of a lake, without a registry."""
    of = UploadsLake(Place(str(lake)))
    with LocalEngine(1) as engine:
        files = announced(of, Table.SAMPLES, of.files(Table.SAMPLES), engine, lambda _: None)
        folder.mkdir(exist_ok=True)
        return decode(files, uploaded.schema(), phones, engine, folder)


def prepared(lake: Path, place: RegistryPlace, out: Path, *more: str) -> int:
    """Runs `prepare` with everything that it asks for."""
    who = ["--by", "Ada", "--reason", "a second version", "--registry", place.uri]
    return command.main(["prepare", "--uploads", str(lake), "--out", str(out), *who, *more])


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,200 samples, of which 3 phones or more have surely shown each value."""
    folder = tmp_path_factory.mktemp("uploads") / "lake"
    rows = uploaded.samples(3_200)
    for at, part in enumerate(np.array_split(np.arange(len(rows)), 2)):
        some = Rows({name: [cells[row] for row in part] for name, cells in rows.columns.items()})
        uploaded.write(folder, some, day=uploaded.DAY + timedelta(days=at))
    return folder


def test_a_model_learns_from_samples_and_beats_the_mixer_on_those_it_never_saw(
    lake: Path, place: RegistryPlace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, config = tmp_path / "cache", tmp_path / "config.toml"
    config.write_text(TINY)
    store = ["--store", str(tmp_path / "data"), "--version", "v1.0", "--date", "2026-12-01"]
    assert prepared(lake, place, out, "--least-phones", "3", *store) == 0
    shown = capsys.readouterr().out
    assert "3,200 samples read" in shown
    assert "a value counts with 57 samples of one week: 3 phones at least have drawn them" in shown
    assert "queries of 10 panels" in shown
    data = cache.load(out)
    assert (data.kinds, data.least_phones, data.learned_on) == (("uploads",), 3, (LOG,))
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == []

    model = learn(data, Config.read(config), held_out_fold=1, seed=3, progress=lambda _: None)
    assert model.provenance.name == "uploads-mlp"
    assert model.calibration[0] == Calibration(trust=0.0), "nothing was learned of openings within a session"
    assert {(of.top, of.slope) for of in model.calibration} == {(0.0, 0.0)}
    model.save(tmp_path / "model.npz")
    model = Model.load(tmp_path / "model.npz")
    found = verdict.evaluate([verdict.Trial(data, model)], progress=lambda _: None)
    assert list(found.moments) == ["unlock", "unlock_or_resume"]
    networks = [judged.systems["mlp_int8"] for judged in found.moments.values()]
    assert all(network.macro.hr1 > 55.0 for network in networks), "one of two"
    assert np.mean([network.lead["hr1"].mean for network in networks]) > 2.0

    manifest = Store(tmp_path / "data").manifest(Version(1, 0))
    assert {source.kind for source in manifest.sources} == {"uploads"}
    assert all(re.fullmatch(r"day=2026-1[12]-\d\d/shard=\d\d/a+\.parquet", of.name) for of in manifest.sources)
    (step,) = manifest.transformations
    assert (step["kind"], step["phones"], step["samples_of_a_week"]) == ("least_phones", 3, 57)
    taken = ["data", "checkout", "v1.0", "--store", str(tmp_path / "data"), "--out", str(tmp_path / "again")]
    assert command.main(taken) == 0
    again = cache.load(tmp_path / "again")
    assert (again.content, again.kinds, again.least_phones) == (data.content, data.kinds, 3)
    assert command.main(["data", "list", "--store", str(tmp_path / "data")]) == 0
    assert "3 phones" in capsys.readouterr().out


def test_what_is_decoded_is_what_the_sample_said(tmp_path: Path) -> None:
    """Each sample is found again by its place in the files."""
    rows, of = uploaded.samples(60, seed=5), uploaded.schema()
    uploaded.write(tmp_path / "lake", rows)
    found = decoded(tmp_path / "lake", tmp_path / "files")
    assert found.counts.kept == 60
    data = cache.prepare([Path(origin.place.url) for origin in found.origins], tmp_path / "cache")
    q = data.queries
    names = sorted(rows.columns["pseudonym"], key=lambda name: (name[0] % 16, name))
    order = [rows.columns["pseudonym"].index(name) for name in names]
    for query, row in enumerate(order):
        cells = {name: values[row] for name, values in rows.columns.items()}
        bins = np.stack([np.frombuffer(cells[name], np.uint8) for name in ROWS])
        values, centres = (table[np.arange(len(of.names)), bins] for table in (of.values, of.centres))
        target = int(q.target[query])
        assert np.array_equal(data.features[query, [target, 1 - target]], values)
        assert (q.moment[query], q.candidates[query], q.mixer_rank[query]) == (cells["moment"], 2, 1 + target)
        weekend = 32 * (centres[0, of.at("is_weekend")] > 0.5)
        assert q.time[query] == 6 * cells["part_of_day"] + 3 + weekend
        assert 2.0 ** q.gap[query] <= np.exp(centres[0, of.at("gap_log")]) * 1.001
        log_mix = q.log_mix[query, [target, 1 - target]]
        assert log_mix[0] - log_mix[1] == pytest.approx(np.subtract(*values[:, of.at("mix_log_p")]), abs=1e-5)
        assert np.exp(log_mix).sum() == pytest.approx(1.0, abs=1e-5)
        first, second = data.recency[query, [target, 1 - target]]
        places = np.rint(np.expm1(centres[:, of.at("recency_rank_log")]))
        assert first != second
        assert places[0] == places[1] or (first < second) == (places[0] < places[1])
    assert not data.history.any()


def test_a_value_is_on_average_over_the_noise_the_centre_of_the_true_bin() -> None:
    of = uploaded.schema()
    rng = np.random.default_rng(7)
    for name in ("mix_log_p", "is_weekend", "followed_2_log"):
        at = of.at(name)
        count = int(of.bins[at])
        for true in range(count):
            said = np.where(rng.random(40_000) < of.truth, true, rng.integers(0, count, 40_000))
            assert of.values[at, said].mean() == pytest.approx(of.centres[at, true], abs=0.06)
    assert of.values[of.at("items_log"), 0] == of.centres[of.at("items_log"), 0]


def test_the_order_of_two_that_are_alike_does_not_tell_which_was_opened(tmp_path: Path) -> None:
    rows = (
        uploaded.samples(400, seed=6).set_bin("mix_log_p", slice(None), 2).set_bin("recency_rank_log", slice(None), 3)
    )
    uploaded.write(tmp_path / "lake", rows)
    found = decoded(tmp_path / "lake", tmp_path / "files")
    data = cache.prepare([Path(origin.place.url) for origin in found.origins], tmp_path / "cache")
    assert 170 < data.queries.target.sum() < 230
    assert (data.recency[:, 1] - data.recency[:, 0] == 1).all()


def counts(of: Schema, week: int, feature: str, per_bin: list[int]) -> dict[int, np.ndarray]:
    """Samples of one week in which each bin is shown: as given of one feature, plenty of the others."""
    found = np.where(np.arange(of.centres.shape[1]) < of.bins[:, None], 1_000_000, 0)
    found[of.at(feature)] = 0
    found[of.at(feature), : len(per_bin)] = per_bin
    return {week: found}


def test_a_value_counts_from_one_sample_more_than_too_few_phones_can_draw() -> None:
    """50 phones: 49 of them draw 28 samples each of a week."""
    of = uploaded.schema()
    rule = Threshold(50, of.samples_a_week)
    assert (of.samples_a_day, rule.least_samples) == (4, 49 * 28 + 1)
    into = merged(counts(of, 1, "gap_log", [1_372, 1_373, 5_000, 5_000]), of.bins, of.names, rule)
    at = of.at("gap_log")
    assert into.is_met[at].tolist() == [False, True, True, True]
    assert (into.into[at].tolist(), into.changed(at)) == ([1, 1, 2, 3], [0])
    with pytest.raises(TooFewPhonesError, match=r"1 of 74 features, gap_log first.*1,373 samples of one week.*1,372"):
        merged(counts(of, 1, "gap_log", [1_372, 1_372, 1_372, 7]), of.bins, of.names, rule)


def test_weeks_are_not_added_up() -> None:
    """Twice 1,000 samples may be 36 phones twice."""
    of = uploaded.schema()
    rule = Threshold(50, of.samples_a_week)
    weekly = counts(of, 1, "gap_log", [1_000, 0, 5_000]) | counts(of, 2, "gap_log", [1_000, 0, 5_000])
    found = merged(weekly, of.bins, of.names, rule)
    assert found.into[of.at("gap_log")].tolist() == [2, 2, 2, 2]
    assert found.samples[of.at("gap_log")].tolist() == [2_000, 0, 10_000, 0]


def test_a_bin_goes_to_the_nearest_that_counts_and_between_two_to_the_more_common() -> None:
    of = uploaded.schema()
    rule, at = Threshold(2, of.samples_a_week), of.at("hour_lift")
    for per_bin, into, changed in (
        ([100, 3, 200, 0], [0, 2, 2, 2], [1]),
        ([200, 3, 100, 3], [0, 0, 2, 2], [1, 3]),
        ([50, 28, 28, 50], [0, 0, 3, 3], [1, 2]),
        ([50, 29, 28, 28], [0, 1, 1, 1], [2, 3]),
    ):
        found = merged(counts(of, 1, "hour_lift", per_bin), of.bins, of.names, rule)
        assert found.into[at].tolist() == into
        assert found.changed(at) == changed, "what nobody shows is not told"


def test_with_one_phone_every_value_counts() -> None:
    of = uploaded.schema()
    found = merged(counts(of, 1, "gap_log", [1, 0, 1]), of.bins, of.names, Threshold(1, of.samples_a_week))
    assert found.into[of.at("gap_log")].tolist() == [0, 0, 2, 2]


def test_samples_of_a_rare_moment_go_until_no_more_do() -> None:
    """28 samples are of one phone perhaps; without the 4 that go for their moment, an evening has no more."""
    rule = Threshold(2, 28)
    part = np.array([0] * 60 + [1] * 31 + [2] * 28)
    moment = np.array([1] * 60 + [1] * 27 + [2] * 4 + [1] * 28)
    kept, gone = common(np.full(119, 202648), {"part_of_day": part, "moment": moment}, rule)
    assert np.flatnonzero(kept).tolist() == list(range(60))
    assert gone == {"part_of_day": 28 + 27, "moment": 4}
    kept, _ = common(np.full(119, 202648), {"part_of_day": part}, rule)
    assert kept.sum() == 91
    by_week = np.where(np.arange(119) < 75, 202648, 202649)
    kept, _ = common(by_week, {"part_of_day": part}, rule)
    assert np.flatnonzero(kept).tolist() == list(range(60)), "15 of one week and 16 of the next are 31 of none"


@pytest.mark.parametrize(("rare", "is_left"), [(28, False), (29, True)])
def test_a_bin_of_the_lake_on_both_sides_of_the_limit(rare: int, is_left: bool, tmp_path: Path) -> None:
    """Two phones: more than 28 samples of one week, received on whatever days; whichever candidate shows it."""
    rows = uploaded.samples(400, seed=7).set_bin("mix_rank_log", slice(None), 2)
    rows.set_bin("mix_rank_log", range(0, rare, 2), 0, ["opened"]).set_bin(
        "mix_rank_log", range(1, rare, 2), 0, ["other"]
    )
    half = {name: cells[::2] for name, cells in rows.columns.items()}
    other = {name: cells[1::2] for name, cells in rows.columns.items()}
    uploaded.write(tmp_path / "lake", Rows(half))
    uploaded.write(tmp_path / "lake", Rows(other), day=date(2026, 12, 3))
    found = decoded(tmp_path / "lake", tmp_path / "files", phones=2)
    of = uploaded.schema()
    data = cache.prepare([Path(origin.place.url) for origin in found.origins], tmp_path / "cache")
    values = np.unique(data.features[:, :2, of.at("mix_rank_log")])
    assert np.array_equal(values, of.values[of.at("mix_rank_log"), [0, 2] if is_left else [2]])
    merged_here = found.transformation()["features"].get("mix_rank_log")
    assert merged_here == (None if is_left else {"merged": [0], "samples": rare})


def test_too_few_samples_are_refused_with_how_many_it_takes(
    place: RegistryPlace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By default 50 phones have to have shown a value."""
    uploaded.write(tmp_path / "lake", uploaded.samples(300))
    assert prepared(tmp_path / "lake", place, tmp_path / "cache") == 2
    said = capsys.readouterr().err
    assert "nothing is left of 300 samples (300 with a value that fewer than 50 phones are sure to have shown)" in said
    assert "1,373 samples of one week" in said
    assert not (tmp_path / "cache" / "cache.json").exists()


def test_samples_of_another_schema_repeated_ones_and_impossible_ones_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = uploaded.samples(200, seed=8)
    rows.set("feature_schema", range(7), bytes(32)).set("opened", range(3), b"another width")
    names = rows.columns["pseudonym"]
    for at in range(7, 12):
        names[at] = names[at + 5]
    rows.set_bin("dwell_log", (150, 151), 0, ["opened"]).set_bin("dwell_log", (150, 151), 1, ["other"])
    uploaded.write(tmp_path / "lake", rows)
    found = decoded(tmp_path / "lake", tmp_path / "files")
    assert list(found.counts.left_out.values()) == [7, 5, 2, 0]
    assert (found.counts.read, found.counts.kept) == (200, 186)


def test_a_fold_depends_on_the_pseudonym_alone_and_panels_are_large_enough_to_judge() -> None:
    names = np.frombuffer(np.random.default_rng(9).bytes(16 * 6_000), np.uint8).reshape(-1, 16)
    small, large = Panels.of(names[:1_000]), Panels.of(names)
    assert np.array_equal(small.number % FOLDS, large.number[:1_000] % FOLDS)
    sizes = np.bincount(large.number)
    assert (len(sizes), sizes.sum()) == (20, 6_000)
    assert sizes.min() > 240
    for panel in range(20):
        places = np.sort(large.place[large.number == panel])
        assert np.array_equal(places, np.arange(sizes[panel]))
    assert 0.29 < large.is_scored.mean() < 0.31
    again = Panels.of(names[::-1])
    assert np.array_equal(again.number[::-1], large.number)
    assert np.array_equal(again.place[::-1], large.place)


def test_the_first_of_a_name_stays() -> None:
    names = np.zeros((5, 16), np.uint8)
    names[[1, 3], 15] = 1
    names[4, 0] = 1
    assert first_of_name(names).tolist() == [True, True, False, False, True]


def test_a_reading_is_in_the_audit_log_before_a_row_is_read(
    place: RegistryPlace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first reading fails on its rows, and is there."""
    rows = uploaded.samples(450, seed=10)
    uploaded.write(tmp_path / "lake", rows)
    uploaded.write(tmp_path / "lake", uploaded.samples(50, seed=11).set("moment", [3], 0), day=date(2026, 12, 2))
    assert prepared(tmp_path / "lake", place, tmp_path / "cache", "--least-phones", "1") == 2
    days = ["--days", "2026-11-30..2026-11-30", "--least-phones", "1"]
    assert prepared(tmp_path / "lake", place, tmp_path / "cache", *days) == 0
    with Registry.open(place) as registry:
        first, second = (record.decision for record in registry.records())
        assert registry.state().approvals == {}
        assert registry.verify()[0].startswith("2 records")
    assert (first.action, first.version) == (Action.READ_UPLOADS, "500 samples of 2026-11-30..2026-12-02")
    assert (second.by, second.reason, second.version) == ("Ada", "a second version", "450 samples of 2026-11-30")
    assert second.facts == {
        "lake": str(tmp_path / "lake"),
        "table": "samples",
        "days": ["2026-11-30"],
        "files": 16,
        "rows": 450,
        "least_phones": 1,
    }
    capsys.readouterr()
    assert command.main(["registry", "audit", "--registry", place.uri]) == 0
    assert "| Ada | read uploads 450 samples of 2026-11-30 | a second version |" in capsys.readouterr().out


@pytest.mark.parametrize("given", [[], ["--by", "Ada"], ["--reason", "why not"], ["--by", " ", "--reason", "x"]])
def test_nobody_reads_without_a_name_and_a_reason(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = ["--registry", f"sqlite:///{tmp_path}/registry.db"]
    words = ["prepare", "--uploads", str(tmp_path / "nowhere"), "--out", str(tmp_path / "cache")]
    assert command.main([*words, *registry, *given]) == 2
    assert re.search(r"--(by|reason)", capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


CANARY = b"CANARY-of-a-row!"


@pytest.mark.parametrize("name", ["pseudonym", "week", "feature_schema", "moment", "part_of_day", "opened", "other"])
def test_a_missing_column_and_one_of_another_type_are_refused_by_their_names(name: str, tmp_path: Path) -> None:
    for change, what in (
        (lambda table: table.drop_columns([name]), "no column"),
        (lambda table: table.set_column(0, name, pa.array(["CANARY"] * len(table))), "has no"),
    ):
        first, *_ = uploaded.write(tmp_path / "lake", uploaded.samples(40, seed=12))
        table = pq.read_table(first, partitioning=None)
        pq.write_table(change(table.select([name, *(n for n in table.column_names if n != name)])), first)
        with pytest.raises(UploadsColumnError, match=what) as caught:
            decoded(tmp_path / "lake", tmp_path / "files")
        assert name in str(caught.value)
        assert str(first) in str(caught.value)
        assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("pseudonym", b"\0" + CANARY[:14] + b"\x0b!", "pseudonym is not 16 bytes"),
        ("week", 202600, "week is no year and week"),
        ("week", -1, "week is no year and week"),
        ("feature_schema", CANARY, "feature_schema is not 32 bytes"),
        ("moment", 0, "moment is none after an unlock"),
        ("part_of_day", 4, "part_of_day is not 0 to 3"),
        ("opened", CANARY, "opened is not a bin for each feature"),
        ("other", CANARY, "other is not a bin for each feature"),
        ("other", (CANARY * 5)[:74], "other has a bin that its feature does not have"),
        ("opened", bytes([4] + [0] * 73), "opened has a bin that its feature does not have"),
        ("other", None, "column other has empty cells"),
    ],
)
def test_a_value_that_no_receiver_takes_is_refused_by_its_row_and_nothing_of_the_row_is_told(
    name: str, value: object, what: str, tmp_path: Path, place: RegistryPlace, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = uploaded.samples(20, seed=13)
    names = rows.columns["pseudonym"]
    for at in range(20):
        names[at] = b"\0" + CANARY[:14] + bytes([at])
    rows.set(name, [11], value)
    (path,) = uploaded.write(tmp_path / "lake", rows)
    with pytest.raises(UploadsFileError) as caught:
        decoded(tmp_path / "lake", tmp_path / "files")
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).endswith(what)
    if isinstance(caught.value, UploadsValueError):
        assert "row 11: " in str(caught.value)
    assert caught.value.__cause__ is None
    if name == "other":
        assert prepared(tmp_path / "lake", place, tmp_path / "cache") == 2
        shown = "".join(capsys.readouterr())
        assert "CANARY" not in shown
        assert CANARY.hex() not in shown
        assert b"CANARY" not in place.audit.read_bytes()


@pytest.mark.parametrize("kept", [0, 4, 700, -1])
def test_a_cut_file_is_refused_by_its_name(kept: int, tmp_path: Path) -> None:
    paths = uploaded.write(tmp_path / "lake", uploaded.samples(40, seed=14))
    paths[3].write_bytes(paths[3].read_bytes()[:kept])
    with pytest.raises(UploadsFileError, match="not a whole Parquet file") as caught:
        decoded(tmp_path / "lake", tmp_path / "files")
    assert str(paths[3]) in str(caught.value)


def test_rows_that_are_damaged_are_refused_by_the_files_name(tmp_path: Path) -> None:
    paths = uploaded.write(tmp_path / "lake", uploaded.samples(200, seed=15))
    content = bytearray(paths[3].read_bytes())
    content[200:900] = b"CANARY!" * 100
    paths[3].write_bytes(content)
    with pytest.raises(UploadsFileError) as caught:
        decoded(tmp_path / "lake", tmp_path / "files")
    assert str(paths[3]) in str(caught.value)
    assert "CANARY" not in str(caught.value)


def test_a_row_in_another_shard_a_strange_folder_and_an_empty_lake_are_refused(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    with pytest.raises(UploadsError, match="no samples of these days"):
        decoded(lake, tmp_path / "files")
    first, second, *_ = uploaded.write(lake, uploaded.samples(100, seed=16))
    moved = second.with_name("b.parquet")
    moved.write_bytes(first.read_bytes())
    with pytest.raises(UploadsValueError, match="row 0: a pseudonym of another shard"):
        decoded(lake, tmp_path / "files")
    moved.unlink()
    second.with_name("b.parquet#1").write_bytes(b"being written")
    assert decoded(lake, tmp_path / "files").counts.read == 100
    for wrong in (
        "day=2026-11-31/shard=00/a.parquet",
        "other/shard=00/a.parquet",
        f"day={uploaded.DAY}/shard=16/a.parquet",
    ):
        path = lake / "samples" / wrong
        path.parent.mkdir(parents=True)
        path.write_bytes(first.read_bytes())
        with pytest.raises(UploadsError):
            decoded(lake, tmp_path / "files")
        path.unlink()
        path.parent.rmdir()
        if path.parent.parent.name != f"day={uploaded.DAY}":
            path.parent.parent.rmdir()


def test_only_the_days_and_shards_that_are_asked_for_are_read(lake: Path) -> None:
    of = UploadsLake(Place(str(lake)))
    assert len(of.files(Table.SAMPLES)) == 32
    assert {file.day for file in of.files(Table.SAMPLES, newest=1)} == {uploaded.DAY + timedelta(days=1)}
    assert {file.shard for file in of.files(Table.SAMPLES, shards=range(2, 4))} == {2, 3}
    with pytest.raises(UploadsError):
        of.files(Table.REPORTS)


def test_a_lake_behind_another_file_system_is_read_alike(tmp_path: Path) -> None:
    import fsspec

    paths = uploaded.write(tmp_path / "lake", uploaded.samples(60, seed=17))
    fs = fsspec.filesystem("memory")
    for path in paths:
        fs.pipe_file(f"/uploads/{path.relative_to(tmp_path)}", path.read_bytes())
    of = UploadsLake(Place("memory://uploads/lake"))
    (tmp_path / "files").mkdir()
    with LocalEngine(1) as engine:
        files = announced(of, Table.SAMPLES, of.files(Table.SAMPLES), engine, lambda _: None)
        there = decode(files, uploaded.schema(), 1, engine, tmp_path / "files")
    here = decoded(tmp_path / "lake", tmp_path / "others")
    assert [origin.name for origin in there.origins] == [origin.name for origin in here.origins]
    for one, other in zip(there.origins, here.origins, strict=True):
        assert one.place.read() == other.place.read()


def test_a_meaning_of_bins_that_is_not_understood_is_refused() -> None:
    for text in ("", "[]", "{}", json.dumps({"features": [], "questions": []})):
        with pytest.raises(UploadsSchemaError):
            Schema.read(text)
    with pytest.raises(UploadsSchemaError, match="no feature tides"):
        uploaded.schema().at("tides")


@pytest.mark.parametrize("phones", [50, 20])
def test_the_card_says_whose_samples_they_were_and_how_many_phones_showed_a_value(phones: int) -> None:
    made = registered.bundle("v1.0")
    dossier = registered.dossier(made)
    data = replace(dossier.data, kinds=("uploads",), least_phones=phones)
    dossier = Dossier.read(replace(dossier, data=data).written())
    text = card("v1.0", dossier, registered.evaluation(made), 1)
    assert text.startswith("# uploads-mlp v1.0\n")
    assert f"only those that {phones} phones at least are sure to have shown" in text
    assert "100,000 samples in 33 panels that stand for people" in text
    assert "by a hash of each sample's pseudonym" in text
    assert "`foretap-models prepare --uploads`, then `foretap-models all`" in text
    assert ("Values of fewer than 50 phones were let in" in text) == (phones < 50)
    for said in ("leave-user-out", registered.CONFIG.card.learned_from, "mean over people"):
        assert said not in text
    assert "mean over panels" in text
    with pytest.raises(ProvenanceError, match="how many phones"):
        card("v1.0", replace(dossier, data=replace(data, least_phones=None)), registered.evaluation(made), 1)


def test_that_panels_are_too_small_to_judge_is_said_of_samples() -> None:
    panel = Panel("unlock", 0, 10, 0, 29, 190)
    assert "more samples: people are panels of them here" in why_nobody([panel], "scored", [panel], ("uploads",))


def test_uploads_go_with_neither_features_files_nor_a_lake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["prepare", "--uploads", "a", "--lake", "b", "--out", str(tmp_path / "cache")]) == 2
    assert "either features files, --lake or --uploads" in capsys.readouterr().err
    for value in ("0", "-3", "many"):
        with pytest.raises(SystemExit):
            command.main(["prepare", "--uploads", "a", "--least-phones", value, "--out", "cache"])
