"""Made-up people, openings and features, with the structure of the real file: nobody's data.

Every query has a full list of candidates; the file gets the mixer's first 32, whether or not the target is among them.
The target is drawn from softmax(log_mix + truth(features)), so that there is something to learn, and how much is known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from foretap_models.data.features_file import COLUMNS, FOLDS, HISTORY, SHORTLIST
from foretap_models.data.lake import Lake, shard_of
from foretap_models.data.past import LAST_RANK, LONGEST_GAP, OPENINGS, SESSION, WEEKEND
from foretap_models.data.place import Place

FEATURES = 74
"""As many as the core has, so that `foretap` takes the bundles."""

NAMES = tuple(
    [f"count_{i}" for i in range(20)]  # logs of counts: skewed, not negative
    + [f"share_{i}" for i in range(20)]  # 0..1
    + [f"flag_{i}" for i in range(8)]  # 0 or 1; the last is never 1
    + [f"age_{i}" for i in range(12)]  # heavy tails
    + [f"context_{i}" for i in range(14)]  # the same for all candidates of a query; the last two tell the moment
)
TIMES = np.concatenate([np.arange(24), WEEKEND + np.arange(24)])
SCHEMA = "5c" * 32
LOG = "109" + "0" * 61
FIRST_DAY = date(2026, 1, 5)
START_WEIGHTS = "# kind\tmoment\tname\tvalue\nweight\tnext\tmarkov\t0.5\n"


Columns = dict[str, np.ndarray]
"""Columns of a features file, one value a row; `history` is uint8 [rows, 96]."""


@dataclass(frozen=True)
class Query:
    """A query with all its candidates, in the mixer's order: log_mix [n], features [n, F], target 0..n-1 or -1.

    Its past: history uint8 [32, 3], recency [n], the gap and the time of the query.
    """

    person: int
    moment: int
    log_mix: np.ndarray
    features: np.ndarray
    target: int
    is_training: bool
    is_scored: bool
    history: np.ndarray
    recency: np.ndarray
    gap: int
    time: int
    opening: int = 0
    openings: int = 500
    day: int = 0


def truth(features: np.ndarray) -> np.ndarray:
    """What the mixer does not know, nats [n], from features [n, F]; not linear."""
    count, share, flag, context = features[:, 0], features[:, 20], features[:, 40], features[:, 60]
    return 2.0 * np.tanh(count - 1.0) + 2.0 * (share - 0.5) * (1.0 + 0.5 * np.sign(context)) - 1.0 * flag * share


def query(rng: np.random.Generator, person: int, moment: int, training: bool, scored: bool) -> Query:
    """One query of 3 to 60 candidates; one in fifty is answered by an item that is no candidate."""
    n = int(rng.integers(3, 60))
    score = np.sort(rng.normal(0.0, 1.6, n))[::-1]
    log_mix = (score - np.log(np.exp(score).sum())).astype(np.float32)
    features = np.empty((n, FEATURES), np.float32)
    features[:, :20] = np.log1p(rng.poisson(3.0 * rng.random(20) + 0.5, (n, 20)))
    features[:, 20:40] = rng.beta(0.8, 1.2, (n, 20))
    features[:, 40:48] = rng.random((n, 8)) < 0.3
    features[:, 47] = 0.0
    features[:, 48:60] = rng.lognormal(1.0, 1.5, (n, 12))
    features[:, 60:72] = rng.normal(0.0, 1.0, 12)
    features[:, 72:] = (moment == 1, moment == 2)
    features[:, 1] = log_mix
    score = log_mix + truth(features)
    p = np.exp(score - score.max())
    target = -1 if rng.random() < 0.02 else int(rng.choice(n, p=p / p.sum()))
    # Of a stream of its own: what is above stays the same whatever is drawn here.
    of_past = np.random.default_rng([person, moment, n])
    return Query(
        person=person,
        moment=moment,
        log_mix=log_mix,
        features=features,
        target=target,
        is_training=training,
        is_scored=scored,
        history=history(of_past),
        recency=of_past.permutation(n),
        gap=0 if moment == 0 else int(of_past.integers(0, LONGEST_GAP + 1)),
        time=int(of_past.choice(TIMES)),
    )


def history(rng: np.random.Generator) -> np.ndarray:
    """The last openings, uint8 [32, 3]: between none and 32 of them."""
    made = np.zeros((OPENINGS, 3), np.uint8)
    n = int(rng.integers(0, OPENINGS + 1))
    ranks = np.minimum(rng.geometric(0.3, n), LAST_RANK)
    times = rng.choice(TIMES, n) + SESSION * (rng.random(n) < 0.3)
    made[OPENINGS - n :] = np.stack([ranks, rng.integers(0, LONGEST_GAP + 1, n), times], axis=1)
    return made


def people(seed: int, count: int = 10, training: int = 30, scored: int = 40) -> list[Query]:
    """Queries of some people: so many to learn from before their first openings, so many scored before their last."""
    rng = np.random.default_rng(seed)
    made = (
        (at, query(rng, person, moment, training=at < training, scored=at >= training))
        for person in range(count)
        for moment in range(3)
        for at in range(training + scored)
    )
    return [
        replace(q, opening=at if q.is_training else q.openings - training - scored + at, day=at // 5) for at, q in made
    ]


def rows(queries: list[Query]) -> Columns:
    """The columns of the file: the mixer's first 32 of every query."""
    columns: dict[str, list[np.ndarray]] = {name: [] for name in COLUMNS}
    features = []
    for number, q in enumerate(queries):
        n = min(SHORTLIST, len(q.log_mix))
        values = {
            "person": q.person,
            "fold": q.person % FOLDS,
            "moment": q.moment,
            "query": number,
            "opening": q.opening,
            "openings": q.openings,
            "is_training": q.is_training,
            "is_scored": q.is_scored,
            "place": np.arange(n),
            "is_target": np.arange(n) == q.target,
            "mixer_rank": q.target + 1,
            "log_mix": q.log_mix[:n],
            "day": q.day,
            "recency": q.recency[:n],
            "gap": q.gap,
            "time": q.time,
        }
        for name, value in values.items():
            columns[name].append(np.broadcast_to(value, n))
        columns["history"].append(np.broadcast_to(q.history.reshape(-1), (n, 3 * OPENINGS)))
        features.append(q.features[:n])
    types = {name: kind.to_pandas_dtype() for name, kind in COLUMNS.items()} | {"history": np.uint8}
    made = {name: np.concatenate(parts).astype(types[name]) for name, parts in columns.items()}
    stacked = np.concatenate(features)
    return made | {name: stacked[:, at] for at, name in enumerate(NAMES)}


def write(path: Path, columns: Columns, **metadata: str) -> Path:
    """Writes columns as a features file; `metadata` replaces values of the key-value metadata."""
    about = {
        "feature_schema": SCHEMA,
        "log_sha256": LOG,
        "shortlist": str(SHORTLIST),
        "history": HISTORY,
    } | metadata
    arrays = {
        name: pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(column.shape[1]), len(column), [None, pa.py_buffer(np.ascontiguousarray(column))]
        )
        if column.ndim == 2
        else column
        for name, column in columns.items()
    }
    table = pa.table(arrays).replace_schema_metadata({f"foretap.{key}": value for key, value in about.items()})
    pq.write_table(table, path, compression="zstd", row_group_size=5_000)
    return path


def file(folder: Path, queries: list[Query], name: str = "features.parquet") -> Path:
    """Writes queries as a features file."""
    return write(folder / name, rows(queries))


def lake(place: Place, queries: list[Query], shards: int, *, is_simulated: bool = False) -> Lake:
    """Writes queries as a lake: their days are those from `FIRST_DAY` on."""
    made = Lake.create(place, shards)
    if is_simulated:  # as `foretap lake` says it
        about = json.loads((place / "lake.json").read())
        (place / "lake.json").write(json.dumps({**about, "simulated": {"users": 8, "seed": 1}}).encode())
        made = Lake.open(place)
    for day in sorted({q.day for q in queries}):
        for shard in range(shards):
            there = [q for q in queries if q.day == day and shard_of(q.person, shards) == shard]
            if there:
                with TemporaryDirectory() as folder:
                    made.add(file(Path(folder), there).read_bytes(), FIRST_DAY + timedelta(days=day), shard)
    return made


CONFIG = """
[quality]
most_duplicates = 0.0
most_without_target = 0.5
fewest_queries = 5
most_people_with_few = 0.1
most_at_the_cut = 0.1

[training]
hidden = [64, 32]
epochs = 4
batch = 64
learning_rate = 4e-3
warm_up = 10
final_share = 0.01
weight_decay = 0.1

[[dropout]]
rate = 0.1
columns = ["age_*", "flag_?"]

[inner]
folds = 4
rounds = 2

[quantisation]
percentile = 99.99

[attention]
width = 16
heads = 2
blocks = 1
feed_forward = 16
drop = 0.0
epochs = 4
batch = 64
learning_rate = 4e-3
warm_up = 10
final_share = 0.01
weight_decay = 0.1

[sequence]
width = 16
heads = 2
blocks = 1
feed_forward = 16
drop = 0.0
epochs = 4
batch = 64
learning_rate = 4e-3
warm_up = 10
final_share = 0.01
weight_decay = 0.1

[lstm]
width = 16
state = 16
drop = 0.1
epochs = 4
batch = 64
learning_rate = 4e-3
warm_up = 10
final_share = 0.01
weight_decay = 0.1

[hour_gated]
width = 16
heads = 2
blocks = 1
feed_forward = 16
drop = 0.0
epochs = 4
batch = 64
learning_rate = 4e-3
warm_up = 10
final_share = 0.01
weight_decay = 0.1

[online]
rate = 0.2
pull = 0.0

[trees]
rounds = 30
leaves = 15
learning_rate = 0.1
least_rows_a_leaf = 20
feature_share = 0.7
l1 = 0.0
l2 = 0.0
patience = 0
threads = 1

[listwise_trees]
rounds = 30
leaves = 15
learning_rate = 0.1
least_rows_a_leaf = 20
feature_share = 0.7
l1 = 0.0
l2 = 0.0
patience = 0
threads = 1

[boosted]
objective = "rank:ndcg"
rounds = 30
depth = 4
learning_rate = 0.2
least_weight_a_leaf = 1.0
row_share = 1.0
feature_share = 0.7
l1 = 0.0
l2 = 1.0
patience = 0
threads = 1

[distil]
teachers = ["lightgbm", "mlp", "mlp"]
folds = 3
share = 0.5
temperature = 2.0

[pruning]
left = 0.3
stages = 3
epochs = 1
learning_rate = 1e-3

[hybrid]
tolerance = 2e-3
thresholds = 10

[tune]
ends = [0.4, 0.7]
people = 2
queries = 400

[[importance]]
name = "counts"
columns = ["count_*"]

[[importance]]
name = "ages"
columns = ["age_*"]

[bundle]
name = "synthetic"
version = "1"
logs = ["1090000000000000000000000000000000000000000000000000000000000000"]

[card]
learned_from = "people who never lived"
licence = "nobody's"
limits = "says nothing about anyone"

[gates]
hr3_margin = 0.5
ece_limit = 0.05

[pipeline]
judged_folds = [0]
tune_trials = 0
distil = false
prune = false
retries = 2
backoff_s = 5.0

[triggers]
interval_days = 30.0
new_queries = 1000
drift_limit = 0.25
"""
