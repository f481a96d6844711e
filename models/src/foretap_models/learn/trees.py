"""The ranker that the network is compared with: LightGBM's lambdarank on the same queries and the same shortlists."""

from __future__ import annotations

import lightgbm
import numpy as np

from foretap_models.config import Trees
from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import SHORTLIST
from foretap_models.learn.inputs import chunks
from foretap_models.learn.train import SEED_LIMIT
from foretap_models.progress import Progress, on_stderr


def fit(dataset: Dataset, at: np.ndarray, config: Trees, seed: int, progress: Progress = on_stderr) -> lightgbm.Booster:
    """Trains trees on some queries, all of which have their target in the shortlist."""
    q = dataset.queries
    rows = np.concatenate([_rows(dataset, chunk) for _, chunk in chunks(at)])
    is_target = (np.arange(SHORTLIST) == q.target[at][:, None])[q.is_candidate()[at]]
    data = lightgbm.Dataset(rows, is_target.astype(np.int8), group=q.candidates[at], free_raw_data=True)
    parameters = {
        "objective": "lambdarank",
        "lambdarank_truncation_level": 8,
        "num_leaves": config.leaves,
        "learning_rate": config.learning_rate,
        "min_data_in_leaf": config.least_rows_a_leaf,
        "feature_fraction": config.feature_share,
        "num_threads": config.threads,
        "seed": seed % SEED_LIMIT,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    progress(f"trees: {config.rounds} of {config.leaves} leaves on {len(rows)} rows")
    return lightgbm.train(parameters, data, config.rounds)


def scores(trees: lightgbm.Booster, dataset: Dataset, at: np.ndarray) -> np.ndarray:
    """The trees' scores of some queries, float64 [n, 32], -inf where there is no candidate."""
    found = np.full((len(at), SHORTLIST), -np.inf)
    is_candidate = dataset.queries.is_candidate()[at]
    for part, chunk in chunks(at):
        found[part][is_candidate[part]] = np.asarray(trees.predict(_rows(dataset, chunk)))
    return found


def _rows(dataset: Dataset, at: np.ndarray) -> np.ndarray:
    """The candidates of some queries, float32 [rows, F + 1]: their features and log_mix."""
    is_candidate = dataset.queries.is_candidate()[at]
    log_mix = dataset.queries.log_mix[at][is_candidate]
    return np.concatenate([dataset.features[at][is_candidate], log_mix[:, None]], axis=1)
