"""What the phones' noisy answers say together: the shares of the true ones, with how far that is certain.

An answer is the true one with the chance p and each other one with the chance q = (1 - p) / (answers - 1) (randomised
response, `foretap_core::privacy`). Of a share s of true answers, q + s (p - q) of the given ones are expected, so

    s = (given - q) / (p - q)        unbiased; a small share can come out below 0

The intervals take the reports of one name, those of a phone in a week, as one draw. A phone's reports of different
weeks cannot be told from those of others, so what spans weeks is a little less certain than it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from foretap_models.data.uploads.reports import Reports
from foretap_models.data.uploads.schema import Question, Schema

NORMAL_95 = 1.959964
"""Standard deviations to either side that hold 95 % of a normal distribution."""

EVERYTHING = "all"
"""The name of all reports together."""

NO_MODEL = "no model"
"""The name of those where no model answered that others have as well."""


@dataclass(frozen=True)
class Share:
    """The share of a true answer, and its 95 % interval, from 0 to 1 but for chance."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Group:
    """Reports of a kind.

    Attributes:
        name: `all`, a model, or a week as `2026-W48`.
        week: the number of the week, where it is one; `None` otherwise.
        reports: how many.
        phones: that sent them, in the week of the most.
        shares: of every answer to every question; of one that nobody was asked yet none.
    """

    name: str
    week: int | None
    reports: int
    phones: int
    shares: tuple[tuple[Share, ...], ...]


@dataclass(frozen=True)
class Fleet:
    """What is known.

    Attributes:
        questions: that were asked.
        groups: all, then models, the most reported first, then weeks; those with enough phones.
        withheld: groups with fewer, of which nothing is told.
        least_phones: that are enough.
    """

    questions: tuple[Question, ...]
    groups: tuple[Group, ...]
    withheld: int
    least_phones: int

    @property
    def weeks(self) -> list[Group]:
        """The weeks among the groups."""
        return [group for group in self.groups if group.week is not None]


def fleet(reports: Reports, schema: Schema, least_phones: int) -> Fleet:
    """Estimates the shares, of all reports, of each model and of each week.

    Args:
        reports: that were read.
        schema: what they mean.
        least_phones: with fewer in any week, nothing of a group is told.
    """
    _, name = np.unique(reports.pseudonym, axis=0, return_inverse=True)
    names = name.reshape(-1)
    models, count = np.unique(reports.model, return_counts=True)
    by_count = models[np.lexsort((models, -count))].tolist()
    wanted = [(EVERYTHING, None, np.ones(len(reports), bool))]
    wanted += [(f"model {model}" if model else NO_MODEL, None, reports.model == model) for model in by_count]
    wanted += [(in_words(week), week, reports.week == week) for week in np.unique(reports.week).tolist()]
    groups, withheld = [], 0
    for title, week, at in wanted:
        phones = _phones(names[at], reports.week[at])
        if phones < least_phones:
            withheld += 1
            continue
        shares = tuple(
            estimated(reports.answers[at, place], names[at], question)
            for place, question in enumerate(schema.questions)
        )
        groups.append(Group(title, week, int(at.sum()), phones, shares))
    return Fleet(schema.questions, tuple(groups), withheld, least_phones)


def estimated(answers: np.ndarray, names: np.ndarray, question: Question) -> tuple[Share, ...]:
    """The share of each true answer; none where nothing was answered.

    Args:
        answers: int [n], as given; below 0 where there is none.
        names: int [n], the same number for what one phone gave in one week.
        question: that was answered.
    """
    given = answers >= 0
    answers, names = answers[given], np.unique(names[given], return_inverse=True)[1]
    n, phones = len(answers), int(names.max(initial=-1)) + 1
    if n == 0:
        return ()
    p = question.truth_share
    q = (1.0 - p) / (len(question.answers) - 1)
    found = []
    for answer in range(len(question.answers)):
        is_it = (answers == answer).astype(np.float64)
        mean = float(is_it.mean())
        of_phones = np.bincount(names, is_it - mean, phones)
        variance = float(np.square(of_phones).sum()) / n**2 * phones / max(phones - 1, 1)
        share, half = (mean - q) / (p - q), NORMAL_95 * variance**0.5 / (p - q)
        found.append(Share(share, share - half, share + half))
    return tuple(found)


def in_words(week: int) -> str:
    """As `2026-W48`."""
    return f"{week // 100}-W{week % 100:02}"


def table(found: Fleet) -> str:
    """All of it as Markdown, in percent."""
    lines = []
    for place, question in enumerate(found.questions):
        lines += [f"{question.name}: {question.asks}; epsilon {question.epsilon:g} an answer", ""]
        lines += [f"| | reports | phones | {' | '.join(question.answers)} |"]
        lines += ["| --- |" + " --- |" * (2 + len(question.answers))]
        lines += [f"| {' | '.join(row)} |" for row in rows(found.groups, place)] + [""]
    return "\n".join([*lines, withheld(found)])


def rows(groups: Sequence[Group], question: int) -> list[list[str]]:
    """The cells of a question's table: group, reports, phones, then each share in percent with its interval."""
    return [
        [
            group.name,
            f"{group.reports:,}",
            f"{group.phones:,}",
            *(f"{100 * s.share:.1f} [{100 * s.low:.1f}, {100 * s.high:.1f}]" for s in group.shares[question]),
        ]
        for group in groups
        if group.shares[question]
    ]


def withheld(found: Fleet) -> str:
    """What is not told."""
    shown = "percent of the true answers, with 95 % intervals"
    if not found.withheld:
        return f"{shown}; every group has {found.least_phones} phones or more in one week"
    groups = "1 group is" if found.withheld == 1 else f"{found.withheld} groups are"
    return f"{shown}; {groups} not told, with fewer than {found.least_phones} phones in any week"


def _phones(names: np.ndarray, weeks: np.ndarray) -> int:
    """How many phones sent these reports, in the week of the most; a name is a phone's for one week."""
    pairs = np.unique(np.stack([weeks, names], axis=1), axis=0)
    return int(np.unique(pairs[:, 0], return_counts=True)[1].max(initial=0))
