"""The Update Framework's own client decides as a phone does, attack by attack; where it does not, that is on purpose.

Every attack is carried out twice, on a repository of ours and on one of The Update Framework, with the same keys,
versions and times (`worlds`). Both clients took root 1, release 1 and timestamp 1 before.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from published import DAY_S, NOW_S
from worlds import RELEASE_KEYS, ROOT_KEYS, Keys, Ours, Tuf, World, encoder, frame, signatures

from foretap_models.publish.signed_files import RELEASE, ROOT, TIMESTAMP

Attack = Callable[[World], int | None]
"""Does something to a world and lets its client look: the release that is trusted then, `None` where it refused."""

OTHER_ROOT = Keys(root=("root-4", "root-5", "root-6"))
OTHER_RELEASE = Keys(release=("release-4", "release-5"))
OTHER_TIMESTAMP = Keys(timestamp=("time-2",))
PORTAL = b"<html>please log in</html>"
ACCEPTED_NEW, ACCEPTED_OLD, REFUSED = 2, 1, None


def nothing_new(w: World) -> int | None:
    return w.sync()


def a_new_release(w: World) -> int | None:
    w.publish(2)
    return w.sync()


def a_new_timestamp_of_the_same_release(w: World) -> int | None:
    first = w.release(1)
    w.timestamp(2, first)
    return w.sync()


def an_expired_timestamp(w: World) -> int | None:
    w.publish(2, expires_s=NOW_S - 1)
    return w.sync()


def a_timestamp_that_expires_now(w: World) -> int | None:
    w.publish(2, expires_s=NOW_S)
    return w.sync()


def a_freeze(w: World) -> int | None:
    return w.sync(NOW_S + 8 * DAY_S)


def an_expired_release(w: World) -> int | None:
    w.timestamp(2, w.release(2, expires_s=NOW_S - 1))
    return w.sync()


def an_expired_root(w: World) -> int | None:
    w.root(2, expires_s=NOW_S - 1)
    return w.sync()


def an_expired_root_with_one_after_it(w: World) -> int | None:
    w.root(2, expires_s=NOW_S - 1)
    w.root(3)
    w.publish(2)
    return w.sync()


def a_timestamp_rolled_back(w: World) -> int | None:
    first = dict(w.files)
    w.publish(2)
    assert w.sync() == 2
    w.files.update(first)
    return w.sync()


def a_release_rolled_back_under_a_new_timestamp(w: World) -> int | None:
    first = w.release(1)
    w.publish(2)
    assert w.sync() == 2
    w.timestamp(3, first)
    return w.sync()


def a_release_that_is_not_the_one_named(w: World) -> int | None:
    named = w.publish(2)
    path = w.path(RELEASE, named)
    w.files[path] = w.release(2, text="b").content
    return w.sync()


def a_release_longer_than_said(w: World) -> int | None:
    named = w.release(2)
    w.timestamp(2, named, as_bytes=len(named.content) - 1)
    return w.sync()


def a_release_shorter_than_said(w: World) -> int | None:
    named = w.release(2)
    w.timestamp(2, named, as_bytes=len(named.content) + 1)
    return w.sync()


def a_release_of_another_version_than_named(w: World) -> int | None:
    named = w.release(3)
    w.timestamp(2, named, as_version=2)
    w.files.setdefault(w.path(RELEASE, type(named)(2, named.content)), named.content)
    return w.sync()


def signed_by(role: str, *names: str) -> Attack:
    """A file of a kind signed by just these; everything else is right."""

    def attack(w: World) -> int | None:
        if role == ROOT:
            w.root(2, signers=names)
            w.publish(2)
        elif role == RELEASE:
            w.timestamp(2, w.release(2, signers=names))
        else:
            w.publish(2, signers=names)
        return w.sync()

    return attack


def next_root(keys: Keys, *names: str, version: int = 2, place: int | None = None) -> Attack:
    """A root with other keys signed by these; release and timestamp stay."""

    def attack(w: World) -> int | None:
        w.root(version, keys, signers=names, **({"place": place} if place else {}))
        return w.sync()

    return attack


def a_root_that_was_left_out(w: World) -> int | None:
    w.root(3)
    w.publish(2)
    return w.sync()


def a_root_repeated(w: World) -> int | None:
    w.files[w.path(ROOT, 2)] = w.first_root
    return w.sync()


def other_release_keys_from_now_on(w: World) -> int | None:
    w.root(2, OTHER_RELEASE)
    w.timestamp(2, w.release(2, signers=("release-4", "release-5")))
    return w.sync()


def other_timestamp_keys_from_now_on(w: World) -> int | None:
    w.root(2, OTHER_TIMESTAMP)
    w.publish(2, signers=("time-2",))
    return w.sync()


def a_release_by_keys_that_were_removed(w: World) -> int | None:
    w.root(2, OTHER_RELEASE)
    w.publish(2)
    return w.sync()


def a_timestamp_by_a_key_that_was_removed(w: World) -> int | None:
    w.root(2, OTHER_TIMESTAMP)
    w.publish(2)
    return w.sync()


def many_roots_at_once(w: World) -> int | None:
    for version in range(2, 9):
        w.root(version, OTHER_ROOT if version == 8 else Keys(), signers=("root-1", "root-2", "root-4", "root-5"))
    w.publish(2)
    return w.sync()


def fast_forward(w: World) -> int | None:
    w.publish(2)
    w.timestamp(1_000_000, w.release(2))
    assert w.sync() == 2
    w.publish(3)
    return w.sync()


def fast_forward_and_other_keys(w: World) -> int | None:
    w.publish(2)
    w.timestamp(1_000_000, w.release(2))
    assert w.sync() == 2
    w.root(2, OTHER_TIMESTAMP)
    w.publish(3, signers=("time-2",))
    return w.sync()


def fast_forward_of_releases_and_other_keys(w: World) -> int | None:
    w.timestamp(2, w.release(1_000_000))
    assert w.sync() == 1_000_000
    w.root(2, Keys(release=OTHER_RELEASE.release, timestamp=OTHER_TIMESTAMP.timestamp))
    w.timestamp(3, w.release(3, signers=("release-4", "release-5")), signers=("time-2",))
    return w.sync()


def served_instead(role: str, content: bytes | Callable[[bytes], bytes | None]) -> Attack:
    """Something else in the place of a right file, or nothing at all."""

    def attack(w: World) -> int | None:
        named = w.publish(2)
        w.root(2)
        path = {ROOT: w.path(ROOT, 2), RELEASE: w.path(RELEASE, named), TIMESTAMP: w.path(TIMESTAMP)}[role]
        made = content(w.files[path]) if callable(content) else content
        if made is None:
            del w.files[path]
        else:
            w.files[path] = made
        return w.sync()

    return attack


def another_kind_instead(role: str, other: str) -> Attack:
    """A right file of another kind."""

    def attack(w: World) -> int | None:
        named = w.publish(2)
        w.root(2)
        paths = {ROOT: w.path(ROOT, 2), RELEASE: w.path(RELEASE, named), TIMESTAMP: w.path(TIMESTAMP)}
        w.files[paths[role]] = w.files[paths[other]]
        return w.sync()

    return attack


def bundle_instead(change: Callable[[bytes], bytes | None]) -> Attack:
    """Another bundle than the release names, or none."""

    def attack(w: World) -> int | None:
        w.timestamp(2, w.release(2, bundle=1))
        made = change(w.files[w.bundle_path(1)])
        if made is None:
            del w.files[w.bundle_path(1)]
        else:
            w.files[w.bundle_path(1)] = made
        return w.sync()

    return attack


def same(role: str) -> Attack:
    """A client that refused takes what is right afterwards: nothing of the attack stayed."""

    def attack(w: World) -> int | None:
        right = w.publish(2)
        files = dict(w.files)
        path = w.path(TIMESTAMP) if role == TIMESTAMP else w.path(RELEASE, right)
        w.files[path] = w.files[path][:-1]
        assert w.sync() is None
        w.files.update(files)
        return w.sync()

    return attack


AGREED: dict[str, tuple[Attack, int | None]] = {
    "nothing new": (nothing_new, ACCEPTED_OLD),
    "a new release": (a_new_release, ACCEPTED_NEW),
    "a new timestamp of the same release": (a_new_timestamp_of_the_same_release, ACCEPTED_OLD),
    "an expired timestamp": (an_expired_timestamp, REFUSED),
    "a timestamp that expires now": (a_timestamp_that_expires_now, REFUSED),
    "a freeze": (a_freeze, REFUSED),
    "an expired release": (an_expired_release, REFUSED),
    "an expired root": (an_expired_root, REFUSED),
    "an expired root with one after it": (an_expired_root_with_one_after_it, ACCEPTED_NEW),
    "a timestamp rolled back": (a_timestamp_rolled_back, REFUSED),
    "a release rolled back under a new timestamp": (a_release_rolled_back_under_a_new_timestamp, REFUSED),
    "a release that is not the one named": (a_release_that_is_not_the_one_named, REFUSED),
    "a release longer than said": (a_release_longer_than_said, REFUSED),
    "a release shorter than said": (a_release_shorter_than_said, REFUSED),
    "a release of another version than named": (a_release_of_another_version_than_named, REFUSED),
    "a release one signature short": (signed_by(RELEASE, "release-1"), REFUSED),
    "a release without signatures": (signed_by(RELEASE), REFUSED),
    "a release with one right signature and a wrong one": (signed_by(RELEASE, "release-1", "release-2!"), REFUSED),
    "a release signed twice by one key": (signed_by(RELEASE, "release-1", "release-1"), REFUSED),
    "a release signed by a key and a stranger": (signed_by(RELEASE, "release-1", "stranger"), REFUSED),
    "a release signed by root keys": (signed_by(RELEASE, "root-1", "root-2"), REFUSED),
    "a release with a wrong signature beside enough": (
        signed_by(RELEASE, "release-3!", *RELEASE_KEYS[:2]),
        ACCEPTED_NEW,
    ),
    "a release with a stranger's signature beside enough": (
        signed_by(RELEASE, "stranger", *RELEASE_KEYS[:2]),
        ACCEPTED_NEW,
    ),
    "a timestamp with a wrong signature": (signed_by(TIMESTAMP, "time-1!"), REFUSED),
    "a timestamp by a stranger": (signed_by(TIMESTAMP, "stranger"), REFUSED),
    "a timestamp by release keys": (signed_by(TIMESTAMP, *RELEASE_KEYS[:2]), REFUSED),
    "a timestamp without signatures": (signed_by(TIMESTAMP), REFUSED),
    "a root one signature short": (signed_by(ROOT, "root-1"), REFUSED),
    "a root signed twice by one key": (signed_by(ROOT, "root-1", "root-1"), REFUSED),
    "a root by release keys": (signed_by(ROOT, *RELEASE_KEYS[:2]), REFUSED),
    "a root with a wrong signature": (signed_by(ROOT, "root-1", "root-2!"), REFUSED),
    "other root keys, signed by the old ones alone": (next_root(OTHER_ROOT, *ROOT_KEYS), REFUSED),
    "other root keys, signed by the new ones alone": (next_root(OTHER_ROOT, *OTHER_ROOT.root), REFUSED),
    "other root keys, signed by one old and all new ones": (next_root(OTHER_ROOT, "root-1", *OTHER_ROOT.root), REFUSED),
    "other root keys, signed by both": (next_root(OTHER_ROOT, *ROOT_KEYS, *OTHER_ROOT.root), ACCEPTED_OLD),
    "a higher threshold that is not met": (next_root(Keys(root_threshold=3), "root-1", "root-2"), REFUSED),
    "a higher threshold that is met": (next_root(Keys(root_threshold=3), *ROOT_KEYS), ACCEPTED_OLD),
    "a lower threshold that the old root does not allow": (next_root(Keys(root_threshold=1), "root-1"), REFUSED),
    "a root that was left out": (a_root_that_was_left_out, ACCEPTED_NEW),
    "root 3 in the place of root 2": (next_root(Keys(), "root-1", "root-2", version=3, place=2), REFUSED),
    "root 1 in the place of root 2": (a_root_repeated, REFUSED),
    "other release keys from now on": (other_release_keys_from_now_on, ACCEPTED_NEW),
    "other timestamp keys from now on": (other_timestamp_keys_from_now_on, ACCEPTED_NEW),
    "a release by keys that were removed": (a_release_by_keys_that_were_removed, REFUSED),
    "a timestamp by a key that was removed": (a_timestamp_by_a_key_that_was_removed, REFUSED),
    "many roots at once": (many_roots_at_once, ACCEPTED_NEW),
    "fast-forward": (fast_forward, REFUSED),
    "fast-forward, then other keys": (fast_forward_and_other_keys, 3),
    "fast-forward of releases, then other keys": (fast_forward_of_releases_and_other_keys, 3),
    **{
        f"{what} in the place of a {role}": (served_instead(role, content), REFUSED)
        for role in (ROOT, RELEASE, TIMESTAMP)
        for what, content in {
            "endless data": bytes(6_000_000),
            "a portal's page": PORTAL,
            "an empty file": b"",
            "half the file": lambda right: right[: len(right) // 2],
            "all but the last byte": lambda right: right[:-1],
        }.items()
    },
    "no release": (served_instead(RELEASE, lambda _: None), REFUSED),
    "no timestamp": (served_instead(TIMESTAMP, lambda _: None), REFUSED),
    **{
        f"a {other} in the place of a {role}": (another_kind_instead(role, other), REFUSED)
        for role in (ROOT, RELEASE, TIMESTAMP)
        for other in (ROOT, RELEASE, TIMESTAMP)
        if role != other
    },
    "a bundle": (bundle_instead(lambda right: right), ACCEPTED_NEW),
    "another bundle": (bundle_instead(lambda right: right[:-1] + b"\0"), REFUSED),
    "a longer bundle": (bundle_instead(lambda right: right + b"\0"), REFUSED),
    "half a bundle": (bundle_instead(lambda right: right[: len(right) // 2]), REFUSED),
    "no bundle": (bundle_instead(lambda _: None), REFUSED),
    "a half timestamp, then the right one": (same(TIMESTAMP), ACCEPTED_NEW),
    "a half release, then the right one": (same(RELEASE), ACCEPTED_NEW),
}
"""What both clients make of it."""


def another_timestamp_of_the_same_version(w: World) -> int | None:
    w.timestamp(1, w.release(2))
    return w.sync()


def another_release_of_the_same_version(w: World) -> int | None:
    w.timestamp(2, w.release(1, text="b"))
    return w.sync()


def a_clock_set_back(w: World) -> int | None:
    later = w.release(1)
    w.timestamp(2, later, issued_s=NOW_S + 10 * DAY_S, expires_s=NOW_S + 17 * DAY_S)
    assert w.sync(NOW_S + 10 * DAY_S) == 1
    w.timestamp(3, later, issued_s=NOW_S, expires_s=NOW_S + 7 * DAY_S)
    return w.sync(NOW_S + DAY_S)


def of_another(name: str) -> Attack:
    def attack(w: World) -> int | None:
        given = {name: "other"}
        w.timestamp(2, w.release(2, **given), **given)
        return w.sync()

    return attack


def a_release_below_the_floor(w: World) -> int | None:
    w.root(2, floor=5)
    w.publish(2)
    return w.sync()


def a_timestamp_from_after_its_root(w: World) -> int | None:
    w.publish(2, issued_s=NOW_S + 366 * DAY_S, expires_s=NOW_S + 367 * DAY_S)
    return w.sync()


def a_key_that_signs_twice_beside_enough(w: World) -> int | None:
    w.timestamp(2, w.release(2, signers=("release-1", "release-1", "release-2")))
    return w.sync()


DIFFERENT: dict[str, tuple[Attack, int | None, int | None, str]] = {
    "another timestamp of the same version": (
        another_timestamp_of_the_same_version,
        REFUSED,
        ACCEPTED_OLD,
        "two files of one version mean that a key is abused: a phone says so; TUF keeps the old one without a word",
    ),
    "another release of the same version": (
        another_release_of_the_same_version,
        REFUSED,
        ACCEPTED_OLD,
        "the same for releases: TUF compares versions alone, and keeps the old snapshot",
    ),
    "a clock set back": (
        a_clock_set_back,
        REFUSED,
        ACCEPTED_OLD,
        "a phone never goes by an earlier time than that of the newest signature; TUF asks the clock alone",
    ),
    "a release of another product": (
        of_another("product"),
        REFUSED,
        ACCEPTED_NEW,
        "files name their product, since a publisher may sign for several with one key; TUF has no word for it",
    ),
    "a release of another channel": (
        of_another("channel"),
        REFUSED,
        ACCEPTED_NEW,
        "a phone follows one channel, and a beta is not to be served to all; TUF has no word for it",
    ),
    "a release below the root's floor": (
        a_release_below_the_floor,
        REFUSED,
        ACCEPTED_NEW,
        "a phone that lost its log begins anew, and the floor is what bounds how far back; TUF has none",
    ),
    "a timestamp from after its root": (
        a_timestamp_from_after_its_root,
        REFUSED,
        ACCEPTED_NEW,
        "a timestamp sets the time that a phone goes by, so one key could end all roots; TUF's sets none",
    ),
    "a key that signs twice beside enough": (
        a_key_that_signs_twice_beside_enough,
        ACCEPTED_NEW,
        REFUSED,
        "keys are counted, not signatures, so a repeated one does no harm; TUF takes the file for malformed",
    ),
}
"""Where they differ: what a phone does, what TUF's client does, and why."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, World]:
    """Both worlds, their clients up to date."""
    worlds = Ours(tmp_path_factory.mktemp("ours")), Tuf(tmp_path_factory.mktemp("tuf"))
    for world in worlds:
        world.begin()
    return worlds


def decided(begun: tuple[World, World], attack: Attack, folder: Path) -> list[int | None]:
    """What each of the two makes of an attack."""
    return [attack(world.copy(folder / f"{number}")) for number, world in enumerate(begun)]


@pytest.mark.parametrize("name", AGREED)
def test_both_clients_decide_the_same(begun: tuple[World, World], name: str, tmp_path: Path) -> None:
    attack, expected = AGREED[name]
    assert decided(begun, attack, tmp_path) == [expected, expected]


@pytest.mark.parametrize("name", DIFFERENT)
def test_where_they_differ_it_is_on_purpose(begun: tuple[World, World], name: str, tmp_path: Path) -> None:
    attack, ours, theirs, why = DIFFERENT[name]
    assert decided(begun, attack, tmp_path) == [ours, theirs], why


def test_there_are_attacks_enough() -> None:
    assert sum(expected is REFUSED for _, expected in AGREED.values()) >= 25


def test_the_frame_of_these_tests_is_the_one_that_is_sealed() -> None:
    message = {
        "product": "launcher",
        "channel": "stable",
        "version": 1,
        "issued_s": NOW_S,
        "expires_s": NOW_S + DAY_S,
        "release_version": 1,
        "release_sha256": "ab" * 32,
        "release_bytes": 100,
    }
    to_sign = encoder().encode(TIMESTAMP, message)
    signed = signatures(to_sign, ("time-1", "time-2"))
    assert frame(to_sign, signed) == encoder().seal(to_sign, dict(signed))
