"""LightGBM's trees on the mixer's shortlists: by lambdarank, which stand alone, or by the listwise loss, which correct.

Burges 2010, "From RankNet to LambdaRank to LambdaMART: An Overview". Trees that correct begin at log_mix and learn from
the cross-entropy of the softmax over the shortlist, as the networks do:

    gradient of a row's score = p - y,        second derivative = p (1 - p)

so what they say is in nats and can be weighed with what networks say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.errors import HeldOutError
from foretap_models.hyperparameters import Trees
from foretap_models.learn.corrector import Size, of_trees
from foretap_models.learn.rows import is_target, names, outputs, rows, shortlists, stopping_split
from foretap_models.learn.train import SEED_LIMIT
from foretap_models.progress import Progress, on_stderr

PLACES = 8
"""The first places whose order counts: suggestions are three to five."""

LEAST_BEND = 1e-6
"""The least second derivative: a leaf divides by their sum."""


@dataclass(frozen=True)
class LightGbm:
    """Trees of LightGBM.

    Attributes:
        booster: the trees.
        anchored: whether they were grown to correct the mixer.
    """

    booster: lightgbm.Booster
    anchored: bool = False

    def outputs(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """See `Corrector`."""
        return outputs(scores(self.booster, dataset, at))

    def size(self) -> Size:
        """See `Corrector`."""
        leaves = sum(tree["num_leaves"] for tree in self.booster.dump_model()["tree_info"])
        return of_trees(leaves, self.booster.num_trees(), "lightgbm")

    def one(self, dataset: Dataset, query: int) -> Callable[[], Any]:
        """See `Corrector`."""
        ready = rows(dataset, np.array([query]))
        return lambda: self.booster.predict(ready, num_threads=1)


def fit(
    dataset: Dataset,
    at: np.ndarray,
    config: Trees,
    seed: int,
    progress: Progress = on_stderr,
    *,
    anchored: bool = False,
) -> lightgbm.Booster:
    """Grows trees on some queries, all of which have their target in the shortlist.

    Args:
        dataset: of the queries.
        at: queries, int64 [n].
        config: how; where it has patience, the number of trees is found on a part of the people, and then everyone is
            learned from.
        seed: of everything random.
        progress: shown once.
        anchored: whether they begin at log_mix and learn from the listwise loss; lambdarank otherwise.

    Raises:
        HeldOutError: there are no queries, or too few people to stop the growing on.
    """
    if len(at) == 0:
        raise HeldOutError("no queries to learn from")
    ranking = {"objective": "lambdarank", "lambdarank_truncation_level": PLACES}
    parameters = ({"objective": _listwise} if anchored else ranking) | {
        "num_leaves": config.leaves,
        "learning_rate": config.learning_rate,
        "min_data_in_leaf": config.least_rows_a_leaf,
        "feature_fraction": config.feature_share,
        "lambda_l1": config.l1,
        "lambda_l2": config.l2,
        "num_threads": config.threads,
        "seed": seed % SEED_LIMIT,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    rounds = config.rounds
    if config.patience:
        learned_from, stopped_on = stopping_split(dataset, at)
        data = _data(dataset, learned_from, anchored=anchored)
        stopping = lightgbm.early_stopping(config.patience, verbose=False)
        judged = {"metric": "ndcg", "eval_at": [3]}
        held_out = _data(dataset, stopped_on, data, anchored=anchored)
        grown = lightgbm.train(parameters | judged, data, rounds, valid_sets=[held_out], callbacks=[stopping])
        rounds = max(1, grown.best_iteration)
    progress(f"lightgbm: {rounds} trees of {config.leaves} leaves on {len(at)} queries")
    return lightgbm.train(parameters, _data(dataset, at, anchored=anchored), rounds)


def scores(trees: lightgbm.Booster, dataset: Dataset, at: np.ndarray) -> np.ndarray:
    """The trees' scores of some queries, float64 [n, 32], -inf where there is no candidate."""
    return shortlists(dataset, at, np.asarray(trees.predict(rows(dataset, at))))


def _listwise(scores: np.ndarray, data: lightgbm.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and second derivative of the listwise loss by the score of each row, log_mix included."""
    sizes = np.asarray(data.get_group())
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    odds = np.exp(scores - np.repeat(np.maximum.reduceat(scores, first), sizes))
    p = odds / np.repeat(np.add.reduceat(odds, first), sizes)
    return p - data.get_label(), np.maximum(p * (1.0 - p), LEAST_BEND)


def _data(
    dataset: Dataset, at: np.ndarray, reference: lightgbm.Dataset | None = None, *, anchored: bool
) -> lightgbm.Dataset:
    """Queries as LightGBM takes them, binned as the reference is, where there is one."""
    of_rows = rows(dataset, at)
    return lightgbm.Dataset(
        of_rows,
        is_target(dataset, at),
        reference=reference,
        group=dataset.queries.candidates[at],
        init_score=of_rows[:, -1].astype(np.float64) if anchored else None,
        feature_name=names(dataset),
        free_raw_data=True,
    )
