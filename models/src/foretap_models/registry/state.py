"""What has been decided about versions and stages, and which steps lead from there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from foretap_models.errors import TransitionError, UnknownVersionError, VersionNameError


class Approval(StrEnum):
    """What was decided about a version."""

    PENDING = "Pending"
    APPROVED = "Approved"
    REJECTED = "Rejected"


class Stage(StrEnum):
    """Where a version is used; MLflow's alias of the same name points to it."""

    STAGING = "staging"
    PRODUCTION = "production"


class Action(StrEnum):
    """What a record of the audit log is about."""

    REGISTER = "register"
    APPROVE = "approve"
    REJECT = "reject"
    PROMOTE = "promote"
    DEMOTE = "demote"
    ROLLBACK = "rollback"
    READ_UPLOADS = "read uploads"
    BEGIN_REPOSITORY = "begin repository"
    PUBLISH = "publish"
    ROLL_OUT = "roll out"
    ROLL_BACK_RELEASE = "roll back release"
    REVOKE = "revoke"
    ROTATE_ROOT = "rotate root"


PUBLICATIONS = frozenset(list(Action)[list(Action).index(Action.BEGIN_REPOSITORY) :])
"""What is about signed files of a repository: it changes neither approvals nor stages."""

NOTES = PUBLICATIONS | {Action.READ_UPLOADS}
"""What changes nothing in the registry but its log: besides publications, that rows of phones were read."""


@dataclass(frozen=True)
class State:
    """The sum of all decisions. Every method returns the state after a step, or refuses it.

    Attributes:
        approvals: of each version, in the order of registration.
        staging: the version in staging.
        production: the version in production.
        earlier: versions that were in production before it, oldest first: where `rolled_back` goes.
    """

    approvals: Mapping[str, Approval] = field(default_factory=dict)
    staging: str | None = None
    production: str | None = None
    earlier: tuple[str, ...] = ()

    def registered(self, version: str) -> State:
        """A new version, Pending.

        Raises:
            VersionNameError: the name is taken.
        """
        if version in self.approvals:
            raise VersionNameError(f"{version} is registered already")
        return replace(self, approvals={**self.approvals, version: Approval.PENDING})

    def approved(self, version: str) -> State:
        """Pending -> Approved.

        Raises:
            UnknownVersionError: it is not registered.
            TransitionError: it has been decided about.
        """
        if self.approval(version) is not Approval.PENDING:
            raise TransitionError(f"{version} is {self.approval(version)}; only Pending versions are approved")
        return self._decided(version, Approval.APPROVED)

    def rejected(self, version: str) -> State:
        """Pending, or Approved and in no stage -> Rejected.

        Raises:
            UnknownVersionError: it is not registered.
            TransitionError: it is Rejected, or in a stage.
        """
        if self.approval(version) is Approval.REJECTED:
            raise TransitionError(f"{version} is Rejected already")
        if stage := self.stage(version):
            raise TransitionError(f"{version} is in {stage}; demote it first")
        return self._decided(version, Approval.REJECTED)

    def promoted(self, version: str, stage: Stage) -> State:
        """Approved -> staging, and staging -> production.

        Raises:
            UnknownVersionError: it is not registered.
            TransitionError: it is not Approved, there already, in production, or was not in staging.
        """
        if self.approval(version) is not Approval.APPROVED:
            raise TransitionError(f"{version} is {self.approval(version)}; only Approved versions are promoted")
        if (found := self.stage(version)) and found in (stage, Stage.PRODUCTION):
            raise TransitionError(f"{version} is in {found} already")
        if stage is Stage.STAGING:
            return replace(self, staging=version)
        if self.staging != version:
            raise TransitionError(f"{version} is not in staging, which comes before production")
        earlier = self.earlier if self.production is None else (*self.earlier, self.production)
        return replace(self, staging=None, production=version, earlier=earlier)

    def demoted(self, version: str) -> State:
        """Out of its stage, which is empty then.

        Raises:
            UnknownVersionError: it is not registered.
            TransitionError: it is in no stage.
        """
        self.approval(version)
        stage = self.stage(version)
        if stage is None:
            raise TransitionError(f"{version} is in no stage")
        return replace(self, staging=None) if stage is Stage.STAGING else replace(self, production=None)

    def rolled_back(self) -> State:
        """Production goes to the last version that was there before, and is still Approved.

        Raises:
            TransitionError: there is none.
        """
        left = [v for v in self.earlier if self.approvals[v] is Approval.APPROVED]
        if not left:
            raise TransitionError("nothing was in production before that could be there again")
        staging = None if self.staging == left[-1] else self.staging
        return replace(self, staging=staging, production=left[-1], earlier=tuple(left[:-1]))

    def approval(self, version: str) -> Approval:
        """What was decided about a version.

        Raises:
            UnknownVersionError: it is not registered.
        """
        if version not in self.approvals:
            raise UnknownVersionError(f"{version} is not registered")
        return self.approvals[version]

    def stage(self, version: str) -> Stage | None:
        """Where a version is."""
        stages = {self.production: Stage.PRODUCTION, self.staging: Stage.STAGING}
        return stages.get(version)

    def view(self, version: str) -> dict[str, Any]:
        """What a record keeps of the state: all that a decision about this version can change."""
        return {
            "approval": self.approvals.get(version),
            "staging": self.staging,
            "production": self.production,
            "earlier": list(self.earlier),
        }

    def with_view(self, version: str, view: Mapping[str, Any]) -> State:
        """The state after a record, from what it keeps."""
        approvals = {**self.approvals, version: Approval(view["approval"])}
        return State(approvals, view["staging"], view["production"], tuple(view["earlier"]))

    def _decided(self, version: str, approval: Approval) -> State:
        return replace(self, approvals={**self.approvals, version: approval})
