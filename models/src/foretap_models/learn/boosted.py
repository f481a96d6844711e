"""XGBoost's rankers on the mixer's shortlists: another growth of the trees (by level) than LightGBM's (by leaf).

Chen and Guestrin 2016, "XGBoost: A Scalable Tree Boosting System".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import xgboost

from foretap_models.data.dataset import Dataset
from foretap_models.errors import HeldOutError
from foretap_models.hyperparameters import Boosted
from foretap_models.learn.corrector import Size, of_trees
from foretap_models.learn.rows import is_target, names, outputs, rows, shortlists, stopping_split
from foretap_models.learn.train import SEED_LIMIT
from foretap_models.learn.trees import PLACES
from foretap_models.progress import Progress, on_stderr


@dataclass(frozen=True)
class XgBoost:
    """Trees of XGBoost."""

    booster: xgboost.Booster
    anchored: ClassVar[bool] = False

    def outputs(self, dataset: Dataset, at: np.ndarray) -> np.ndarray:
        """See `Corrector`."""
        return outputs(scores(self.booster, dataset, at))

    def size(self) -> Size:
        """See `Corrector`."""
        leaves = sum(tree.count("leaf=") for tree in self.booster.get_dump())
        return of_trees(leaves, self.booster.num_boosted_rounds(), "xgboost")

    def one(self, dataset: Dataset, query: int) -> Callable[[], Any]:
        """See `Corrector`."""
        ready = rows(dataset, np.array([query]))
        return lambda: self.booster.inplace_predict(ready, validate_features=False)


def fit(
    dataset: Dataset, at: np.ndarray, config: Boosted, seed: int, progress: Progress = on_stderr
) -> xgboost.Booster:
    """Grows trees on some queries, all of which have their target in the shortlist.

    Args:
        dataset: of the queries.
        at: queries, int64 [n].
        config: how; where it has patience, the number of trees is found on a part of the people, and then everyone is
            learned from.
        seed: of everything random.
        progress: shown once.

    Raises:
        HeldOutError: there are no queries, or too few people to stop the growing on.
    """
    if len(at) == 0:
        raise HeldOutError("no queries to learn from")
    parameters: dict[str, Any] = {
        "objective": config.objective,
        "lambdarank_pair_method": "topk",
        "lambdarank_num_pair_per_sample": PLACES,
        "max_depth": config.depth,
        "learning_rate": config.learning_rate,
        "min_child_weight": config.least_weight_a_leaf,
        "subsample": config.row_share,
        "colsample_bytree": config.feature_share,
        "reg_alpha": config.l1,
        "reg_lambda": config.l2,
        "tree_method": "hist",
        "nthread": config.threads,
        "seed": seed % SEED_LIMIT,
        "verbosity": 0,
    }
    rounds = config.rounds
    if config.patience:
        learned_from, stopped_on = stopping_split(dataset, at)
        data = _data(dataset, learned_from, config.threads)
        grown = xgboost.train(
            parameters | {"eval_metric": "ndcg@3"},
            data,
            rounds,
            evals=[(_data(dataset, stopped_on, config.threads, data), "held_out")],
            early_stopping_rounds=config.patience,
            verbose_eval=False,
        )
        rounds = grown.best_iteration + 1
    progress(f"xgboost: {rounds} trees of depth {config.depth} on {len(at)} queries")
    return xgboost.train(parameters, _data(dataset, at, config.threads), rounds)


def scores(trees: xgboost.Booster, dataset: Dataset, at: np.ndarray) -> np.ndarray:
    """The trees' scores of some queries, float64 [n, 32], -inf where there is no candidate."""
    found = trees.predict(xgboost.DMatrix(rows(dataset, at), feature_names=names(dataset)))
    return shortlists(dataset, at, found)


def _data(
    dataset: Dataset, at: np.ndarray, threads: int, reference: xgboost.QuantileDMatrix | None = None
) -> xgboost.QuantileDMatrix:
    """Queries as XGBoost takes them, binned as the reference is, where there is one."""
    return xgboost.QuantileDMatrix(
        rows(dataset, at),
        is_target(dataset, at),
        group=dataset.queries.candidates[at],
        feature_names=names(dataset),
        nthread=threads,
        ref=reference,
    )
