"""Versions never change, say what they are made of, and come out as they went in."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic

from foretap_models import command, config
from foretap_models.data import difference
from foretap_models.data.dataset import load
from foretap_models.data.partition import of_files
from foretap_models.data.place import Place
from foretap_models.data.preparation import Recipe
from foretap_models.data.recording import record_once
from foretap_models.data.versions import Manifest, Source, Store, Version, check_step
from foretap_models.engine.start import Kind, started
from foretap_models.errors import DamagedStoreError, HeldOutError, VersionError

CONFIG_WITH_RULES = (
    synthetic.CONFIG
    + """
[[outlier]]
rule = "iqr"
over = "query"
limit = 0.5
columns = ["entropy"]
scored = false

[[binning]]
method = "quantile"
columns = ["age_*"]
bins = 8
"""
)


def run(*words: object) -> int:
    """A command, by its words."""
    return command.main([str(word) for word in words])


def files(folder: Path) -> dict[str, bytes]:
    """All bytes of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Features files a and b; versions v1.0 of a, v1.1 of a and b, v1.2 of both under rules, v2.0 of other features."""
    folder = tmp_path_factory.mktemp("versions")
    for name, seed in (("a", 31), ("b", 32)):
        synthetic.file(folder, synthetic.people(seed, count=5, training=12, scored=4), f"{name}.parquet")
    other = synthetic.rows(synthetic.people(33, count=5, training=12, scored=4))
    other["count_20"] = other.pop("count_19")
    synthetic.write(folder / "c.parquet", other, feature_schema="6d" * 32)
    (folder / "plain.toml").write_text(synthetic.CONFIG)
    (folder / "rules.toml").write_text(CONFIG_WITH_RULES)
    for version, names, rules in (
        ("v1.0", "a", "plain"),
        ("v1.1", "ab", "plain"),
        ("v1.2", "ab", "rules"),
        ("v2.0", "c", "plain"),
    ):
        paths = [folder / f"{name}.parquet" for name in names]
        assert (
            run(
                *("prepare", *paths, "--out", folder / f"cache-{version}", "--store", folder / "store"),
                *("--version", version, "--date", "2026-01-05T10:00:00", "--config", folder / f"{rules}.toml"),
            )
            == 0
        )
    return folder


@pytest.fixture(scope="module")
def store(folder: Path) -> Store:
    return Store(folder / "store")


def manifest(store: Store, version: str) -> Manifest:
    return store.manifest(Version.parse(version))


@pytest.mark.parametrize("version", ["v1.0", "v1.1", "v1.2", "v2.0"])
def test_a_checkout_is_the_cache_that_was_prepared(version: str, folder: Path, tmp_path: Path) -> None:
    for out in ("one", "two"):
        assert run("data", "checkout", version, "--store", folder / "store", "--out", tmp_path / out) == 0
        assert files(tmp_path / out) == files(folder / f"cache-{version}")
    dataset = load(tmp_path / "one")
    made = manifest(Store(folder / "store"), version)
    assert (dataset.version, dataset.content) == (version, made.content)


def test_a_manifest_says_what_a_version_is_made_of(folder: Path, store: Store) -> None:
    import hashlib

    one, two, three, four = (manifest(store, version) for version in ("v1.0", "v1.1", "v1.2", "v2.0"))
    assert [m.parent for m in (one, two, three, four)] == [None, "v1.0", "v1.1", "v1.2"]
    assert {m.date for m in (one, two, three, four)} == {"2026-01-05T10:00:00"}
    hashes = {name: hashlib.sha256((folder / f"{name}.parquet").read_bytes()).hexdigest() for name in "ab"}
    assert [(s.kind, s.name, s.sha256) for s in two.sources] == [("file", f"{n}.parquet", hashes[n]) for n in "ab"]
    assert (one.schema, four.schema) == (synthetic.SCHEMA, "6d" * 32)
    assert (one.quality.queries, two.quality.queries) == (240, 480)
    assert [step["kind"] for step in three.transformations] == ["outlier", "binning"]
    outlier, bins = three.transformations
    assert outlier["removed"]["queries"] == two.quality.training - three.quality.training > 0
    assert set(bins["features"]) == {name for name in synthetic.NAMES if name.startswith("age_")}
    assert (one.transformations, one.seen_folds, three.seen_folds) == ((), (), (0, 1, 2, 3, 4))
    assert len({m.content for m in (one, two, three, four)}) == 4


def test_what_versions_have_in_common_is_stored_once(store: Store) -> None:
    one, two = manifest(store, "v1.0"), manifest(store, "v1.1")
    assert two.parts[: len(one.parts)] == one.parts
    stored = {path.stem for path in (store.folder / "parts").iterdir()}
    versions = [manifest(store, str(version)) for version in store.versions()]
    assert stored == {part.sha256 for version in versions for part in version.parts}
    assert sum(len(version.parts) for version in versions) > len(stored)


def test_outliers_are_gone_from_training_alone_and_features_are_in_their_bins(folder: Path, store: Store) -> None:
    before, after = load(folder / "cache-v1.1"), load(folder / "cache-v1.2")
    assert len(after.scored_queries(None)) == len(before.scored_queries(None))
    assert len(after.training_queries(None)) < len(before.training_queries(None))
    at = after.feature_names.index("age_0")
    edges = manifest(store, "v1.2").transformations[1]["features"]["age_0"]
    values = np.unique(after.features[after.queries.is_candidate()][:, at])
    assert set(values) <= set(np.float32(edges["values"]))
    scored = (before.features[before.scored_queries(None)], after.features[after.scored_queries(None)])
    others = [n for n, name in enumerate(after.feature_names) if not name.startswith("age_")]
    np.testing.assert_array_equal(*(features[..., others] for features in scored))


def test_prepare_says_what_rules_took_out(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("prepare", folder / "a.parquet", "--out", tmp_path, "--config", folder / "rules.toml")
    assert run(*words) == 0
    outlier, bins = capsys.readouterr().out.splitlines()[4:6]
    gone = len(load(folder / "cache-v1.0").training_queries(None)) - len(load(tmp_path).training_queries(None))
    assert gone > 0
    assert outlier.startswith("outliers, iqr over each query: ")
    assert outlier.endswith(" queries of 5 people are no longer learned from, 0 no longer scored")
    assert bins == "binning, quantile: 12 features, bins of each: 8 (8 at most)"
    few = (folder / "rules.toml").read_text().replace('["age_*"]', '["flag_0"]')
    (tmp_path / "few.toml").write_text(few)
    assert run(*words[:-1], tmp_path / "few.toml") == 0
    assert capsys.readouterr().out.splitlines()[5] == "binning, quantile: 1 feature, bins of each: 1 (8 at most)"


def test_a_fold_that_rules_have_seen_is_not_held_out(folder: Path, tmp_path: Path) -> None:
    seen = load(folder / "cache-v1.2")
    with pytest.raises(HeldOutError, match="fitted on fold 1"):
        seen.training_queries(1)
    assert len(seen.training_queries(None)) > 0
    words = ("prepare", folder / "a.parquet", "--out", tmp_path, "--config", folder / "rules.toml")
    assert run(*words, "--held-out-fold", 1) == 0
    unseen = load(tmp_path)
    assert unseen.seen_folds == (0, 2, 3, 4)
    assert len(unseen.training_queries(1)) > 0


def test_a_version_that_is_there_is_refused(folder: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(store.folder)
    words = (
        "prepare",
        folder / "b.parquet",
        "--store",
        store.folder,
        "--version",
        "v1.1",
        "--config",
        folder / "plain.toml",
    )
    assert run(*words) == 2
    assert "v1.1 is there already" in capsys.readouterr().err
    with pytest.raises(VersionError, match="never changes"):
        store.record(replace(manifest(store, "v1.1"), date="2026-02-01"))
    assert files(store.folder) == before


STEPS = [
    ("v1.1", {}, None),
    ("v1.2", {}, None),
    ("v2.0", {}, None),
    ("v3.0", {"schema": "77" * 32, "kinds": {"lake"}}, None),
    ("v1.1", {"schema": "77" * 32}, "the features are not those of v1.0; that takes v2.0"),
    ("v1.1", {"names": ("count_0",)}, "the features are not those of v1.0; that takes v2.0"),
    ("v1.1", {"kinds": {"lake"}}, "the kind of source is not that of v1.0; that takes v2.0"),
    ("v1.1", {"kinds": {"file", "lake"}}, "the kind of source is not that of v1.0; that takes v2.0"),
    ("v2.1", {}, "a new major version begins with v2.0"),
]


@pytest.mark.parametrize(("version", "change", "why"), STEPS)
def test_a_number_says_what_changes(version: str, change: dict[str, object], why: str | None, store: Store) -> None:
    parent = manifest(store, "v1.0")
    made = {"schema": parent.schema, "names": parent.feature_names, "kinds": {"file"}} | change
    if why is None:
        check_step(parent, Version.parse(version), **made)
    else:
        with pytest.raises(VersionError, match=why):
            check_step(parent, Version.parse(version), **made)


def test_less_data_under_the_same_transformations_takes_a_major_number(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """v1.1 is of a and b, v1.2 of both under rules."""
    shutil.copytree(folder / "store", tmp_path / "store")

    def prepared(names: str, version: str, parent: str, rules: str) -> int:
        words = ("--store", tmp_path / "store", "--version", version, "--parent", parent, "--out", tmp_path / "cache")
        return run("prepare", *(folder / f"{n}.parquet" for n in names), *words, "--config", folder / f"{rules}.toml")

    before = files(tmp_path)
    for parent, rules in (("v1.1", "plain"), ("v1.2", "rules")):
        assert prepared("a", "v1.3", parent, rules) == 2
        said = capsys.readouterr().err
        assert (
            f" queries, fewer than the {manifest(Store(tmp_path / 'store'), parent).quality.queries} of {parent}"
            in said
        )
        assert said.endswith("under the same transformations; that takes v2.0\n")
        assert files(tmp_path) == before, "nothing was written"
    assert prepared("b", "v1.3", "v1.0", "plain") == 0, "other data, as many"
    assert prepared("a", "v1.4", "v1.2", "plain") == 0, "other transformations"
    assert prepared("a", "v2.1", "v2.0", "plain") == 2
    assert prepared("a", "v3.0", "v1.1", "plain") == 0


def test_a_parent_is_before_its_child_and_there(store: Store) -> None:
    assert store.parent(Version.parse("v1.10"), None).version == "v1.2", "10 is more than 2"
    assert store.parent(Version.parse("v1.10"), Version.parse("v1.0")).version == "v1.0"
    assert store.parent(Version.parse("v0.9"), None) is None
    for named in ("v1.9", "v1.10", "v2.0"):
        with pytest.raises(VersionError):
            store.parent(Version.parse("v1.10"), Version.parse(named))


def once(folder: Path, names: str, version: str | None, out: Path) -> None:
    """Records some files, or takes the version where it is there."""
    origins = of_files([Place(str(folder / f"{name}.parquet")) for name in names])
    store, number = Store(folder / "store"), Version.parse(version) if version else None
    with started(Kind.LOCAL) as engine:
        record_once(origins, Recipe(), engine, out, store, number, "2026-01-06T10:00:00", lambda _: None)


def test_a_version_is_recorded_once_and_taken_from_then_on(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    before = files(tmp_path / "store")
    once(tmp_path, "ab", "v1.1", tmp_path / "again")
    assert files(tmp_path / "again") == files(folder / "cache-v1.1")
    with pytest.raises(VersionError, match=r"v1\.1 is there already, and holds other data"):
        once(tmp_path, "a", "v1.1", tmp_path / "other")
    assert load(tmp_path / "other").version is None
    assert files(tmp_path / "store") == before
    once(tmp_path, "b", "v1.3", tmp_path / "new")
    assert load(tmp_path / "new").version == "v1.3"
    assert manifest(Store(tmp_path / "store"), "v1.3").date == "2026-01-06T10:00:00"


def test_without_a_number_it_is_the_newest_version_or_the_next(folder: Path, tmp_path: Path) -> None:
    for name in "ab":
        shutil.copy(folder / f"{name}.parquet", tmp_path)
    for number, (names, version) in enumerate((("a", "v1.0"), ("a", "v1.0"), ("ab", "v1.1"), ("ab", "v1.1"))):
        once(tmp_path, names, None, tmp_path / str(number))
        assert load(tmp_path / str(number)).version == version
    assert len(Store(tmp_path / "store").versions()) == 2


@pytest.mark.parametrize("text", ["1.0", "v1", "v1.0.0", "v01.0", "v1.-1", "v1.0 ", "latest", "v1234567.0"])
def test_a_version_is_written_like_v1_0(text: str) -> None:
    with pytest.raises(VersionError, match="is written like"):
        Version.parse(text)


def damaged(folder: Path, copy: Path) -> Path:
    """A copy of the store, to be damaged."""
    for name, content in files(folder / "store").items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(content)
    return copy


def test_a_damaged_or_missing_part_is_refused(
    folder: Path, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = manifest(store, "v1.0").parts[0]
    path = Store(damaged(folder, tmp_path)).part(part.sha256)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    words = ("data", "checkout", "v1.0", "--store", tmp_path, "--out", tmp_path / "cache")
    assert run(*words) == 2
    assert "was changed" in capsys.readouterr().err
    path.unlink()
    assert run(*words) == 2
    assert "is missing" in capsys.readouterr().err
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda about: about["parts"].pop(),
        lambda about: about["transformations"].append({}),
        lambda about: about.update(date="2027-01-01"),
        lambda about: about.update(format=2),
        lambda about: about.pop("seal"),
    ],
)
def test_a_changed_manifest_is_refused(change: object, folder: Path, tmp_path: Path) -> None:
    path = damaged(folder, tmp_path) / "versions" / "v1.1.json"
    about = json.loads(path.read_text())
    change(about)
    path.write_text(json.dumps(about))
    with pytest.raises(DamagedStoreError):
        manifest(Store(tmp_path), "v1.1")
    path.write_text("{")
    with pytest.raises(DamagedStoreError):
        manifest(Store(tmp_path), "v1.1")


def test_list_has_a_line_for_each_version(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("data", "list", "--store", store.folder) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split(" | ")[0] for line in lines] == ["| v1.0", "| v1.1", "| v1.2", "| v2.0"]
    assert lines[2].endswith("| v1.1 | " + " | ".join(lines[2].split(" | ")[3:]))
    assert lines[2].endswith("| iqr, quantile |")
    assert run("data", "list", "--store", tmp_path) == 0
    assert "no versions" in capsys.readouterr().out


def test_diff_names_what_changed_and_nothing_else(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    def difference(old: str, new: str) -> str:
        assert run("data", "diff", old, new, "--store", store.folder) == 0
        return capsys.readouterr().out

    more = difference("v1.0", "v1.1")
    assert "source new: file b.parquet" in more
    assert "queries: 240 -> 480 (+240)" in more
    assert "source gone" not in more
    assert "schema" not in more
    rules = difference("v1.1", "v1.2")
    assert "transformation new: 1. outlier: rule iqr, over query, limit 0.5" in rules
    assert "source" not in rules
    other = difference("v1.2", "v2.0")
    assert f"schema: {synthetic.SCHEMA[:12]} -> {'6d' * 6}" in other
    assert "feature gone: count_19\nfeature new: count_20" in other
    assert "content: the same" in difference("v1.1", "v1.1")


def test_partitions_that_changed_where_they_are_are_counted(store: Store) -> None:
    one = manifest(store, "v1.0")

    def of(changed: int, *names: str) -> Manifest:
        days = [Source("lake", f"day={n}/x.parquet", ("cd" if n < changed else "ab") * 32) for n in range(20)]
        also = [Source("lake", name, "ef" * 32) for name in names]
        return replace(one, sources=(*days, *also), content=f"{changed}" * 64)

    said = difference.lines(of(0), of(15, "day=20/x.parquet"))
    assert "15 partitions changed: day=0/x.parquet and 14 more" in said
    assert [line for line in said if "source" in line] == [f"source new: lake day=20/x.parquet {'ef' * 6}"]
    assert "1 partition changed: day=0/x.parquet" in difference.lines(of(0), of(1))
    twice = of(0, "day=0/x.parquet"), of(1, "day=0/x.parquet")
    assert "source new: lake day=0/x.parquet cdcdcdcdcdcd" in difference.lines(*twice), "of one name: which is which?"


def test_a_pattern_that_matches_nothing_is_refused_before_anything_is_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG_WITH_RULES.replace('["age_*"]', '["aged_*"]'))
    words = ("prepare", folder / "a.parquet", "--store", tmp_path / "store", "--version", "v1.0")
    assert run(*words, "--config", tmp_path / "config.toml") == 2
    assert not (tmp_path / "store").exists()


def test_prepare_asks_for_something_to_do(folder: Path, tmp_path: Path) -> None:
    a, store = folder / "a.parquet", tmp_path / "store"
    for words in ([a], [a, "--store", store], [a, "--version", "v1.0", "--out", store], ["--out", store]):
        assert run("prepare", *words) == 2
    assert not store.exists()


def test_configured_rules_are_those_that_there_are() -> None:
    from foretap_models.data.outliers import RULES

    assert set(RULES) == set(config.RULES)
