"""When the pipeline is due: by schedule, by enough new data, or by a drift alert. It is started then, and no more."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from foretap_models.errors import AlertError, FeaturesFileError
from foretap_models.operations import Triggers

FORMAT = 1
"""The version of the alert's layout."""

NAMED = 3
"""Features that a reason names."""


@dataclass(frozen=True)
class Alert:
    """What a monitor found.

        {"format": 1, "at": "2026-03-01T06:00:00+00:00", "psi": {"hour_sin": 0.31, "count_7d_log": 0.02}}

    Attributes:
        at: when the data were looked at, with a zone.
        psi: the population stability index of each feature, 0 = as when the model was made.
    """

    at: datetime
    psi: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> Alert | None:
        """The alert in a file; `None` where there is no file.

        Raises:
            AlertError: it is not as above: other keys, no zone, an index that is negative or no number.
        """
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise AlertError(f"{path}: {error}") from error
        if not isinstance(value, dict) or set(value) != {"format", "at", "psi"} or value["format"] != FORMAT:
            raise AlertError(f"{path}: not a drift alert of format {FORMAT}")
        try:
            at, psi = datetime.fromisoformat(value["at"]), dict(value["psi"])
        except (ValueError, TypeError) as error:
            raise AlertError(f"{path}: {error}") from error
        if at.tzinfo is None:
            raise AlertError(f"{path}: at has no zone")
        if not all(type(index) in (int, float) and 0.0 <= index < math.inf for index in psi.values()):
            raise AlertError(f"{path}: psi has a value that is no index")
        return cls(at, psi)


@dataclass(frozen=True)
class Newest:
    """The newest registered version.

    Attributes:
        registered: when.
        queries: that it was made of.
    """

    registered: datetime
    queries: int


def reasons(
    now: datetime,
    last_run: datetime | None,
    newest: Newest | None,
    queries: int,
    alert: Alert | None,
    triggers: Triggers,
) -> list[str]:
    """Why the pipeline is due, one line each; empty where it is not.

    Args:
        now: the time.
        last_run: when the last run that went well ended.
        newest: the newest version; `None` before the first.
        queries: that there are to learn from now.
        alert: of the monitor. One from before the newest version has been answered by it.
        triggers: the limits.
    """
    if newest is None:
        return ["there is no version yet"]
    found = []
    last = max(newest.registered, last_run or newest.registered)
    if now - last >= timedelta(days=triggers.interval_days):
        found.append(f"schedule: {(now - last).total_seconds() / 86_400.0:.1f} days since it last ran")
    if queries - newest.queries >= triggers.new_queries:
        found.append(f"new data: {queries - newest.queries:,} queries more than the newest version was made of")
    if alert is not None and alert.at > newest.registered:
        beyond = {name: index for name, index in alert.psi.items() if index >= triggers.drift_limit}
        if beyond:
            worst = sorted(beyond, key=lambda name: (-beyond[name], name))[:NAMED]
            words = ", ".join(f"{name} {beyond[name]:.2f}" for name in worst)
            found.append(f"drift: {len(beyond)} features beyond {triggers.drift_limit:g}, {words}")
    return found


def count_queries(files: Sequence[Path]) -> int:
    """Queries in features files.

    Raises:
        FeaturesFileError: one cannot be read.
    """
    total = 0
    for path in files:
        try:
            numbers = pq.read_table(path, columns=["query"]).column("query").to_numpy()
        except (pa.ArrowInvalid, pa.ArrowKeyError, OSError, KeyError) as error:
            raise FeaturesFileError(f"{path}: not a features file: {error}") from error
        total += int((np.diff(numbers) != 0).sum()) + (len(numbers) > 0)
    return total
