"""Who counts where models are judged, and why nobody does: the rule of `foretap judge`, to be said in words.

No figure is made here. A test holds what is counted to what `foretap judge` finds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import MOMENTS
from foretap_models.hyperparameters import SCORED_FROM
from foretap_models.judge.figures import Part
from foretap_models.provenance import SIMULATED, UPLOADS

LEAST_OPENINGS = 200
"""In the whole log of a person who counts."""

LEAST_QUERIES = 30
"""Of a moment, in the part that is judged, of a person who counts at it."""

TESTED_FROM = 0.85
"""The share of a person's openings from which on the test part begins, and before which validation ends."""

WORDS: dict[Part, str] = {
    "all": "all of their log",
    "scored": "the last 30 % of their openings",
    "validation": "their openings between 70 and 85 %",
    "test": "the last 15 % of their openings",
}
"""The parts, as they are said."""


@dataclass(frozen=True)
class Panel:
    """The people of a fold, at one kind of moment.

    Attributes:
        moment: its name.
        people: who count.
        left_out: who were asked, and have too few openings or queries.
        queries: of those who count.
        most_queries: that anybody has in the part.
        most_openings: that anybody has in all.
    """

    moment: str
    people: int
    left_out: int
    queries: int
    most_queries: int
    most_openings: int

    @classmethod
    def of(cls, dataset: Dataset, at: np.ndarray, part: Part) -> list[Panel]:
        """Of each moment that is asked about in some queries, int64 [n]."""
        q = dataset.queries
        held = _held(part, q.opening[at], q.openings[at])
        made = []
        for number, name in enumerate(MOMENTS):
            asked = q.moment[at] == number
            people, of = np.unique(q.person[at][asked], return_inverse=True)
            if len(people) == 0:
                continue
            queries = np.bincount(of, held[asked], len(people)).astype(np.int64)
            openings = np.zeros(len(people), np.int64)
            openings[of] = q.openings[at][asked]
            counts = (queries >= LEAST_QUERIES) & (openings >= LEAST_OPENINGS)
            total, left_out = int(queries[counts].sum()), int((~counts).sum())
            made.append(cls(name, int(counts.sum()), left_out, total, int(queries.max()), int(openings.max())))
        return made


def who_counts(panels: Sequence[Panel]) -> str:
    """Who counts at each moment, in words: these are the numbers that a table's totals add up from."""
    said = []
    for of in panels:
        left_out = f" ({of.left_out} left out)" if of.left_out else ""
        said.append(f"{of.moment} {counted(of.queries, 'query')} of {counted(of.people, 'person')}{left_out}")
    return "; ".join(said) or "nobody"


def why_nobody(panels: Sequence[Panel], part: Part, of_all: Sequence[Panel], kinds: Collection[str]) -> str:
    """Why nobody counts, and what to do.

    Args:
        panels: of all folds, in the part that was judged.
        part: which it was.
        of_all: of all folds, in all that is scored.
        kinds: of the sources: of a simulated lake's scored queries there are never more.
    """
    needs = (
        f"nobody has enough queries to be judged on: a person counts at a moment with {LEAST_QUERIES} queries of it in "
        f"{WORDS[part]}, and {LEAST_OPENINGS} openings in all"
    )
    if not panels:
        return f"{needs}; nobody of these folds was asked anything"
    most: dict[str, int] = {}
    for of in panels:
        most[of.moment] = max(most.get(of.moment, 0), of.most_queries)
    has = ", ".join(f"{queries} of {moment}" for moment, queries in most.items())
    has += f", and {max(of.most_openings for of in panels)} openings"
    helps = []
    people = max((of.people for of in of_all), default=0)
    if people and part != "scored":
        helps.append(f"to judge without --part, where {counted(people, 'person')} would count")
    if UPLOADS in kinds:
        helps.append("more samples: people are panels of them here")
    elif SIMULATED in kinds:
        helps.append(
            "people of a log, since a simulated lake keeps no more scored queries of a person however long it is"
        )
    else:
        helps.append(
            "more days of each person's log" + ("" if people or part == "scored" else ", without --part as well")
        )
    return f"{needs}; the most that anybody has: {has}. What helps: {'; or '.join(helps)}"


def counted(number: int, what: str) -> str:
    """How many of what."""
    plural = {"person": "people", "query": "queries"}.get(what, f"{what}s")
    return f"{number:,} {what if number == 1 else plural}"


def _held(part: Part, opening: np.ndarray, openings: np.ndarray) -> np.ndarray:
    """Which questions, asked before these openings of so many, are in a part, bool [n]."""
    first, last = ((share * openings).astype(np.int64) for share in (SCORED_FROM, TESTED_FROM))
    if part == "all":
        return np.ones(len(opening), bool)
    return (opening >= (last if part == "test" else first)) & ((part != "validation") | (opening < last))
