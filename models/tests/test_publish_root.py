"""Other keys: each root signed by the one before, and nobody left behind."""

from __future__ import annotations

import pytest
from published import Works, sum_of

from foretap_models.publish.keys import key_id
from foretap_models.publish.signed_files import RELEASE, TIMESTAMP


def signed_by(works: Works, *names: str) -> tuple[str, ...]:
    return tuple(key_id(works.public(name)) for name in names)


def test_root_keys_change_and_nothing_else_is_signed_anew(works: Works) -> None:
    release, timestamp = works.release(), works.repository.timestamp()
    change = ["--add", f"root:{works.uri('root-4')}", "--remove", f"root:{works.public_file('root-3')}"]
    said = works.change("rotate-root", *change, by=("root-1", "root-2", "root-4"))
    assert "phones that trust any root from 1 to 2 follow" in said
    assert works.repository.root().message["root"]["keys"] == [works.public(f"root-{n}") for n in (1, 2, 4)]
    assert works.release() == release
    assert works.repository.timestamp() == timestamp
    assert works.log()[-1] == ("rotate root", "root 2")
    works.change("rollout", "--share", "2%")
    assert works.check_whole() == 3


def test_other_release_and_timestamp_keys_sign_what_is_served_beside_the_old_ones(works: Works) -> None:
    change = ["--remove", f"release:{works.public_file('release-1')}", "--remove"]
    change += [f"release:{works.public_file('release-2')}", "--add", f"release:{works.public_file('release-4')}"]
    change += ["--remove", f"timestamp:{works.public_file('time-1')}", "--add", f"timestamp:{works.uri('time-2')}"]
    signers = ("root-1", "root-2", "release-1", "release-2", "release-3", "release-4", "time-1", "time-2")
    before = works.release()
    works.change("rotate-root", *change, by=signers)
    now = works.release()
    assert now.version == 3
    assert now.message["rollout"] == before.message["rollout"]
    assert now.signed_by == signed_by(works, "release-1", "release-2", "release-3", "release-4")
    timestamp = works.repository.timestamp()
    assert timestamp is not None
    assert timestamp.signed_by == signed_by(works, "time-1", "time-2")
    assert works.log()[-2:] == [("rotate root", "release 3"), ("rotate root", "root 2")]
    assert "0 of the 2 signatures" in works.change("rollout", "--share", "2%", code=2)
    newest = ("release-3", "release-4", "time-2")
    said = works.run(
        "rollout",
        str(works.served),
        "--share",
        "2%",
        *works.signers(*newest),
        *works.registry,
        "--by",
        "A",
        "--reason",
        "b",
    )
    assert "release 4" in said
    assert works.check_whole() == 4


def test_keys_that_are_lost_are_replaced_without_them(works: Works) -> None:
    change = ["--remove", f"timestamp:{works.public_file('time-1')}", "--add", f"timestamp:{works.uri('time-2')}"]
    said = works.change("rotate-root", *change, by=("root-1", "root-2", "time-2"))
    assert "phones that looked in between were refused once" in said
    assert works.check_whole() == 2


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (("root-4", "root-1"), "root 2 has 1 of the 2 signatures that the root keys of root 1"),
        (("root-2", "root-3"), "root 2 has 1 of the 2 signatures that the root keys of root 2"),
        (("release-1", "release-2"), "root 2 has 0 of the 2 signatures"),
    ],
)
def test_a_root_needs_the_keys_of_the_one_before_and_its_own(works: Works, by: tuple[str, ...], why: str) -> None:
    change = ["--add", f"root:{works.public_file('root-4')}", "--remove", f"root:{works.public_file('root-3')}"]
    before, log = works.files(), works.log()
    assert why in works.change("rotate-root", *change, by=by, code=2)
    assert (works.files(), works.log()) == (before, log)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (["--remove", "root:stranger"], "is none of the root keys"),
        (["--add", "root:root-1"], "is one of the root keys already"),
        (["--add", "snapshot:root-4"], "which role?"),
        (["--threshold", "root:many"], "a threshold is a number"),
        (["--threshold", "root:9"], "threshold"),
        (["--floor", "0"], "the floor never falls; it is 1"),
    ],
)
def test_what_no_root_can_say_is_refused(works: Works, change: list[str], why: str) -> None:
    option, _, name = change[1].partition(":")
    if name in ("stranger", "root-1", "root-4"):
        change = [change[0], f"{option}:{works.public_file(name)}"]
    before = works.files()
    assert why in works.change("rotate-root", *change, by=("root-1", "root-2"), code=2)
    assert works.files() == before


def test_two_owners_of_root_keys_sign_in_turn(works: Works) -> None:
    proposal = works.folder / "root.json"
    works.change("rotate-root", "--expires-days", "700", "--unsigned", str(proposal), by=("root-1",))
    assert "1 of the 2 signatures" in works.change("rotate-root", "--signed", str(proposal), by=(), code=2)
    shown = works.run("sign", str(proposal), *works.signers("root-3"))
    assert "root 2 of launcher" in shown
    works.change("rotate-root", "--signed", str(proposal), by=())
    assert works.repository.root().version == 2


def test_a_floor_above_the_release_comes_with_another_release(works: Works) -> None:
    works.change("rotate-root", "--floor", "9", by=("root-1", "root-2", "release-1", "release-2", "time-1"))
    assert (works.release().version, works.repository.root().message["floor"]) == (9, 9)
    works.change("rollout", "--share", "2%")
    assert works.check_whole() == 10
    assert works.arms() == {"v1.1": (0, 200, sum_of(1))}


def test_sixty_fifth_roots_and_later_ones_are_said_to_take_two_runs(works: Works) -> None:
    from foretap_models.publish.root import chain

    one = works.repository.root()
    roots = [type(one)(one.content, {**one.message, "version": n}, one.signed_by) for n in range(1, 67)]
    assert chain(roots)[1] == "those with a root before 2 need more than one run: 64 roots each"
    assert {RELEASE, TIMESTAMP} < set(one.message)
