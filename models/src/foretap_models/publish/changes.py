"""The changes that a publisher makes: each becomes a proposal to be signed, and the files that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foretap_models.errors import NotApprovedError, RepositoryError, RolloutError
from foretap_models.publish import release, rollout
from foretap_models.publish import root as roots
from foretap_models.publish.proposal import Paper, Proposal, Signers
from foretap_models.publish.publisher import Publisher
from foretap_models.publish.release import Content
from foretap_models.publish.repository import Repository
from foretap_models.publish.root import Changes, signed
from foretap_models.publish.signed_files import RELEASE, ROOT, Message, SignedFile
from foretap_models.publish.standing import Standing
from foretap_models.registry.state import Action

SUM = re.compile("[0-9a-f]{64}")
"""A SHA-256 sum in hex."""


@dataclass(frozen=True)
class Terms:
    """What holds for all models of a release.

    Attributes:
        days: for how many the release counts.
        least_answers: answers before a phone judges a model.
        most_lost: of 10,000 answers, how many may be hits fewer than with the model before.
        answer_us: the most microseconds that the median answer may take; 0: no limit of its own.
    """

    days: int
    least_answers: int
    most_lost: int
    answer_us: int


def begin(
    repository: Repository,
    product: str,
    channel: str,
    keys: Mapping[str, tuple[Sequence[str], int]],
    times: tuple[int, int],
) -> Proposal:
    """The first root.

    Raises:
        RepositoryError: there is something in the folder.
    """
    repository.check_is_new()
    message = roots.first(product, keys, *times)
    encoded = repository.files.encode(ROOT, message)
    paper = Paper(ROOT, message, encoded, (Signers.of(message, ROOT),))
    return Proposal(Action.BEGIN_REPOSITORY, (None, None), [paper], {}, channel)


def publish(
    publisher: Publisher,
    arms: Sequence[rollout.Arm],
    terms: Terms,
    *,
    keep_salt: bool,
    newest: int,
    shipped: Sequence[bytes],
    version_of: Callable[[str], tuple[str, str]],
) -> tuple[Proposal, Content]:
    """A release of models of the registry.

    Args:
        publisher: who does it.
        arms: who is to have which model.
        terms: of the release.
        keep_salt: goes on with the draw of the release before.
        newest: how many bundles of earlier releases deltas start from.
        shipped: bundles that libraries ship: deltas start from them as well.
        version_of: a model's version in the registry and its name in the release, by how an arm names it.

    Raises:
        NotApprovedError: a model is not approved, or was revoked.
        RolloutError: the arms do not fit.
    """
    standing, content = publisher.standing(), Content()
    entries: dict[str, dict[str, Any]] = {}
    versions: dict[str, str] = {}
    repository = publisher.repository
    for model in dict.fromkeys(arm.model for arm in arms if arm.model != rollout.SHIPPED):
        version, name = version_of(model)
        publisher.check_approved(version)
        bundle = publisher.registry.archive.bundle(version)
        bases = release.bases(repository, publisher.releases(), bundle, newest, shipped)
        entries[model] = release.entry(repository.files, name, bundle, bases, terms.answer_us, content)
        versions[entries[model]["sha256"]] = version
    if keep_salt and not standing.release:
        raise RolloutError("there is no release before, whose draw could go on")
    laid = rollout.segments(arms, lambda model: None if model == rollout.SHIPPED else entries[model]["sha256"])
    drawn = {
        "salt": standing.release.message["rollout"]["salt"] if keep_salt else rollout.new_salt(),
        "segments": laid,
        "stop": {"least_answers": terms.least_answers, "most_lost": terms.most_lost},
    }
    models = list({entry["sha256"]: entry for entry in entries.values()}.values())
    changed = {"models": models, "rollout": drawn}
    return _released(publisher, standing, Action.PUBLISH, standing.release, changed, terms.days, versions), content


def roll_out(
    publisher: Publisher, change: Callable[[Message], tuple[dict[str, Any], list[str]]], days: int
) -> tuple[Proposal, list[str]]:
    """The release of now with other shares, under the same draw.

    Args:
        publisher: who does it.
        change: gives the rollout, and the sums of the models that more phones are to have.
        days: for how many the release counts.

    Returns:
        The proposal, and those sums.
    """
    standing = publisher.standing()
    current = _current(standing)
    changed, grown = change(current.message)
    return _released(publisher, standing, Action.ROLL_OUT, current, {"rollout": changed}, days, {}), grown


def roll_back(publisher: Publisher, to: int | None, days: int, *, revoke: bool) -> Proposal:
    """What an earlier release said, under a higher version.

    Args:
        publisher: who does it.
        to: its version; by default the newest before the models of now were first published, whose own models are all
            still approved and none of them revoked.
        days: for how many the release counts.
        revoke: whether the models that are given up are revoked as well.

    Raises:
        RepositoryError: there is none.
    """
    standing = publisher.standing()
    current = _current(standing)
    target = _target(publisher, current, to)
    old = target.message if target else {"models": [], "rollout": None}
    kept = {model["sha256"] for model in old["models"]}
    given_up = [one for one in _sums(current) if one not in kept]
    revoked = [*current.message["revoked"], *(given_up if revoke else ())]
    changed = {
        "models": [*old["models"], *(m for m in current.message["models"] if m["sha256"] not in kept)],
        "rollout": rollout.back(current.message["rollout"], old["rollout"], given_up),
        "revoked": list(dict.fromkeys(revoked)),
    }
    return _released(publisher, standing, Action.ROLL_BACK_RELEASE, current, changed, days, {})


def revoke(publisher: Publisher, models: Sequence[str], days: int) -> tuple[Proposal, list[str]]:
    """The release of now without some bundles, which no phone is to use any more.

    Args:
        publisher: who does it.
        models: their sums, or the names that releases call them by.
        days: for how many the release counts.

    Returns:
        The proposal, and the arms that had one of them.

    Raises:
        RepositoryError: no release names such a model.
    """
    standing = publisher.standing()
    current = _current(standing)
    called = release.names(publisher.releases())
    sums = []
    for model in models:
        found = [model] if SUM.fullmatch(model) else [one for one, name in called.items() if name == model]
        if not found:
            raise RepositoryError(f"{model}: no release names such a model; it is its name there, or a SHA-256 sum")
        sums += found
    changed, gone = rollout.without(current.message["rollout"], sums)
    revoked = list(dict.fromkeys([*current.message["revoked"], *sums]))
    proposal = _released(
        publisher, standing, Action.REVOKE, current, {"rollout": changed, "revoked": revoked}, days, {}
    )
    return proposal, gone


def rotate(publisher: Publisher, changes: Changes, root_days: int, release_days: int) -> Proposal:
    """The next root, and the release signed by its keys where they did not sign the one of now.

    Raises:
        SigningKeyError: a key to remove is not there, or one to add is.
    """
    standing = publisher.standing()
    old, now_s = standing.root.message, publisher.now_s(standing)
    message = roots.after(old, changes, now_s, root_days)
    encoded = publisher.repository.files.encode(ROOT, message)
    papers = [Paper(ROOT, message, encoded, (Signers.of(old, ROOT), Signers.of(message, ROOT)))]
    if standing.release:
        current, of = standing.release, Signers.of(message, RELEASE)
        if signed(of.keys, current.signed_by) < of.threshold or current.version < message["floor"]:
            version = max(publisher.free_version(), message["floor"])
            says = release.following(current, message, publisher.channel(standing), version, (now_s, release_days), {})
            papers.insert(0, publisher.release_paper(says, message, old=old))
    return Proposal(Action.ROTATE_ROOT, standing.sums, papers, {}, publisher.channel(standing))


def _released(
    publisher: Publisher,
    standing: Standing,
    action: Action,
    before: SignedFile | None,
    changed: Mapping[str, Any],
    days: int,
    versions: dict[str, str],
) -> Proposal:
    """A proposal of the next release."""
    root, channel = standing.root.message, publisher.channel(standing)
    times = (publisher.now_s(standing), days)
    message = release.following(before, root, channel, publisher.free_version(), times, changed)
    paper = publisher.release_paper(message, root)
    return Proposal(action, standing.sums, [paper], versions, channel)


def _current(standing: Standing) -> SignedFile:
    """The release of now.

    Raises:
        RepositoryError: there is none.
    """
    if standing.release is None:
        raise RepositoryError("there is no release yet; `foretap-models publish` makes the first")
    return standing.release


def _sums(of: SignedFile) -> list[str]:
    """The models of a release."""
    return [model["sha256"] for model in of.message["models"]]


def _target(publisher: Publisher, current: SignedFile, to: int | None) -> SignedFile | None:
    """The release to go back to; `None` where no other model came before: phones go back to what they ship."""
    earlier = [one for one in publisher.releases() if one.version < current.version]
    if to is not None:
        found = next((r for r in earlier if r.version == to), None)
        if found is None:
            raise RepositoryError(f"there is no earlier release {to}")
        return found
    # Before these models were first published: a second rollback goes further back, not to what the first one gave up.
    same = [one.version for one in earlier if set(_sums(one)) == set(_sums(current))]
    began = min(same, default=current.version)
    for one in earlier:
        if one.version >= began or not _sums(one):
            continue
        try:
            publisher.check_models(one.message["models"], current.message["revoked"])
        except NotApprovedError:
            continue
        return one
    return None
