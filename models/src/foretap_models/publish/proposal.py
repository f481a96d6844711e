"""What is to be signed, by one person at once or by several in turn: what it says, its bytes, the signatures so far.

Whoever signs a proposal sees what it says in words made from the very message whose bytes are signed: the bytes are
encoded anew from it, and a file whose bytes are others is refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from foretap_models.errors import ProposalError
from foretap_models.publish import release, root
from foretap_models.publish.keys import SigningKey, short
from foretap_models.publish.signed_files import RELEASE, ROOT, Message, SignedFiles
from foretap_models.registry.state import PUBLICATIONS, Action

SUMMARIES = {ROOT: root.summary, RELEASE: release.summary}
"""How a message is put into words. A timestamp is in no proposal: it is signed last, by a key that is at hand."""


@dataclass(frozen=True)
class Signers:
    """Keys of which some must sign.

    Attributes:
        whose: in words.
        keys: public halves.
        threshold: how many of them.
    """

    whose: str
    keys: tuple[str, ...]
    threshold: int

    @classmethod
    def of(cls, message: Message, role: str) -> Signers:
        """Those that a root names for a kind of file."""
        named = message[role]
        return cls(f"{role} keys of root {message['version']}", tuple(named["keys"]), named["threshold"])

    def count(self, signatures: Sequence[str]) -> int:
        """How many of them are among those that signed; each counts once."""
        return len(set(self.keys) & set(signatures))

    def are_enough(self, signatures: Sequence[str]) -> bool:
        """Whether as many signed as must."""
        return self.count(signatures) >= self.threshold


@dataclass
class Paper:
    """A file that is to be signed.

    Attributes:
        role: of which kind.
        message: what it says.
        to_sign: the bytes.
        signers: all of which must be satisfied.
        welcome: those whose signatures help phones that do not know the newest root yet.
        signatures: by public half.
    """

    role: str
    message: Message
    to_sign: bytes
    signers: tuple[Signers, ...]
    welcome: tuple[Signers, ...] = ()
    signatures: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """As `release 7`."""
        return f"{self.role} {self.message['version']}"

    def sign(self, key: SigningKey) -> bool:
        """Adds a key's signature; `False` if it is none of those that may sign."""
        if all(key.public not in of.keys for of in (*self.signers, *self.welcome)):
            return False
        self.signatures[key.public] = key.sign(self.to_sign)
        return True

    def missing(self) -> list[str]:
        """What has not been signed by enough keys, in words."""
        return [
            f"{self.title} has {of.count(list(self.signatures))} of the {of.threshold} signatures that the {of.whose} "
            f"must give; {of.threshold - of.count(list(self.signatures))} missing"
            for of in self.signers
            if not of.are_enough(list(self.signatures))
        ]

    def is_signed_for(self, of: Signers) -> bool:
        """Whether a phone that knows these keys takes the file."""
        return of.are_enough(list(self.signatures))


@dataclass
class Proposal:
    """A change of a repository.

    Attributes:
        action: what it is.
        follows: the sums of the root and of the release that it was made on; `None` where there was none.
        papers: what has to be signed.
        versions: the registry's version of each model, by the bundle's sum.
        channel: which one the repository is of.
    """

    action: Action
    follows: tuple[str | None, str | None]
    papers: list[Paper]
    versions: dict[str, str]
    channel: str

    def paper(self, role: str) -> Paper | None:
        """The one of a kind."""
        return next((paper for paper in self.papers if paper.role == role), None)

    def sign(self, key: SigningKey) -> bool:
        """Adds a key's signature wherever it may sign; `False` if that is nowhere."""
        return sum(paper.sign(key) for paper in self.papers) > 0

    def summary(self) -> list[str]:
        """In words, for who is to sign it."""
        lines = [line for paper in self.papers for line in SUMMARIES[paper.role](paper.message)]
        signed = [
            f"{paper.title} is signed by {', '.join(map(short, paper.signatures))}"
            for paper in self.papers
            if paper.signatures
        ]
        return [str(self.action), *lines, *signed, *(line for paper in self.papers for line in paper.missing())]

    def written(self) -> bytes:
        """As a file for those who are to sign; its words are for them, and are not read again."""
        value = {
            "action": self.action,
            "summary": self.summary(),
            "follows": list(self.follows),
            "versions": self.versions,
            "channel": self.channel,
            "papers": [_written(paper) for paper in self.papers],
        }
        return (json.dumps(value, indent=1) + "\n").encode()

    @classmethod
    def read(cls, content: bytes, files: SignedFiles) -> Proposal:
        """A written proposal, its bytes compared with its messages.

        Raises:
            ProposalError: it is none, or its bytes are not those of what it says.
        """
        try:
            value = json.loads(content)
            action, (before_root, before_release) = Action(value["action"]), value["follows"]
            papers, versions = [_read(paper) for paper in value["papers"]], dict(value["versions"])
            channel = str(value["channel"])
        except (ValueError, KeyError, TypeError):
            raise ProposalError("not a proposal that `--unsigned` wrote") from None
        if action not in PUBLICATIONS or not papers or any(paper.role not in SUMMARIES for paper in papers):
            raise ProposalError("not a proposal that `--unsigned` wrote")
        for paper in papers:
            if files.encode(paper.role, paper.message) != paper.to_sign:
                raise ProposalError(f"{paper.title}: the bytes to sign are not those of what it says")
        return cls(action, (before_root, before_release), papers, versions, channel)


def _written(paper: Paper) -> dict[str, Any]:
    """A paper as JSON."""
    return {
        "role": paper.role,
        "message": paper.message,
        "to_sign": paper.to_sign.hex(),
        "signers": [vars(of) for of in paper.signers],
        "welcome": [vars(of) for of in paper.welcome],
        "signatures": paper.signatures,
    }


def _read(value: dict[str, Any]) -> Paper:
    """A paper from its JSON."""
    signers, welcome = (
        tuple(Signers(of["whose"], tuple(of["keys"]), int(of["threshold"])) for of in value[name])
        for name in ("signers", "welcome")
    )
    signatures = {str(key): str(made) for key, made in value["signatures"].items()}
    return Paper(value["role"], value["message"], bytes.fromhex(value["to_sign"]), signers, welcome, signatures)
