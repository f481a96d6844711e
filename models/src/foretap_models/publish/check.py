"""What a proposal must be before it is served. It may come from a file that others had: nothing of it is believed."""

from __future__ import annotations

from collections.abc import Mapping

from foretap_models.errors import NotApprovedError, ProposalError
from foretap_models.publish.proposal import Proposal, Signers
from foretap_models.publish.signed_files import RELEASE, ROOT, sha256
from foretap_models.publish.standing import Standing
from foretap_models.registry.registry import Registry
from foretap_models.registry.state import Action


def against_what_is_served(proposal: Proposal, before: Standing | None, channel: str) -> None:
    """Refuses a proposal that does not follow on what is served, and says in it anew who has to sign.

    Args:
        proposal: its papers are told whose signatures count, by the roots themselves.
        before: what is served; `None` where a repository begins.
        channel: which one it is of.

    Raises:
        ProposalError: it does not follow.
    """
    if proposal.follows != (before.sums if before else (None, None)):
        raise ProposalError("the repository has another root or release than when this was proposed; propose it anew")
    root, release = proposal.paper(ROOT), proposal.paper(RELEASE)
    allowed = {Action.BEGIN_REPOSITORY: [{ROOT}], Action.ROTATE_ROOT: [{ROOT}, {ROOT, RELEASE}]}
    roles = [paper.role for paper in proposal.papers]
    if set(roles) not in allowed.get(proposal.action, [{RELEASE}]) or len(set(roles)) < len(roles):
        raise ProposalError(f"to {proposal.action} is not to sign {' and '.join(roles)}")
    old = before.root.message if before else None
    new = root.message if root else old
    if root:
        expected = (old["product"], old["version"] + 1) if old else (new["product"], 1)
        if (new["product"], new["version"]) != expected:
            raise ProposalError(f"{root.title} is not the one after the root of now")
        root.signers = (*([Signers.of(old, ROOT)] if old else []), Signers.of(new, ROOT))
        root.welcome = ()
    if release:
        if (release.message["product"], release.message["channel"]) != (new["product"], channel):
            raise ProposalError(f"{release.title} is of another product or channel")
        release.signers = (Signers.of(new, RELEASE),)
        release.welcome = (Signers.of(old, RELEASE),) if root and old else ()


def against_the_registry(proposal: Proposal, registry: Registry) -> None:
    """Refuses models that are not the versions of the registry that the proposal says they are.

    Raises:
        UnknownVersionError: there is no such version.
        NotApprovedError: the version has another bundle, or the release calls it otherwise.
    """
    release = proposal.paper(RELEASE)
    called: Mapping[str, str] = {m["sha256"]: m["name"] for m in release.message["models"]} if release else {}
    for sum_of_it, version in proposal.versions.items():
        name = called.get(sum_of_it, "a model")
        if sha256(registry.archive.bundle(version)) != sum_of_it or not name.endswith(f"-{version}"):
            raise NotApprovedError(f"{name} is not version {version} of the registry")
