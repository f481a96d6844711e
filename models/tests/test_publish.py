"""Publishing: what is refused changes nothing, and what is served is whole, signed, and written down."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import registered
from published import DAY_S, HOLDERS, NOW_S, SHIPPED, SIGNED, Works, bundle, sum_of
from registered import ADA
from worlds import frame

from foretap_models.publish import keys, signed_files
from foretap_models.publish.signed_files import sha256


def test_a_release_names_models_deltas_and_arms(works: Works) -> None:
    first, second = reversed(works.repository.releases())
    assert [first.version, second.version] == [1, 2]
    (old,), (new,) = first.message["models"], second.message["models"]
    assert (old["name"], old["sha256"], old["bytes"]) == ("foretap-v1.0", sum_of(0), len(bundle(0)))
    assert [way["from"] for way in old["deltas"]] == [sha256(SHIPPED.read_bytes())]
    assert [way["from"] for way in new["deltas"]] == [sum_of(0), sha256(SHIPPED.read_bytes())]
    assert all(way["bytes"] < new["bytes"] for way in new["deltas"])
    assert works.arms() == {"v1.1": (0, 100, sum_of(1))}
    assert first.message["rollout"]["salt"] != second.message["rollout"]["salt"]
    assert second.message["expires_s"] == NOW_S + 90 * DAY_S
    timestamp = works.repository.timestamp()
    assert timestamp is not None
    assert (timestamp.version, timestamp.message["expires_s"]) == (2, NOW_S + 7 * DAY_S)
    assert works.check_whole() == 2
    assert works.log() == [("begin repository", "root 1"), ("publish", "release 1"), ("publish", "release 2")]


def test_who_and_why_stand_in_the_audit_log_and_the_registry_still_verifies(works: Works) -> None:
    with registered.opened(works.place) as registry:
        decision = registry.records()[-1].decision
        assert registry.verify()
        assert registry.state().production == "v1.0"
    assert (decision.by, decision.reason) == ("Ada", "it does better")
    assert decision.after == {"sha256": works.release().sha256}
    assert decision.facts["versions"] == {sum_of(1): "v1.1"}
    assert len(decision.facts["signed_by"]) == 2
    assert "publish release 2 | it does better" in works.run("registry", "audit", *works.registry)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--model", "v2.0"], "v2.0 is Pending; only Approved versions are published"),
        (["--model", "v2.1"], "v2.1 is Rejected"),
        (["--model", "v9.9"], "v9.9 is not registered"),
        (["--model", "another:v1.0"], "this registry is of foretap"),
        (["--model", "v1.0", "--model", "v1.1"], "who is to have which"),
        ([], "which model"),
        (["--model", "v1.0", "--arm", "a=v1.1:5"], "with --arm all of them are named"),
        (["--arm", "a=v1.1:6000", "--arm", "b=v1.2:6000"], "more than 10000 buckets"),
        (["--arm", "a=v1.1:5", "--arm", "a=v1.2:5"], "two arms have one name"),
    ],
)
def test_what_cannot_be_published_is_refused_and_changes_nothing(works: Works, arguments: list[str], why: str) -> None:
    before, log = works.files(), works.log()
    assert why in works.change("publish", *arguments, code=2)
    assert (works.files(), works.log()) == (before, log)


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ((), "0 of the 2 signatures that the release keys of root 1 must give; 2 missing"),
        (("release-3",), "1 of the 2 signatures"),
        (("release-3", "release-3"), "1 of the 2 signatures"),
        (("release-1", "root-1"), "1 of the 2 signatures"),
        (("release-1", "release-2", "stranger"), "is none of the keys of this repository"),
    ],
)
def test_fewer_distinct_release_keys_than_the_threshold_publish_nothing(
    works: Works, by: tuple[str, ...], why: str
) -> None:
    before, log = works.files(), works.log()
    assert why in works.change("publish", "--model", "v1.2", by=by, code=2)
    assert (works.files(), works.log()) == (before, log)


def test_a_timestamp_needs_its_own_key(works: Works) -> None:
    before = works.files()
    signers = works.signers("release-1", "release-2")
    said = works.run("publish", str(works.served), "--model", "v1.2", *signers, *works.registry, *SIGNED, code=2)
    assert "timestamp 3 has 0 of the 1 signatures" in said
    assert works.files() == before


@pytest.mark.parametrize("left", [("--by", "Ada"), ("--reason", "it does better"), ()])
def test_who_and_why_are_demanded(works: Works, left: tuple[str, ...]) -> None:
    before = works.files()
    arguments = [*works.signers("release-1", "release-2"), "--timestamp-key", works.uri("time-1"), *works.registry]
    said = works.run("publish", str(works.served), "--model", "v1.2", *arguments, *left, code=2)
    assert "a decision needs" in said
    assert works.files() == before


def test_production_is_what_a_name_without_a_version_means(works: Works) -> None:
    works.change("publish", "--model", "foretap", "--share", "50%")
    assert works.arms() == {"foretap": (0, 5000, sum_of(0))}


def test_a_delta_that_is_not_smaller_than_the_bundle_is_dropped(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_files.SignedFiles, "delta", lambda _, old, new: old + new)
    works.change("publish", "--model", "v1.2")
    (model,) = works.release().message["models"]
    assert model["deltas"] == []


def test_deltas_start_from_the_newest_bundles_alone(works: Works) -> None:
    works.change("publish", "--model", "v1.2")
    works.change("publish", "--model", "v1.3", "--deltas", "2")
    (model,) = works.release().message["models"]
    assert [way["from"] for way in model["deltas"]] == [sum_of(2), sum_of(1)]


def test_two_people_publish_in_turn(works: Works) -> None:
    proposal = works.folder / "release.json"
    before = works.files()
    said = works.change("publish", "--model", "v1.2", "--share", "5%", "--unsigned", str(proposal), by=("release-1",))
    assert "everyone, arm v1.2: foretap-v1.2, 5.00% (buckets 0 to 499)" in said
    assert "1 missing" in said
    assert works.check_whole() == 2
    assert all(name.startswith(("bundle/", "delta/")) for name in set(works.files()) - set(before))
    assert len(works.log()) == 3

    signed = ["--signed", str(proposal)]
    assert "1 of the 2 signatures" in works.change("publish", *signed, by=(), code=2)
    assert "may sign nothing of this" in works.run("sign", str(proposal), *works.signers("root-1"), code=2)
    assert "1 missing" in works.run("sign", str(proposal), *works.signers("release-1"))
    shown = works.run("sign", str(proposal), *works.signers("release-2"))
    assert "missing" not in shown
    assert f"bundle {sum_of(2)}" in shown
    assert "to publish, not to roll out" in works.change("rollout", *signed, by=(), code=2)
    works.change("publish", *signed, by=())
    assert works.check_whole() == 3
    assert works.arms() == {"v1.2": (0, 500, sum_of(2))}
    assert "propose it anew" in works.change("publish", *signed, by=(), code=2)


def test_what_a_signer_reads_is_what_is_signed(works: Works) -> None:
    """The words of the file are not believed, nor are bytes that are not those of its message."""
    proposal = works.folder / "release.json"
    works.change("publish", "--model", "v1.2", "--unsigned", str(proposal), by=())
    value = json.loads(proposal.read_text())
    value["summary"] = ["nothing to see"]
    proposal.write_text(json.dumps(value))
    assert "foretap-v1.2" in works.run("sign", str(proposal))
    value["papers"][0]["message"]["rollout"]["segments"][0]["arms"][0]["share"] = 1
    proposal.write_text(json.dumps(value))
    assert "are not those of what it says" in works.run("sign", str(proposal), *works.signers("release-1"), code=2)
    proposal.write_text("{}")
    assert "not a proposal" in works.run("sign", str(proposal), code=2)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda v: v["papers"][0]["signers"].clear(), "1 of the 2 signatures that the release keys of root 1"),
        (lambda v: v["papers"][0]["signers"][0].update(threshold=1), "1 of the 2 signatures"),
        (lambda v: v["versions"].clear(), "foretap-v1.2 is no version of this registry"),
        (lambda v: v["versions"].update({sum_of(2): "v1.3"}), "foretap-v1.2 is not version v1.3 of the registry"),
        (lambda v: v.update(action="rotate root"), "to rotate root, not to publish"),
        (lambda v: v["papers"].append(v["papers"][0]), "is not to sign release and release"),
        (lambda v: v.update(follows=[None, None]), "propose it anew"),
        (lambda v: v["papers"][0]["signatures"].update({"00" * 32: "00" * 64}), "1 of the 2 signatures"),
    ],
)
def test_a_proposal_that_was_changed_on_its_way_is_not_believed(
    works: Works, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    proposal = works.folder / "release.json"
    works.change("publish", "--model", "v1.2", "--unsigned", str(proposal), by=("release-1",))
    value = json.loads(proposal.read_text())
    change(value)
    proposal.write_text(json.dumps(value))
    before, log = works.files(), works.log()
    assert why in works.change("publish", "--signed", str(proposal), by=(), code=2)
    assert (works.files(), works.log()) == (before, log)


def test_another_bundle_under_an_approved_name_is_not_published(works: Works) -> None:
    """Enough keys signed it, and the file says that it is v1.2; the registry knows better."""
    proposal = works.folder / "release.json"
    works.change("publish", "--model", "v1.2", "--unsigned", str(proposal), by=())
    other = sha256(bundle(9))
    text = proposal.read_text().replace(sum_of(2), other)
    value = json.loads(text)
    (paper,) = value["papers"]
    paper["to_sign"] = works.repository.files.encode("release", paper["message"]).hex()
    proposal.write_text(json.dumps(value))
    (works.served / "bundle" / other).write_bytes(bundle(9))
    works.run("sign", str(proposal), *works.signers("release-1", "release-2"))
    said = works.change("publish", "--signed", str(proposal), by=(), code=2)
    assert "foretap-v1.2 is not version v1.2 of the registry" in said


def test_a_signature_over_something_else_is_never_published(works: Works) -> None:
    proposal = works.folder / "release.json"
    works.change("publish", "--model", "v1.2", "--unsigned", str(proposal), by=("release-1", "release-2"))
    value = json.loads(proposal.read_text())
    public = next(iter(value["papers"][0]["signatures"]))
    value["papers"][0]["signatures"][public] = "00" * 64
    proposal.write_text(json.dumps(value))
    before = works.files()
    works.change("publish", "--signed", str(proposal), by=(), code=2)
    assert works.files() == before


def test_a_model_that_was_rejected_meanwhile_is_not_published(works: Works) -> None:
    proposal = works.folder / "release.json"
    works.change("publish", "--model", "v1.2", "--unsigned", str(proposal), by=("release-1", "release-2"))
    with registered.opened(works.place) as registry:
        registry.reject("v1.2", ADA)
    assert "v1.2 is Rejected" in works.change("publish", "--signed", str(proposal), by=(), code=2)


def test_what_was_put_there_past_the_publisher_is_never_signed(works: Works) -> None:
    """Whoever can write the served folder does not get a release signed over theirs, nor a root."""
    works.change("publish", "--model", "v1.2")
    newest = works.files()
    with registered.opened(works.place) as registry:
        count = len(registry.records())
    for name in ("timestamp", "root/1"):
        (works.served / name).write_bytes(b"FORETAPSYNC")
        works.change("rollout", "--share", "2%", code=2)
        (works.served / name).write_bytes(newest[name])
    other = Works(works.folder / "other")
    registered.copied(works.folder, other.folder)
    other.now_s = works.now_s
    other.change("rollout", "--share", "100%")
    for name, content in other.files().items():
        path = works.served / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    assert "none that this registry's audit log records" in works.change("rollout", "--share", "2%", code=2)
    with registered.opened(works.place) as registry:
        assert len(registry.records()) == count


def test_files_that_the_newest_release_lacks_are_missed(works: Works) -> None:
    (works.served / "bundle" / sum_of(1)).write_bytes(b"another")
    assert "missing, or another file" in works.change("rollout", "--share", "2%", code=2)
    name = works.release().sha256
    (works.served / "release" / name).unlink()
    assert "which the timestamp names, is missing" in works.change("rollout", "--share", "2%", code=2)


def test_a_clock_that_stands_behind_signs_nothing(works: Works) -> None:
    works.now_s = NOW_S - 1
    assert "stands before the newest signature" in works.change("publish", "--model", "v1.2", code=2)


def test_the_timestamp_is_renewed_without_a_registry(works: Works) -> None:
    works.place.audit.rename(works.folder / "elsewhere")
    works.now_s = NOW_S + 6 * DAY_S
    key = ["--key", works.uri("time-1")]
    said = works.run("timestamp", str(works.served), *key)
    assert said == "timestamp 3 names release 2 for 7 days; release 2 counts for 84 more days\n"
    timestamp = works.repository.timestamp()
    assert timestamp is not None
    assert timestamp.message["expires_s"] == works.now_s + 7 * DAY_S
    assert "none of the timestamp keys" in works.run("timestamp", str(works.served), *works.signers("root-1"), code=2)
    (works.folder / "elsewhere").rename(works.place.audit)
    works.now_s = NOW_S + 60 * DAY_S
    works.change("rollout", "--share", "1%", "--release-days", "365")
    works.now_s = NOW_S + 340 * DAY_S
    assert "root 1 counts for 25 more days; release 3" in works.run("timestamp", str(works.served), *key)
    works.now_s = NOW_S + 366 * DAY_S
    assert "root 1 has expired; `rotate-root`" in works.run("timestamp", str(works.served), *key, code=2)
    works.now_s = NOW_S + 426 * DAY_S
    assert "release 3 has expired" in works.run("timestamp", str(works.served), *key, code=2)
    with pytest.raises(SystemExit):
        works.run("timestamp", str(works.served), *key, "--timestamp-days", "32")


def test_no_timestamp_is_signed_for_a_release_that_release_keys_did_not_sign(works: Works) -> None:
    """Whoever can write the served folder gets no highest version named, nor one under a root of theirs."""
    files, key = works.repository.files, ["--key", works.uri("time-1")]
    held = {name: keys.load(works.uri(name)) for name in ("release-1", "release-2", "stranger")}
    honest = works.files()

    def served(signers: dict[str, str]) -> None:
        message = {**works.repository.releases()[0].message, "version": 1_000_000}
        to_sign = files.encode("release", message)
        made = {held[by].public: held[name].sign(to_sign) for by, name in signers.items()}
        content = frame(to_sign, list(made.items()))
        (works.served / "release" / sha256(content)).write_bytes(content)
        timestamp = works.repository.timestamp()
        assert timestamp is not None
        changed = {"release_version": 1_000_000, "release_sha256": sha256(content), "release_bytes": len(content)}
        to_sign = files.encode("timestamp", {**timestamp.message, **changed})
        content = files.seal(to_sign, {held["stranger"].public: held["stranger"].sign(to_sign)})
        (works.served / "timestamp").write_bytes(content)

    served({"stranger": "stranger"})
    said = works.run("timestamp", str(works.served), *key, code=2)
    assert "release 1000000 is signed by 0 of the 2 keys" in said
    (works.served / "timestamp").write_bytes(honest["timestamp"])
    served({"release-1": "stranger", "release-2": "stranger"})
    assert "signature" in works.run("timestamp", str(works.served), *key, code=2)
    (works.served / "timestamp").write_bytes(honest["timestamp"])
    kept = works.folder / "root"
    kept.write_bytes(honest["root/1"])
    works.run("timestamp", str(works.served), *key, "--root", str(kept))
    kept.write_bytes(b"another")
    assert "is not the one to go by" in works.run("timestamp", str(works.served), *key, "--root", str(kept), code=2)


def test_a_repository_begins_in_an_empty_folder_with_enough_root_keys(works: Works, tmp_path: Path) -> None:
    def init(folder: str, *held: str, unsigned: str | None = None, code: int = 0) -> str:
        named = [
            text
            for role, names in HOLDERS.items()
            for name in names
            for text in (f"--{role}-key", works.uri(name) if name in held else works.public_file(name))
        ]
        arguments = ["--product", "launcher", *named, *works.registry, *SIGNED]
        arguments += ["--unsigned", unsigned] if unsigned else []
        return works.run("repository", "init", folder, *arguments, code=code)

    assert "there is something in it already" in init(str(works.served), "root-1", "root-2", code=2)
    assert "1 of the 2 signatures" in init(str(tmp_path / "new"), "root-1", code=2)
    assert not (tmp_path / "new" / "root").exists()
    proposal = str(tmp_path / "root.json")
    init(str(tmp_path / "new"), "root-1", unsigned=proposal)
    works.run("sign", proposal, *works.signers("root-2"))
    served = str(tmp_path / "new")
    works.run("repository", "init", served, "--signed", proposal, *works.registry, *SIGNED)
    assert [path.name for path in (tmp_path / "new").rglob("*") if path.is_file()] == ["1"]
    other = Works(works.folder)
    other.served = tmp_path / "new"
    other.change("publish", "--model", "v1.0")
    assert other.check_whole() == 1
    assert works.check_whole() == 2
