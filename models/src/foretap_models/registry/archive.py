"""What lies in the registry: bundles, evaluations and dossiers, none of them taken for another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from foretap_models.errors import EvidenceError
from foretap_models.registry import audit
from foretap_models.registry.audit import Record
from foretap_models.registry.card import card
from foretap_models.registry.dossier import Dossier
from foretap_models.registry.evaluation import Evaluation
from foretap_models.registry.lineage import bundle_id
from foretap_models.registry.state import Action
from foretap_models.registry.store import Store

BUNDLE, EVALUATION, DOSSIER, CARD = "foretap.bundle", "evaluation.json", "dossier.json", "card.md"
"""The files of a version."""


@dataclass(frozen=True)
class Archive:
    """The files of all versions, each checked against the record of its registration.

    Attributes:
        store: where they lie.
        records: the audit log.
    """

    store: Store
    records: Sequence[Record]

    def registration(self, version: str) -> Record:
        """The record of a version's registration.

        Raises:
            UnknownVersionError: there is no such version.
        """
        audit.state(self.records).approval(version)
        of = (r for r in self.records if (r.decision.action, r.decision.version) == (Action.REGISTER, version))
        return next(of)

    def twin(self, bundle: str, evaluation: str) -> str | None:
        """The version that is this bundle (its id) with this evaluation (its SHA-256), if there is one."""
        for record in self.records:
            d = record.decision
            if d.action is Action.REGISTER and (d.facts["lineage"]["bundle"], d.evaluation) == (bundle, evaluation):
                return d.version
        return None

    def evaluation(self, version: str) -> Evaluation:
        """A version's evaluation.

        Raises:
            UnknownVersionError: there is no such version.
            EvidenceError: it is missing, not the one that was registered, or not that of the bundle.
        """
        decision = self.registration(version).decision
        found = Evaluation.read(self._file(version, EVALUATION))
        if found.sha256() != decision.evaluation:
            raise EvidenceError(f"{version}: the evaluation is not the one that was registered")
        if found.bundle != decision.facts["lineage"]["bundle"]:
            raise EvidenceError(f"{version}: the evaluation is not that of its bundle")
        return found

    def bundle(self, version: str) -> bytes:
        """A version's bundle.

        Raises:
            UnknownVersionError: there is no such version.
            EvidenceError: it is missing, or another one.
            BundleFileError: it is damaged.
        """
        found = self._file(version, BUNDLE)
        if bundle_id(found) != self.registration(version).decision.facts["lineage"]["bundle"]:
            raise EvidenceError(f"{version}: the bundle is not the one that was registered")
        return found

    def card(self, version: str) -> str:
        """A version's model card; the same bytes whenever it is asked for.

        Raises:
            UnknownVersionError: there is no such version.
            EvidenceError: something it is made of is missing, or another one.
            BundleFileError: the bundle is damaged.
        """
        content = self._file(version, DOSSIER)
        if hashlib.sha256(content).hexdigest() != self.registration(version).decision.facts["dossier"]:
            raise EvidenceError(f"{version}: the dossier is not the one that was registered")
        return card(version, Dossier.read(content), self.evaluation(version), len(self.bundle(version)))

    def _file(self, version: str, name: str) -> bytes:
        """A file of a version."""
        return self.store.file(self.registration(version).decision.facts["run"], name)
