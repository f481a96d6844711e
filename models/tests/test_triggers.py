"""When the pipeline is due: on both sides of every limit, and never twice for the same reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import synthetic
from registered import ADA, CONFIG

from foretap_models.errors import AlertError, FeaturesFileError, StepError
from foretap_models.pipeline.dag import Clock
from foretap_models.pipeline.pipeline import Pipeline
from foretap_models.pipeline.step import Request
from foretap_models.pipeline.triggers import Alert, Newest, count_queries, reasons
from foretap_models.registry.place import Place

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LIMITS = CONFIG.triggers
MADE = Newest(NOW - timedelta(days=10), queries=5_000)


def due(
    days: float = 1.0, queries: int = 5_000, psi: dict[str, float] | None = None, alert_days: float = 1.0
) -> list[str]:
    """Reasons, so many days after the last run, with so many queries, and an alert of so many days ago."""
    alert = None if psi is None else Alert(NOW - timedelta(days=alert_days), psi)
    return reasons(NOW, NOW - timedelta(days=days), MADE, queries, alert, LIMITS)


def test_nothing_is_due_without_a_reason() -> None:
    assert due() == []


def test_the_first_version_is_always_due() -> None:
    assert reasons(NOW, None, None, 0, None, LIMITS) == ["there is no version yet"]


def test_the_schedule_counts_from_the_last_run_or_version() -> None:
    older = Newest(NOW - timedelta(days=30), 5_000)
    assert reasons(NOW, None, older, 5_000, None, LIMITS) == ["schedule: 30.0 days since it last ran"]
    assert reasons(NOW, NOW - timedelta(days=31), older, 5_000, None, LIMITS) == [
        "schedule: 30.0 days since it last ran"
    ]
    assert reasons(NOW, NOW - timedelta(days=29), older, 5_000, None, LIMITS) == []
    almost = Newest(NOW - timedelta(days=30) + timedelta(seconds=1), 5_000)
    assert reasons(NOW, None, almost, 5_000, None, LIMITS) == []


def test_new_data_are_enough_at_the_limit_and_not_below() -> None:
    assert due(queries=5_999) == []
    assert due(queries=6_000) == ["new data: 1,000 queries more than the newest version was made of"]
    assert due(queries=10) == []


def test_drift_is_an_alert_at_the_limit_and_not_below() -> None:
    assert due(psi={"hour_sin": 0.249, "dwell_log": 0.0}) == []
    assert due(psi={"hour_sin": 0.25, "dwell_log": 0.0}) == ["drift: 1 features beyond 0.25, hour_sin 0.25"]
    many = {f"f{number}": 0.3 + number / 10 for number in range(5)}
    assert due(psi=many) == ["drift: 5 features beyond 0.25, f4 0.70, f3 0.60, f2 0.50"]


def test_an_alert_from_before_the_newest_version_has_been_answered() -> None:
    assert due(psi={"hour_sin": 0.9}, alert_days=10.0) == []
    assert len(due(psi={"hour_sin": 0.9}, alert_days=9.99)) == 1


def test_several_reasons_are_all_given() -> None:
    assert len(reasons(NOW, None, Newest(NOW - timedelta(days=99), 0), 9_999, Alert(NOW, {"x": 1.0}), LIMITS)) == 3


def test_an_alert_is_read_as_it_is_documented(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    assert Alert.read(path) is None
    path.write_text('{"format": 1, "at": "2026-03-01T06:00:00+00:00", "psi": {"hour_sin": 0.31, "count_7d_log": 0.02}}')
    assert Alert.read(path) == Alert(datetime(2026, 3, 1, 6, tzinfo=UTC), {"hour_sin": 0.31, "count_7d_log": 0.02})


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"at": "2026-03-01T06:00:00"},
        {"at": "yesterday"},
        {"at": 5},
        {"psi": {"hour_sin": -0.1}},
        {"psi": {"hour_sin": float("inf")}},
        {"psi": {"hour_sin": float("nan")}},
        {"psi": {"hour_sin": True}},
        {"psi": {"hour_sin": "0.3"}},
        {"psi": 0.3},
        {"limit": 0.3},
    ],
)
def test_an_alert_that_is_otherwise_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "drift.json"
    path.write_text(json.dumps({"format": 1, "at": "2026-03-01T06:00:00Z", "psi": {}} | change))
    with pytest.raises(AlertError):
        Alert.read(path)


def test_a_file_that_is_no_alert_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    for text in ("", "[]", '{"format": 1}'):
        path.write_text(text)
        with pytest.raises(AlertError):
            Alert.read(path)


def test_queries_are_counted_over_all_files(tmp_path: Path) -> None:
    files = [
        synthetic.file(tmp_path, synthetic.people(seed=1, count=2, training=3, scored=4), "a.parquet"),
        synthetic.file(tmp_path, synthetic.people(seed=2, count=1, training=1, scored=0), "b.parquet"),
    ]
    assert count_queries(files) == 2 * 3 * 7 + 3
    (tmp_path / "c.parquet").write_text("not Parquet")
    with pytest.raises(FeaturesFileError):
        count_queries([tmp_path / "c.parquet"])


class Watched(Pipeline):
    """A pipeline of which is only known when it is due, and what comes of it."""

    def due(self) -> list[str]:
        """On every second look."""
        looks.append("look")
        if looks.count("look") == 3:
            raise AlertError("half-written")
        return ["drift"] if looks.count("look") % 2 == 0 else []

    def run(self, reason: str) -> str:
        """Notes the reason."""
        looks.append(reason)
        if looks.count(reason) == 2:
            raise StepError("step train")
        return "v1.1"


looks: list[str] = []


def test_a_watch_runs_what_is_due_and_outlives_what_fails() -> None:
    slept: list[float] = []
    said: list[str] = []
    turns = iter([True] * 5 + [False])
    request = Request(CONFIG, {}, 0, Place.of("sqlite:///registry.db"), None, ADA)
    pipeline = Watched(request, Path("work"), None, Clock(lambda: NOW, slept.append), said.append)
    pipeline.watch(3_600.0, lambda: next(turns))
    assert looks == ["look", "look", "drift", "look", "look", "drift", "look"]
    assert slept == [3_600.0] * 5
    assert said == [
        "v1.1 is registered",
        "half-written; looked at again in 3600 s",
        "step train; looked at again in 3600 s",
    ]
