"""From samples to features files: each is a query of two candidates, of which one was opened.

A bin that was said becomes the value that is on average over the noise the centre of the true one (`Schema.values`). A
value on its own is therefore trusted too little rather than too much, and what several say alike is what it is on the
phone, where there is no noise. The mixer's log-probability is decoded like the feature that says the same, so that the
correction which is learned beside it is one for the phone as well; it is scaled to the two.

Three passes over the files: what is in them, which of their values enough phones show, and the writing. What is written
is read and checked again as any features file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from foretap_models.data.block import Block
from foretap_models.data.features_file import FOLDS, SHORTLIST, FeaturesFile, Queries, Split
from foretap_models.data.partition import Origin
from foretap_models.data.past import CANDIDATES, LONGEST_GAP, OPENINGS, WEEKEND, Past
from foretap_models.data.place import Place
from foretap_models.data.uploads.lake import UploadsFile
from foretap_models.data.uploads.panels import Panels, first_of_name
from foretap_models.data.uploads.samples import PARTS_OF_DAY, ROWS, Heads, Samples
from foretap_models.data.uploads.schema import GAP, Schema
from foretap_models.data.uploads.threshold import Merged, Threshold, common, merged, shown
from foretap_models.data.versions import LEAST_PHONES_KIND
from foretap_models.engine.engine import Engine
from foretap_models.errors import UploadsError

LOG = hashlib.sha256(b"foretap uploads").hexdigest()
"""What stands for the log behind every data set of uploads. It is always the same: a model that was held out from a
fold of one has seen no sample of that fold in another, and one that was not is never judged on what may be its own."""

MIX_LOG_P, RECENCY, IS_WEEKEND = "mix_log_p", "recency_rank_log", "is_weekend"
"""Features that say what fixed columns say as well."""

HOURS_A_PART = 24 // PARTS_OF_DAY

SAMPLES_AT_ONCE = 2_048
"""Looked at together: a few MB of what is shown."""


@dataclass(frozen=True)
class Counts:
    """What became of the samples.

    Attributes:
        read: all of them.
        left_out: how many were, by why.
        kept: the rest.
    """

    read: int
    left_out: dict[str, int]
    kept: int


@dataclass(frozen=True)
class Decoded:
    """What was decoded.

    Attributes:
        origins: a features file for each file of which something is left.
        counts: of the samples.
        bins: what became of the bins.
        schema: what the bins mean.
        rule: which of them may be learned from.
        gone: samples that were left out for a rare value, by its column.
    """

    origins: list[Origin]
    counts: Counts
    bins: Merged
    schema: Schema
    rule: Threshold
    gone: dict[str, int]

    def transformation(self) -> dict[str, Any]:
        """What was done, as manifests have it."""
        changed = {name: self.bins.changed(at) for at, name in enumerate(self.schema.names)}
        features = {
            name: {"merged": bins, "samples": int(self.bins.samples[at, bins].sum())}
            for at, (name, bins) in enumerate(changed.items())
            if bins
        }
        return {
            "kind": LEAST_PHONES_KIND,
            "phones": self.rule.phones,
            "samples_of_a_week": self.rule.least_samples,
            "features": features,
            "removed": {"queries": sum(self.gone.values()), **self.gone},
        }


def decode(files: Sequence[UploadsFile], schema: Schema, phones: int, engine: Engine, folder: Path) -> Decoded:
    """Writes what is left of samples as features files.

    Args:
        files: whose reading was noted.
        schema: what their numbers mean.
        phones: that a value must have come from at least.
        engine: who does it.
        folder: where the features files go.

    Raises:
        UploadsFileError: a file is not as the receiver writes it.
        TooFewPhonesError: a feature has no value that enough phones show.
        UploadsError: nothing is left.
    """
    rule = Threshold(phones, schema.samples_a_week)
    parts = list(engine.map(partial(_heads, schema=schema), files))
    all_heads = Heads.joined(parts)
    kept, left_out, gone = _kept(all_heads, schema, rule)
    if not kept.any():
        whys = ", ".join(f"{count:,} {why}" for why, count in left_out.items() if count)
        raise UploadsError(
            f"nothing is left of {len(kept):,} samples ({whys}); a value counts with {rule.least_samples:,} samples "
            "of one week"
        )
    ends = np.cumsum([0, *(len(part) for part in parts)])
    rows = [np.flatnonzero(kept[first:last]) for first, last in pairwise(ends)]
    tasks = [(file, at) for file, at in zip(files, rows, strict=True) if len(at)]
    weekly: dict[int, np.ndarray] = {}
    for found in engine.map(partial(_counted, schema=schema), tasks):
        for week, count in found.items():
            weekly[week] = weekly[week] + count if week in weekly else count
    bins = merged(weekly, schema.bins, schema.names, rule)
    panels = Panels.of(all_heads.pseudonym[kept])
    jobs = _jobs(tasks, panels, folder)
    origins = list(engine.map(partial(_written, schema=schema, bins=bins), jobs))
    return Decoded(origins, Counts(len(kept), left_out, int(kept.sum())), bins, schema, rule, gone)


def _kept(heads: Heads, schema: Schema, rule: Threshold) -> tuple[np.ndarray, dict[str, int], dict[str, int]]:
    """Which samples are kept, bool [n]; how many are not, by why; how many of these for which column's rare value."""
    kept = np.ones(len(heads), bool)
    left_out = {}
    for why, is_good in (
        ("of another schema of features", heads.is_known),
        ("with the name of an earlier one", first_of_name(heads.pseudonym)),
        ("of two moments", heads.is_one_moment),
    ):
        left_out[why] = int((kept & ~is_good).sum())
        kept &= is_good
    columns = {name: getattr(heads, name)[kept] for name in ("moment", "part_of_day")}
    is_common, gone = common(heads.week[kept], columns, rule)
    left_out[f"with a value that fewer than {rule.phones} phones are sure to have shown"] = int((~is_common).sum())
    kept[kept] = is_common
    return kept, left_out, gone


def _jobs(
    tasks: Sequence[tuple[UploadsFile, np.ndarray]], panels: Panels, folder: Path
) -> Iterator[tuple[UploadsFile, np.ndarray, Panels, Path]]:
    """The share of each file, and where it goes."""
    first = 0
    for number, (file, at) in enumerate(tasks):
        last = first + len(at)
        yield file, at, panels.kept(np.arange(first, last)), folder / f"{number:06}.parquet"
        first = last


def _heads(file: UploadsFile, schema: Schema) -> Heads:
    """What is in a file, but its bins."""
    return Samples.read(file, schema).heads


def _counted(task: tuple[UploadsFile, np.ndarray], schema: Schema) -> dict[int, np.ndarray]:
    """In how many samples of each week every bin is shown, int64 [F, B]."""
    file, at = task
    samples = Samples.read(file, schema)
    found: dict[int, np.ndarray] = {}
    most = schema.centres.shape[1]
    for week in np.unique(samples.heads.week[at]).tolist():
        of_week = at[samples.heads.week[at] == week]
        count = np.zeros((len(schema.names), most), np.int64)
        for first in range(0, len(of_week), SAMPLES_AT_ONCE):
            some = of_week[first : first + SAMPLES_AT_ONCE]
            count += shown(samples.bins[some], most).sum(0)
        found[week] = count
    return found


def _written(job: tuple[UploadsFile, np.ndarray, Panels, Path], schema: Schema, bins: Merged) -> Origin:
    """Writes a features file of some of the samples of a file."""
    file, at, panels, path = job
    samples = Samples.read(file, schema)
    block = _block(samples, at, panels, schema, bins)
    like = FeaturesFile(Place(str(path)), schema.names, schema.features, LOG, Split(), 0, len(block.features))
    block.write(path, like)
    return Origin(Place(str(path)), file.name, uploaded=file.place)


def _block(samples: Samples, at: np.ndarray, panels: Panels, schema: Schema, bins: Merged) -> Block:
    """Some samples as queries."""
    heads, n, columns = samples.heads, len(at), np.arange(len(schema.names))
    said = bins.into[columns, samples.bins[at]]
    mix = schema.values[schema.at(MIX_LOG_P), said[:, :, schema.at(MIX_LOG_P)]].astype(np.float64)
    # The likelier comes first; of two alike either, as the hash has it: the order must not tell which was opened.
    is_second = np.where(mix[:, 0] == mix[:, 1], panels.place % 2 == 1, mix[:, 0] < mix[:, 1])
    order = np.stack([is_second, ~is_second], axis=1).astype(np.int64)
    said = np.take_along_axis(said, order[:, :, None], axis=1)
    mix = np.take_along_axis(mix, order, axis=1)
    log_mix = np.full((n, SHORTLIST), -np.inf)
    log_mix[:, : len(ROWS)] = mix - np.logaddexp(mix[:, :1], mix[:, 1:])
    centres = schema.centres[columns, said]
    recency = np.zeros((n, SHORTLIST))
    recency[:, : len(ROWS)] = centres[:, :, schema.at(RECENCY)]
    gap = np.floor(centres[:, 0, schema.at(GAP)] / np.log(2.0)).clip(0, LONGEST_GAP)
    hour = HOURS_A_PART * heads.part_of_day[at] + HOURS_A_PART // 2
    queries = Queries(
        person=panels.number,
        fold=panels.number % FOLDS,
        moment=heads.moment[at].astype(np.int32),
        opening=panels.place,
        openings=panels.size,
        is_training=np.ones(n, bool),
        is_scored=panels.is_scored,
        mixer_rank=(1 + is_second).astype(np.int32),
        day=np.zeros(n, np.int32),
        gap=gap.astype(np.int32),
        time=(hour + WEEKEND * (centres[:, 0, schema.at(IS_WEEKEND)] >= 0.5)).astype(np.int32),
        candidates=np.full(n, len(ROWS), np.int32),
        target=is_second.astype(np.int32),
        log_mix=log_mix.astype(np.float32),
    )
    past = Past(np.zeros((n, OPENINGS, 3), np.uint8), _recency(recency, np.isfinite(log_mix)))
    return Block(queries, past, schema.values[columns, said].reshape(2 * n, -1))


def _recency(places_log: np.ndarray, is_candidate: np.ndarray) -> np.ndarray:
    """The order of last use, int16 [n, 32], -1 where there is no candidate, from ln(1 + place) [n, 32].

    Places of one bin cannot be told apart: they follow each other, the likelier candidate first.
    """
    places = np.where(is_candidate, np.rint(np.expm1(places_log)), np.inf)
    order = np.argsort(places, axis=1, kind="stable")
    ordered = np.take_along_axis(places, order, axis=1)
    steps = np.arange(places.shape[1])
    # Each at least one after the one before it: the running maximum of what is ahead of its own step.
    apart = np.maximum.accumulate(ordered - steps, axis=1) + steps
    # And none beyond the last place of a query, where the last ones move up together.
    apart = np.minimum(apart, CANDIDATES - places.shape[1] + steps)
    found = np.full(places.shape, -1.0)
    np.put_along_axis(found, order, np.where(np.isfinite(ordered), apart, -1.0), axis=1)
    return found.astype(np.int16)
