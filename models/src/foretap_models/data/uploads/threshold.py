"""Which values may be learned from: those that so many phones sent at least.

Nobody can tell which samples are of one phone, but a phone draws no more than a few a day, and seven times as many a
week. A value that more samples of ONE week show than k - 1 phones can have drawn in it was seen by k phones at least.
The week is the one that a sample says it was drawn in. The day on which the receiver took it would not do: a phone that
was out of reach hands over two weeks at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from foretap_models.errors import TooFewPhonesError


@dataclass(frozen=True)
class Threshold:
    """The rule.

    Attributes:
        phones: that must have shown a value at least.
        samples_a_week: the most that a phone draws in one of its weeks.
    """

    phones: int
    samples_a_week: int

    @property
    def least_samples(self) -> int:
        """Of one week, of which so many phones at least must have drawn one."""
        return (self.phones - 1) * self.samples_a_week + 1

    def is_met(self, most: np.ndarray) -> np.ndarray:
        """Whether values are shown by enough phones.

        Args:
            most: int, in how many samples of one week each is shown, in the week that shows it most.
        """
        return most >= self.least_samples


@dataclass(frozen=True)
class Merged:
    """What became of the bins of F features, B at most.

    Attributes:
        into: uint8 [F, B], the bin that each stands for now.
        is_met: bool [F, B], which of them were shown by enough phones.
        samples: int64 [F, B], in how many samples each is shown.
    """

    into: np.ndarray
    is_met: np.ndarray
    samples: np.ndarray

    def changed(self, feature: int) -> list[int]:
        """The bins of a feature that some sample shows, and that were merged into another."""
        here = np.arange(self.into.shape[1])
        return np.flatnonzero((self.into[feature] != here) & (self.samples[feature] > 0)).tolist()


def shown(bins: np.ndarray, most_bins: int) -> np.ndarray:
    """Which bins some candidate of a sample shows, bool [n, F, B].

    Args:
        bins: uint8 [n, candidates, F].
        most_bins: B.
    """
    return (bins[..., None] == np.arange(most_bins)).any(1)


def merged(weekly: Mapping[int, np.ndarray], counts: np.ndarray, names: tuple[str, ...], rule: Threshold) -> Merged:
    """Bins that too few phones show go into the nearest one that enough show; of two as near, the more common one.

    Args:
        weekly: of each week int64 [F, B], how many of its samples show a bin.
        counts: int64 [F], how many bins each feature has.
        names: of the features.
        rule: what is enough.

    Raises:
        TooFewPhonesError: a feature has no bin that enough phones show.
    """
    of_weeks = np.stack(list(weekly.values()))
    most, total = of_weeks.max(0), of_weeks.sum(0)
    is_met = rule.is_met(most)
    missing = [names[at] for at in np.flatnonzero(~is_met.any(1))]
    if missing:
        best = int(most[names.index(missing[0])].max())
        raise TooFewPhonesError(
            f"{len(missing)} of {len(names)} features, {missing[0]} first, have no value that {rule.phones} phones are "
            f"sure to have shown: that takes {rule.least_samples:,} samples of one week with the same value, and the "
            f"most there are is {best:,}"
        )
    into = np.tile(np.arange(most.shape[1], dtype=np.uint8), (len(names), 1))
    for feature, (met, common) in enumerate(zip(is_met, total, strict=True)):
        kept = np.flatnonzero(met)
        for bin_ in range(int(counts[feature])):
            into[feature, bin_] = min(kept, key=lambda other: (abs(int(other) - bin_), -common[other], other))
    return Merged(into, is_met, total)


def common(weeks: np.ndarray, columns: Mapping[str, np.ndarray], rule: Threshold) -> tuple[np.ndarray, dict[str, int]]:
    """Which samples have nothing but values that enough phones show, bool [n], and how many went by each column.

    A sample that goes is missing from the counts of its other values, so this is done until no more go.

    Args:
        weeks: int [n], of the samples.
        columns: int [n] each.
        rule: what is enough.
    """
    kept = np.ones(len(weeks), bool)
    gone = dict.fromkeys(columns, 0)
    while True:
        before = int(kept.sum())
        for name, values in columns.items():
            pairs, of, count = np.unique(
                np.stack([values[kept], weeks[kept]], axis=1), axis=0, return_inverse=True, return_counts=True
            )
            met = np.unique(pairs[rule.is_met(count), 0])
            rare = kept.copy()
            rare[kept] = ~np.isin(pairs[of.reshape(-1), 0], met)
            gone[name] += int(rare.sum())
            kept &= ~rare
        if int(kept.sum()) == before:
            return kept, gone
