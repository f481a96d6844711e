"""Runs steps in order: what has not changed is kept, what failed is tried again, what is written appears whole."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path

from foretap_models.errors import ModelsError, StepError
from foretap_models.lock import alone
from foretap_models.pipeline.journal import Entry, Journal, Outcome
from foretap_models.pipeline.step import Job, Request, Step
from foretap_models.progress import Progress
from foretap_models.registry import lineage

SUM = "sha256"
"""Ends the name of the file beside a step's results that holds the SHA-256 of them."""

PARTIAL = "partial"
"""The folder of results that are being written."""

KEPT = "kept"
"""Ends the name of the folder from which a step goes on that was interrupted; a run that ends well removes it."""

LOCK = "run.lock"
"""In the working directory, held by the process that runs the pipeline there."""


@dataclass(frozen=True)
class Clock:
    """Time, given by the caller.

    Attributes:
        now: the time, with its zone.
        sleep: waits so many seconds.
    """

    now: Callable[[], datetime]
    sleep: Callable[[float], None]


def run(
    steps: Sequence[Step], request: Request, folder: Path, reason: str, clock: Clock, progress: Progress
) -> Journal:
    """Runs steps; results lie in `folder/STEP/KEY`.

    Args:
        steps: in any order.
        request: what is asked for.
        folder: the working directory; made if it is not there.
        reason: why it is run, for the journal.
        clock: of the journal, and of the waits between attempts.
        progress: shown now and then.

    Raises:
        StepError: names the step that failed, after its last attempt.
        BusyError: another process runs the pipeline here.
    """
    with alone(folder / LOCK, patience_s=0.0):
        order = ordered(steps)
        journal = Journal(folder, reason, clock.now(), entries=[Entry(step.name) for step in order])
        journal.write()
        try:
            _run_all(order, request, journal, clock, progress)
            journal.outcome = Outcome.DONE
        except BaseException:
            journal.outcome = Outcome.FAILED
            raise
        finally:
            journal.ended = clock.now()
            journal.write()
        return journal


def ordered(steps: Sequence[Step]) -> list[Step]:
    """The steps, each after those that it reads.

    Raises:
        CycleError: a step comes after itself.
        KeyError: a step comes after one that is not there.
    """
    by_name = {step.name: step for step in steps}
    graph = {step.name: step.after for step in steps}
    return [by_name[name] for name in TopologicalSorter(graph).static_order()]


def _run_all(order: Sequence[Step], request: Request, journal: Journal, clock: Clock, progress: Progress) -> None:
    """Runs what has to be run; then removes what only earlier runs needed."""
    lineage.code_hash()  # all of it, and each step's share: read before the first step takes its hour
    for step in order:
        step.code()
    sums: dict[str, str] = {}
    sum_of_file = functools.cache(lineage.file_hash)
    for step in order:
        entry = journal.entry(step.name)
        entry.key = step.key(request, sums, sum_of_file)
        place = journal.results(step.name)
        if _is_whole(place):
            entry.outcome = Outcome.KEPT
            progress(f"{step.name}: unchanged")
            journal.write()
        else:
            with _noted(entry, journal, clock):
                _try(step, request, journal, clock, progress)
        sums[step.name] = _sum(place).read_text(encoding="utf-8")
    for step in order:
        needed = journal.results(step.name)
        for path in needed.parent.iterdir():
            if path not in (needed, _sum(needed)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _noted(entry: Entry, journal: Journal, clock: Clock) -> Iterator[None]:
    """Notes when a step begins and ends, and how."""
    begun = clock.now()
    entry.outcome, entry.begun_s = Outcome.RUNNING, (begun - journal.begun).total_seconds()
    try:
        yield
        entry.outcome = Outcome.DONE
    except BaseException:
        entry.outcome = Outcome.FAILED
        raise
    finally:
        entry.seconds = (clock.now() - begun).total_seconds()
        journal.write()


def _try(step: Step, request: Request, journal: Journal, clock: Clock, progress: Progress) -> None:
    """Does a step's work, again if it failed for a reason that may pass."""
    entry, limits = journal.entry(step.name), request.config.pipeline
    while True:
        entry.attempts += 1
        journal.write()
        progress(f"{step.name}: attempt {entry.attempts}")
        try:
            _work(step, request, journal, clock, progress)
            return
        except Exception as error:
            entry.error = f"{type(error).__name__}: {error}"
            may_pass = not isinstance(error, ModelsError) or error.may_pass
            if not may_pass or entry.attempts > limits.retries:
                raise StepError(f"step {step.name}, attempt {entry.attempts}: {entry.error}") from error
        wait_s = limits.backoff_s * 2 ** (entry.attempts - 1)
        progress(f"{step.name}: {entry.error}; again in {wait_s:g} s")
        clock.sleep(wait_s)


def _work(step: Step, request: Request, journal: Journal, clock: Clock, progress: Progress) -> None:
    """Does a step's work beside its place, and puts the results there when they are whole."""
    place = journal.results(step.name)
    out = place.with_name(PARTIAL)
    for path in (out, place):
        shutil.rmtree(path, ignore_errors=True)
    out.mkdir(parents=True)
    kept, results = place.with_name(f"{place.name}.{KEPT}"), {name: journal.results(name) for name in step.after}
    step.work(Job(out, kept, results, request, clock.now, progress))
    _sum(place).write_text(lineage.folder_hash(out), encoding="utf-8")
    out.rename(place)


def _is_whole(place: Path) -> bool:
    """Whether results are there, to the last byte as they were written."""
    beside = _sum(place)
    return beside.is_file() and place.is_dir() and lineage.folder_hash(place) == beside.read_text(encoding="utf-8")


def _sum(place: Path) -> Path:
    """The file with the SHA-256 of some results."""
    return place.with_name(f"{place.name}.{SUM}")
