"""k-means in one dimension: of sorted values it needs neither distances to every mean nor luck.

The best clusters of sorted values are stretches of them, so that sums from the first value on give the cost of any
stretch at once (Wang and Song 2011, "Ckmeans.1d.dp"). Up to `MOST_POINTS` distinct values and `MOST_EXACT` clusters the
result is the best there is. Of more values stretches stand for their values first, half of them of equal count and half
of equal width, so that a long tail is not one of them; what is best for these is then improved on all values (Lloyd),
where a step is a look-up a cluster. Nothing is random: the same values give the same means.
"""

from __future__ import annotations

import numpy as np

MOST_POINTS = 1_024
"""Stretches of values among which the best clusters are sought: 8 MB of costs."""

MOST_EXACT = 256
"""Clusters up to which they are sought among all; more are begun where values are dense, and improved alone."""

STEPS = 300
"""Of improvement, at most; they end when no cluster changes."""


def means(values: np.ndarray, clusters: int) -> np.ndarray:
    """The means of the clusters of some values, float64, ascending; fewer where there are fewer distinct values.

    Args:
        values: float [n], at least one.
        clusters: at least 1.
    """
    points, counts = np.unique(values.astype(np.float64), return_counts=True)
    if clusters >= len(points):
        return points
    sums = _Sums(points, counts)
    starts = _best(points, counts, clusters) if clusters <= MOST_EXACT else _dense(points, counts, clusters)
    found = sums.means(starts)
    for _ in range(STEPS):
        halfway = found[:-1] + (found[1:] - found[:-1]) * 0.5
        moved = np.unique(np.concatenate([[0], np.searchsorted(points, halfway, side="right")]))
        if np.array_equal(moved, starts):
            break
        starts, found = moved, sums.means(moved)
    return found


class _Sums:
    """Sums over sorted points from the first one on."""

    def __init__(self, points: np.ndarray, counts: np.ndarray) -> None:
        # Around the middle, where squares lose least.
        self.middle = np.average(points, weights=counts)
        around = points - self.middle
        self.count, self.total, self.square = (
            np.concatenate([[0.0], np.cumsum(counts * power)]) for power in (1.0, around, np.square(around))
        )

    def means(self, starts: np.ndarray) -> np.ndarray:
        """Of the stretches that begin at these points, the first of them at 0; none is empty."""
        ends = np.append(starts[1:], len(self.count) - 1)
        return self.middle + (self.total[ends] - self.total[starts]) / (self.count[ends] - self.count[starts])

    def costs(self) -> np.ndarray:
        """The squared distances from the mean of points i to j, float64 [m, m] at i, j; infinite where j < i."""
        count = self.count[None, 1:] - self.count[:-1, None]
        total = self.total[None, 1:] - self.total[:-1, None]
        square = self.square[None, 1:] - self.square[:-1, None]
        is_stretch = count > 0.0
        cost = square - np.square(total) / np.where(is_stretch, count, 1.0)
        return np.where(is_stretch, np.maximum(cost, 0.0), np.inf)


def _best(points: np.ndarray, counts: np.ndarray, clusters: int) -> np.ndarray:
    """Where the best clusters begin, int [clusters]; of many points, those of stretches of them."""
    of = _stretches(points, counts)
    coarse = np.add.reduceat(points * counts, of) / np.add.reduceat(counts, of)
    cost = _Sums(coarse, np.add.reduceat(counts, of)).costs()
    # best[j]: the least cost of points 0 to j in so many clusters; came[c][j]: where the last of c + 2 begins.
    best, came = cost[0], []
    for _ in range(clusters - 1):
        through = np.concatenate([[np.inf], best[:-1]])[:, None] + cost
        came.append(through.argmin(0))
        best = through.min(0)
    starts, last = [], len(coarse) - 1
    for begins in reversed(came):
        starts.append(int(begins[last]))
        last = starts[-1] - 1
    return of[np.array([0, *reversed(starts)])]


def _stretches(points: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Where at most `MOST_POINTS` stretches begin, int: half of equal count, half of equal width."""
    if len(points) <= MOST_POINTS:
        return np.arange(len(points))
    half = np.linspace(0.0, 1.0, MOST_POINTS // 2, endpoint=False)
    by_count = np.searchsorted(np.cumsum(counts), half * counts.sum(), side="right")
    by_width = np.searchsorted(points, points[0] + half * (points[-1] - points[0]))
    return np.unique(np.concatenate([by_count, by_width]))


def _dense(points: np.ndarray, counts: np.ndarray, clusters: int) -> np.ndarray:
    """Where clusters begin, int, as densely as the cube root of how dense the values are (Panter and Dite 1951)."""
    gaps = np.diff(points, append=2.0 * points[-1] - points[-2])
    share = np.cumsum(np.cbrt(counts * np.square(gaps)))
    return np.unique(np.searchsorted(share, np.linspace(0.0, share[-1], clusters, endpoint=False), side="right"))
