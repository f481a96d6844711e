"""Carries a change out: signatures counted, the decision written down, files put where phones fetch them.

The order is what keeps a repository whole. What the timestamp will name is there before it is replaced, and it is
replaced by one rename: whoever fetches before sees the old release, whoever fetches after it the new one. New keys sign
beside the old ones first, and then the root that names them is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from foretap_models.errors import NotApprovedError, ProposalError, RepositoryError, SigningKeyError, ThresholdError
from foretap_models.publish import rollout
from foretap_models.publish.check import against_the_registry, against_what_is_served
from foretap_models.publish.keys import SigningKey, key_id, short
from foretap_models.publish.proposal import Paper, Proposal, Signers
from foretap_models.publish.release import DAY_S, Content
from foretap_models.publish.repository import DELTA, Repository
from foretap_models.publish.root import names, signed
from foretap_models.publish.signed_files import RELEASE, ROOT, TIMESTAMP, Message, SignedFile, sha256
from foretap_models.publish.standing import Clock, Standing, checked_now, ends, standing, timestamp_paper
from foretap_models.registry.audit import Decision
from foretap_models.registry.registry import Registry, Signature, check_signed
from foretap_models.registry.state import PUBLICATIONS, Action, Approval


class Publisher:
    """One who changes a repository, and writes each decision into the registry's audit log."""

    def __init__(self, repository: Repository, registry: Registry, clock: Clock) -> None:
        self.repository, self.registry, self._clock = repository, registry, clock

    def now_s(self, standing: Standing | None = None) -> int:
        """The time that files are signed at.

        Raises:
            RepositoryError: the clock stands before the newest signature.
        """
        return checked_now(self._clock(), standing)

    def standing(self) -> Standing:
        """What phones are served now, if it is what the audit log records.

        Whoever changed the served files, and not the log, would otherwise have that signed with the next change.

        Raises:
            RepositoryError: it is not, or there is none.
        """
        found = standing(self.repository)
        recorded = self.recorded()
        for file, title in ((found.root, ROOT), (found.release, RELEASE)):
            if file is not None and file.sha256 not in recorded:
                raise RepositoryError(
                    f"{title} {file.version} is none that this registry's audit log records: "
                    "it was put there past the publisher, or belongs to another registry"
                )
        return found

    def channel(self, standing: Standing) -> str:
        """Which channel the releases are of."""
        if standing.release:
            return str(standing.release.message["channel"])
        return str(next(d.facts["channel"] for d in self._recorded() if d.action is Action.BEGIN_REPOSITORY))

    def free_version(self) -> int:
        """The number of the next release: above all that were ever decided, those included that were never served."""
        recorded = [d.facts["number"] for d in self._recorded() if d.facts["role"] == RELEASE]
        floor = self.repository.root().message["floor"]
        return max([*recorded, floor - 1, 0]) + 1

    def releases(self) -> list[SignedFile]:
        """The releases that the audit log knows, the newest first."""
        recorded = self.recorded()
        return [release for release in self.repository.releases() if release.sha256 in recorded]

    def versions(self) -> dict[str, str]:
        """The registry's version of each bundle that was published, by its sum."""
        return {one: name for d in self._recorded() for one, name in d.facts["versions"].items()}

    def check_approved(self, version: str) -> None:
        """Refuses a version that nobody approved.

        Raises:
            UnknownVersionError: it is not registered.
            NotApprovedError: it is Pending or Rejected.
        """
        approval = self.registry.state().approval(version)
        if approval is not Approval.APPROVED:
            raise NotApprovedError(f"{version} is {approval}; only Approved versions are published")

    def check_models(
        self, models: Sequence[Message], revoked: Sequence[str], versions: Mapping[str, str] | None = None
    ) -> None:
        """Refuses models of a release that are not approved, or not any more.

        Args:
            models: as the release names them.
            revoked: sums.
            versions: of those that were not published before: the registry's version by the sum.

        Raises:
            NotApprovedError: one is revoked, Pending, Rejected, or none of the registry's.
        """
        known = self.versions() | dict(versions or {})
        for model in models:
            if model["sha256"] in revoked:
                raise NotApprovedError(f"{model['name']} is revoked")
            if model["sha256"] not in known:
                raise NotApprovedError(f"{model['name']} is no version of this registry")
            self.check_approved(known[model["sha256"]])

    def recorded(self) -> set[str]:
        """The sums of the signed files that the audit log knows of this repository."""
        return {decision.after["sha256"] for decision in self._recorded()}

    def release_paper(self, message: Message, of: Message, *, old: Message | None = None) -> Paper:
        """A release to be signed.

        Args:
            message: what it says.
            of: the root whose keys sign.
            old: the root before, where both are to be satisfied for a while.
        """
        welcome = (Signers.of(old, RELEASE),) if old else ()
        encoded = self.repository.files.encode(RELEASE, message)
        return Paper(RELEASE, message, encoded, (Signers.of(of, RELEASE),), welcome)

    def finish(
        self,
        proposal: Proposal,
        content: Content,
        keys: Sequence[SigningKey],
        signature: Signature,
        timestamp_days: int,
    ) -> list[str]:
        """Signs what is left to sign and serves it; returns what was done, a line each.

        Raises:
            UnsignedDecisionError: no name or no reason.
            ProposalError: something else was published since.
            NotApprovedError: a model is not approved any more.
            SigningKeyError: a key may sign nothing here, or does not sign.
            ThresholdError: not enough keys signed; nothing was changed.
        """
        check_signed(signature)
        begins = proposal.action is Action.BEGIN_REPOSITORY
        if begins:
            self.repository.check_is_new()
        before = None if begins else self.standing()
        against_what_is_served(proposal, before, self.channel(before) if before else proposal.channel)
        against_the_registry(proposal, self.registry)
        now_s = self.now_s(before)
        release, root = proposal.paper(RELEASE), proposal.paper(ROOT)
        if release:
            self._check_release(release, proposal, content, (root or before.root).message["floor"])
        for key in keys:
            proposal.sign(key)
        if missing := [line for paper in proposal.papers for line in paper.missing()]:
            raise ThresholdError("; ".join(missing))
        sealed = {p.role: self.repository.files.seal(p.to_sign, p.signatures) for p in proposal.papers}
        timestamp = None
        old = before.root.message if before else None
        new = root.message if root else old
        if before and self._needs_timestamp(before, release, new):
            named = (release.message, sealed[RELEASE]) if release else (before.release.message, before.release.content)
            timestamp = self._timestamp(before, named, new, now_s, timestamp_days)
            for key in keys:
                timestamp.sign(key)
            if missing := timestamp.missing():
                raise ThresholdError("; ".join(missing))
            sealed[TIMESTAMP] = self.repository.files.seal(timestamp.to_sign, timestamp.signatures)
        if strange := [short(key.public) for key in keys if not any(names(of, key.public) for of in (old, new) if of)]:
            raise SigningKeyError(f"key {', '.join(strange)} is none of the keys of this repository")
        content.store(self.repository)
        for paper in proposal.papers:
            self._note(paper, proposal, sealed, before, signature)
        self._serve(proposal, sealed, timestamp, old)
        return [*self._said(proposal, sealed, timestamp, old), *ends(new, now_s, always=False)]

    def _check_release(self, paper: Paper, proposal: Proposal, content: Content, floor: int) -> None:
        """Refuses a release that is not the next, has a model that is not approved, or names files that are missing."""
        if paper.message["version"] != max(self.free_version(), floor):
            raise ProposalError(f"{paper.title} is not the next; propose it anew")
        self.check_models(paper.message["models"], paper.message["revoked"], proposal.versions)
        for model in paper.message["models"]:
            if model["sha256"] not in content.bundles:
                self.repository.bundle(model["sha256"])
            for way in model["deltas"]:
                is_there = (self.repository.folder / DELTA / way["sha256"]).is_file()
                if way["sha256"] not in content.deltas and not is_there:
                    raise RepositoryError(f"{model['name']}: delta {way['sha256'][:12]} is missing")

    def _needs_timestamp(self, before: Standing, release: Paper | None, root: Message) -> bool:
        """Whether another timestamp is needed: for another release, or for keys that did not sign this one."""
        if release or before.timestamp is None:
            return release is not None
        of = Signers.of(root, TIMESTAMP)
        return signed(of.keys, before.timestamp.signed_by) < of.threshold

    def _timestamp(self, before: Standing, named: tuple[Message, bytes], root: Message, now_s: int, days: int) -> Paper:
        """The next timestamp."""
        version = before.timestamp.version + 1 if before.timestamp else 1
        return timestamp_paper(self.repository, version, named, root, (now_s, days), old=before.root.message)

    def _note(
        self,
        paper: Paper,
        proposal: Proposal,
        sealed: dict[str, bytes],
        before: Standing | None,
        signature: Signature,
    ) -> None:
        """Writes down what is about to be served."""
        old = None if before is None else {ROOT: before.root, RELEASE: before.release}[paper.role]
        file = sha256(sealed[paper.role])
        known = (self.versions() if before else {}) | proposal.versions
        facts = {
            "repository": self._identity() if before else file,
            "role": paper.role,
            "number": paper.message["version"],
            "channel": proposal.channel,
            "versions": {m["sha256"]: known[m["sha256"]] for m in paper.message.get("models", ())},
            "revoked": list(paper.message.get("revoked", ())),
            "rollout": paper.message.get("rollout"),
            "signed_by": [key_id(key) for key in paper.signatures],
        }
        change = (old.sha256 if old else None, file)
        self.registry.note_publication(proposal.action, paper.title, signature, change, facts)

    def _serve(
        self, proposal: Proposal, sealed: dict[str, bytes], timestamp: Paper | None, old: Message | None
    ) -> None:
        """Puts signed files where phones fetch them, in an order that every phone can read at every moment."""
        repository, root = self.repository, proposal.paper(ROOT)
        if RELEASE in sealed:
            repository.add(RELEASE, sha256(sealed[RELEASE]), sealed[RELEASE])

        def add_root() -> None:
            if root:
                repository.add(ROOT, str(root.message["version"]), sealed[ROOT])

        if self._old_keys_signed(proposal, timestamp, old):
            if timestamp:
                repository.replace_timestamp(sealed[TIMESTAMP])
            add_root()
        else:
            # There is no order that serves both: phones that look in between are refused, and come again.
            add_root()
            repository.replace_timestamp(sealed[TIMESTAMP])

    def _old_keys_signed(self, proposal: Proposal, timestamp: Paper | None, old: Message | None) -> bool:
        """Whether phones that do not know the new root yet take what is served as well."""
        release = proposal.paper(RELEASE)
        return old is None or all(
            paper is None or paper.is_signed_for(Signers.of(old, paper.role)) for paper in (release, timestamp)
        )

    def _said(
        self, proposal: Proposal, sealed: dict[str, bytes], timestamp: Paper | None, old: Message | None
    ) -> list[str]:
        """What was done."""
        lines = [
            f"{paper.title}: {sha256(sealed[paper.role])}, signed by {len(paper.signatures)}"
            for paper in proposal.papers
        ]
        if release := proposal.paper(RELEASE):
            called = {m["sha256"]: m["name"] for m in release.message["models"]}
            lines += rollout.table(release.message["rollout"], lambda one: called[one])
        if timestamp:
            days = (timestamp.message["expires_s"] - timestamp.message["issued_s"]) // DAY_S
            lines.append(f"{timestamp.title} counts for {days} days; `foretap-models timestamp` renews it")
        if not self._old_keys_signed(proposal, timestamp, old):
            lines.append("the old keys did not sign: phones that looked in between were refused once and come again")
        return lines

    def _recorded(self) -> list[Decision]:
        """What the audit log knows of this repository."""
        identity = self._identity()
        decisions = [record.decision for record in self.registry.records()]
        return [d for d in decisions if d.action in PUBLICATIONS and d.facts["repository"] == identity]

    def _identity(self) -> str:
        """Which repository this is: the sum of its first root."""
        return self.repository.root(1).sha256
