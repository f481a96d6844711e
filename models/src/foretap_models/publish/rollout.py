"""Who is to have which model: arms with their parts of the fleet, segments, and how an arm grows. Pure.

A fleet is drawn in 10,000 buckets. An arm has those from its first one on; it grows without moving another one, so that
whoever was in it stays in it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foretap_models.errors import RolloutError

BUCKETS = 10_000
"""In how many parts a fleet is drawn."""

SHIPPED = "shipped"
"""Names the model that the library ships, where an arm is to have that one."""

EVERYONE = ""
"""The segment of all phones that are in no other."""


@dataclass(frozen=True)
class Arm:
    """A part of a segment, as it is asked for.

    Attributes:
        segment: whose part it is.
        name: as a report names it.
        model: as the release names it, or `SHIPPED`.
        share: how many of the `BUCKETS`.
    """

    segment: str
    name: str
    model: str
    share: int


def share(text: str) -> int:
    """How many buckets: `100`, or `1%`.

    Raises:
        RolloutError: it is neither, or more than all.
    """
    try:
        value = round(float(text[:-1]) * BUCKETS / 100) if text.endswith("%") else int(text)
    except (ValueError, OverflowError):
        raise RolloutError(f"{text}: a share is a number of {BUCKETS} buckets, or a percentage as 1%") from None
    if not 0 <= value <= BUCKETS:
        raise RolloutError(f"{text}: a share is 0 to {BUCKETS} buckets, 0% to 100%")
    return value


def arm(text: str) -> Arm:
    """An arm of everyone, `NAME=MODEL:SHARE`.

    Raises:
        RolloutError: it is not written so.
    """
    name, equals, rest = text.partition("=")
    model, colon, part = rest.rpartition(":")
    if not (equals and colon and name and model):
        raise RolloutError(f"{text}: an arm is written NAME=MODEL:SHARE")
    return Arm(EVERYONE, name, model, share(part))


def segment(text: str) -> Arm:
    """An arm of a segment, `SEGMENT:ARM=MODEL:SHARE`; `SEGMENT=MODEL` is all of the segment.

    Raises:
        RolloutError: it is not written so.
    """
    name, equals, rest = text.partition("=")
    of, colon, name_of_arm = name.partition(":")
    if not (equals and of and rest and bool(colon) == bool(name_of_arm)):
        raise RolloutError(f"{text}: a segment is written SEGMENT:ARM=MODEL:SHARE, or SEGMENT=MODEL")
    if not colon:
        return Arm(of, "all", rest, BUCKETS)
    found = arm(f"{name_of_arm}={rest}")
    return Arm(of, found.name, found.model, found.share)


def new_salt() -> str:
    """A draw that says nothing about those before it."""
    return secrets.token_hex(16)


def segments(arms: Sequence[Arm], sum_of: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Lays arms out in buckets, everyone's segment last: the first that a phone belongs to counts.

    Arms of a segment begin at equal distances where their shares allow it, so that each has room to grow; otherwise one
    begins where the one before it ends.

    Args:
        arms: in their order.
        sum_of: a model's SHA-256 sum by its name; `None` is the one that the library ships.

    Raises:
        RolloutError: more than all buckets, or two arms of one name.
    """
    names = [name for name in dict.fromkeys(arm.segment for arm in arms) if name != EVERYONE]
    found = []
    for name in [*names, EVERYONE]:
        own = [arm for arm in arms if arm.segment == name]
        if len({arm.name for arm in own}) < len(own):
            raise RolloutError(f"{_segment(name)}: two arms have one name")
        if sum(arm.share for arm in own) > BUCKETS:
            raise RolloutError(f"{_segment(name)}: its arms have more than {BUCKETS} buckets")
        distance = BUCKETS // max(len(own), 1)
        has_room = all(arm.share <= distance for arm in own)
        laid, free = [], 0
        for place, arm in enumerate(own):
            first = place * distance if has_room else free
            laid.append({"name": arm.name, "first": first, "share": arm.share, "model": sum_of(arm.model)})
            free = first + arm.share
        if laid:
            found.append({"name": name, "arms": laid})
    return found


def widened(
    rollout: Mapping[str, Any], part: int, *, of: str | None, within: str, shrink: bool
) -> tuple[dict[str, Any], list[str]]:
    """The same draw with another share of one arm.

    Args:
        rollout: of the release.
        part: the arm's buckets.
        of: the arm's name; the only one of the segment by default.
        within: the segment's name.
        shrink: whether it may lose buckets.

    Returns:
        The rollout, and the sums of the models that more phones are to have.

    Raises:
        RolloutError: there is no such arm, it would lose buckets, or it would take another one's.
    """
    arms = next((s["arms"] for s in rollout["segments"] if s["name"] == within), [])
    chosen = [arm for arm in arms if of in (None, arm["name"])]
    if len(chosen) != 1:
        there = ", ".join(arm["name"] for arm in arms) or "none"
        raise RolloutError(f"{_segment(within)}: which arm (--arm NAME)? There is {there}")
    return rearranged(rollout, [Arm(within, chosen[0]["name"], "", part)], lambda _: chosen[0]["model"], shrink=shrink)


def rearranged(
    rollout: Mapping[str, Any], arms: Sequence[Arm], sum_of: Callable[[str], str | None], *, shrink: bool
) -> tuple[dict[str, Any], list[str]]:
    """The same draw with other shares: arms that are there grow where they stand, others take free buckets.

    Args:
        rollout: of the release.
        arms: those that change, and new ones.
        sum_of: as of `segments`.
        shrink: whether one may lose buckets.

    Returns:
        The rollout, and the sums of the models that more phones are to have.

    Raises:
        RolloutError: one would lose buckets, take another one's, find no room, or have another model.
    """
    laid = {s["name"]: [dict(arm) for arm in s["arms"]] for s in rollout["segments"]}
    grown = []
    for wanted in arms:
        own = laid.setdefault(wanted.segment, [])
        model = sum_of(wanted.model)
        known = next((arm for arm in own if arm["name"] == wanted.name), None)
        where = f"{_segment(wanted.segment)}, arm {wanted.name}"
        if known is None:
            known = {"name": wanted.name, "first": _room(own, wanted.share, where), "share": 0, "model": model}
            own.append(known)
        if known["model"] != model:
            raise RolloutError(f"{where}: another model under the same draw; `publish` begins another one")
        if wanted.share < known["share"] and not shrink:
            raise RolloutError(f"{where}: {wanted.share} is less than the {known['share']} it has (--shrink)")
        if wanted.share > known["share"] and model:
            grown.append(model)
        known["share"] = wanted.share
        own.sort(key=lambda arm: arm["first"])
        for arm, after in zip(own, [*own[1:], {"first": BUCKETS, "name": "the end"}], strict=True):
            if arm["first"] + arm["share"] > after["first"]:
                room = after["first"] - arm["first"]
                raise RolloutError(f"{where}: arm {arm['name']} has room for {room} buckets before {after['name']}")
    ordered = [name for name in laid if name != EVERYONE] + [name for name in laid if name == EVERYONE]
    return {**rollout, "segments": [{"name": name, "arms": laid[name]} for name in ordered]}, grown


def without(rollout: Mapping[str, Any], sums: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """A rollout without the arms that have one of these models, and the names of those arms."""
    kept, gone = [], []
    for of in rollout["segments"]:
        gone += [f"{_segment(of['name'])}, arm {arm['name']}" for arm in of["arms"] if arm["model"] in sums]
        kept.append({"name": of["name"], "arms": [arm for arm in of["arms"] if arm["model"] not in sums]})
    return {**rollout, "segments": kept}, gone


def back(rollout: Mapping[str, Any], old: Mapping[str, Any] | None, given_up: Sequence[str]) -> dict[str, Any]:
    """Who is to have what once some models are given up.

    The arms are the old ones where those reach every phone that may have such a model. Otherwise a phone outside of
    them would keep it, so the arms of now stay, and have the model of the old release instead.

    Args:
        rollout: of the release of now.
        old: of the release to go back to; `None`: there is none, and the model that the library ships is gone back to.
        given_up: sums.
    """
    if old and all(
        _buckets(own, given_up) <= _buckets(_segment_of(old, own["name"]), None)
        and (old["salt"] == rollout["salt"] or len(_buckets(_segment_of(old, own["name"]), None)) == BUCKETS)
        for own in rollout["segments"]
        if _buckets(own, given_up)
    ):
        return dict(old)
    found = []
    for own in rollout["segments"]:
        before = max(_segment_of(old, own["name"])["arms"], key=lambda arm: arm["share"], default={"model": None})
        arms = [{**arm, "model": before["model"]} if arm["model"] in given_up else arm for arm in own["arms"]]
        found.append({"name": own["name"], "arms": arms})
    return {**rollout, "segments": found}


def models(rollout: Mapping[str, Any]) -> list[str]:
    """The sums of the models that some phone may have, each once."""
    return list(dict.fromkeys(arm["model"] for of in rollout["segments"] for arm in of["arms"] if arm["model"]))


def table(rollout: Mapping[str, Any], name_of: Callable[[str], str]) -> list[str]:
    """A line for each arm."""
    return [
        f"{_segment(of['name'])}, arm {arm['name']}: {name_of(arm['model']) if arm['model'] else SHIPPED}, "
        f"{arm['share'] / BUCKETS:.2%} (buckets {arm['first']} to {arm['first'] + arm['share'] - 1})"
        if arm["share"]
        else f"{_segment(of['name'])}, arm {arm['name']}: nobody"
        for of in rollout["segments"]
        for arm in of["arms"]
    ]


def _segment(name: str) -> str:
    """A segment in words."""
    return f"segment {name}" if name else "everyone"


def _segment_of(rollout: Mapping[str, Any] | None, name: str) -> Mapping[str, Any]:
    """The arms of a phone that is in this segment, or in no other than everyone."""
    found = {of["name"]: of for of in rollout["segments"]} if rollout else {}
    return found.get(name) or found.get(EVERYONE) or {"name": name, "arms": []}


def _buckets(of: Mapping[str, Any], having: Sequence[str] | None) -> set[int]:
    """The buckets of a segment's arms: of those with one of these models, or of all."""
    return {
        bucket
        for arm in of["arms"]
        if having is None or arm["model"] in having
        for bucket in range(arm["first"], arm["first"] + arm["share"])
    }


def _room(arms: Sequence[Mapping[str, Any]], part: int, where: str) -> int:
    """The first bucket of the widest gap between arms."""
    ends = [0, *(arm["first"] + arm["share"] for arm in arms)]
    gaps = [(end - start, start) for start, end in zip(ends, [*(arm["first"] for arm in arms), BUCKETS], strict=True)]
    width, first = max(gaps, key=lambda gap: (gap[0], -gap[1]))
    if width < part:
        raise RolloutError(f"{where}: {part} buckets in one piece are not free; {width} are")
    return first
