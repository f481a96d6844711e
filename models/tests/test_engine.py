"""Every engine does the same work in the same order, and fails in the same way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from foretap_models.engine.engine import Engine, in_order
from foretap_models.engine.start import Kind, started
from foretap_models.errors import EngineError, QualityError


def squared(number: int) -> int:
    """Pure work."""
    return number * number


def refused(number: int) -> int:
    """Work that fails at the third task."""
    if number == 2:
        raise QualityError("the third")
    return number


def died(number: int) -> int:
    """Work that takes its worker with it."""
    os._exit(1)


@pytest.fixture(scope="module", params=["local", "processes", "ray"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "ray":
        yield request.getfixturevalue("ray_engine")
    else:
        with started(Kind.LOCAL, 2 if request.param == "processes" else 1) as local:
            yield local


def test_results_come_in_the_order_of_the_tasks(engine: Engine) -> None:
    assert list(engine.map(squared, range(20))) == [n * n for n in range(20)]
    assert list(engine.map(squared, [])) == []


def test_what_work_raises_is_raised_as_it_was(engine: Engine) -> None:
    results = engine.map(refused, range(5))
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(QualityError, match=r"^the third$"):
        next(results)


def test_after_a_failure_an_engine_works_on(engine: Engine) -> None:
    with pytest.raises(QualityError):
        list(engine.map(refused, range(5)))
    assert list(engine.map(squared, [3])) == [9]


def test_a_worker_that_dies_is_an_error_and_not_a_wait() -> None:
    with started(Kind.LOCAL, 2) as local, pytest.raises(EngineError, match="a worker process died"):
        list(local.map(died, [1]))


def test_an_engine_has_a_worker() -> None:
    with pytest.raises(EngineError):
        started(Kind.LOCAL, 0)


def test_without_ray_its_engine_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "foretap_models.engine.ray", None)
    with pytest.raises(EngineError, match="--engine ray needs the package ray"):
        started(Kind.RAY)


@pytest.mark.parametrize(("failures", "starts"), [(0, True), (2, True), (3, False)])
def test_ray_may_fail_to_start_twice(failures: int, starts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from foretap_models.engine import ray as engine

    tried: list[int] = []

    def init(**_: object) -> None:
        tried.append(1)
        if len(tried) <= failures:
            raise Exception("timed out")

    monkeypatch.setattr(
        engine, "ray", SimpleNamespace(init=init, shutdown=lambda: None, remote=lambda **_: lambda f: f)
    )
    if starts:
        assert engine.RayEngine(1).workers == 1
    else:
        with pytest.raises(EngineError, match="Ray cannot be started: timed out"):
            engine.RayEngine(1)
    assert len(tried) == min(failures + 1, engine.ATTEMPTS)


def test_never_more_tasks_are_begun_than_may_be_unread() -> None:
    begun: list[int] = []
    results = in_order(range(9), lambda task: begun.append(task) or task, lambda task: task, 3)
    for n in range(9):
        assert next(results) == n
        assert len(begun) <= n + 3
