"""The runner: nothing is done twice, a stopped run goes on, a failing step is tried again and then named."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from graphlib import CycleError
from pathlib import Path

import pytest
from registered import ADA, CONFIG

from foretap_models import command
from foretap_models.errors import BusyError, ConfigError, RegistryStoreError, StepError
from foretap_models.lock import alone
from foretap_models.pipeline import dag, report, steps
from foretap_models.pipeline.journal import Journal, Outcome
from foretap_models.pipeline.pipeline import Pipeline
from foretap_models.pipeline.step import PACKAGES, Job, Request, Step
from foretap_models.registry.place import Place


class Time:
    """A clock that stands still unless someone sleeps."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)
        self.slept: list[float] = []
        self.clock = dag.Clock(lambda: self.at, self.sleep)

    def sleep(self, seconds: float) -> None:
        """Moves the clock."""
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


class Workshop:
    """Three steps in a chain and one beside it, which count their work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.source = folder / "source.txt"
        self.source.write_text("logs")
        self.config = CONFIG
        self.time = Time()
        self.worked: list[str] = []
        self.before: dict[str, Callable[[], None]] = {}
        self.beside: list[Step] = []

    def write(self, job: Job, name: str) -> None:
        """The work of a step: what it read, and its name around it."""
        self.worked.append(name)
        (job.out / "half.txt").write_text("half")
        self.before.get(name, lambda: None)()
        read = [(folder / "out.txt").read_text() for folder in job.results.values()]
        files = [path.read_text() for path in job.request.files["source"]]
        (job.out / "out.txt").write_text(f"{name}({', '.join([*read, *files])})")

    def run(self, reason: str = "asked for") -> list[str]:
        """Runs all of it; returns which steps did something."""
        self.worked.clear()
        place = Place.of(f"sqlite:///{self.folder}/registry.db")
        request = Request(self.config, {"source": (self.source,)}, 0, place, None, ADA)
        chain = [
            Step("c", partial(self.write, name="c"), "learn", ("b",), settings=("training",)),
            Step("b", partial(self.write, name="b"), "learn", ("a",), settings=("inner", "seed")),
            Step("a", partial(self.write, name="a"), "data", files=("source",)),
            Step("d", partial(self.write, name="d"), "data"),
            *self.beside,
        ]
        dag.run(chain, request, self.folder, reason, self.time.clock, lambda _: None)
        return list(self.worked)

    def journal(self) -> Journal:
        """Of the last run."""
        found = Journal.read(self.folder)
        assert found is not None
        return found

    def result(self, step: str) -> str:
        """What a step wrote."""
        return (self.journal().results(step) / "out.txt").read_text()


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_steps_run_after_those_that_they_read(workshop: Workshop) -> None:
    worked = workshop.run()
    assert sorted(worked) == ["a", "b", "c", "d"]
    assert worked.index("a") < worked.index("b") < worked.index("c")
    assert workshop.result("c") == "c(b(a(logs), logs), logs)"


def test_what_is_unchanged_is_not_run_again(workshop: Workshop) -> None:
    workshop.run()
    assert workshop.run() == []
    assert {entry.outcome for entry in workshop.journal().entries} == {Outcome.KEPT}
    workshop.source.touch()
    assert workshop.run() == [], "what counts is the content, not the time"


def test_a_change_runs_what_depends_on_it_and_nothing_else(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.run()
    workshop.source.write_text("other logs")
    assert workshop.run() == ["a", "b", "c"]
    workshop.config = dataclasses.replace(CONFIG, training=dataclasses.replace(CONFIG.training, epochs=5))
    assert workshop.run() == ["c"]
    workshop.config = dataclasses.replace(workshop.config, inner=dataclasses.replace(CONFIG.inner, rounds=1))
    assert workshop.run() == ["b"], "c reads what b wrote, and that is the same"
    workshop.config = dataclasses.replace(workshop.config, gates=dataclasses.replace(CONFIG.gates, ece_limit=0.5))
    assert workshop.run() == []
    code = dag.lineage.code_hash
    monkeypatch.setattr(
        dag.lineage, "code_hash", lambda packages=(): code(packages) + "changed" * ("learn" in packages)
    )
    assert workshop.run() == ["b", "c"], "a and d use only packages before learn"


def test_a_package_uses_only_those_before_it() -> None:
    """Which is why a step's code is that of its package and of those before."""
    folder = dag.lineage.PACKAGE
    there = {path.parent.name for path in folder.glob("*/__init__.py")}
    assert there == {*PACKAGES, "commands"}
    for place, package in enumerate(PACKAGES):
        for path in (folder / package).rglob("*.py"):
            used = set(re.findall(r"foretap_models\.(\w+)", path.read_text(encoding="utf-8"))) & there
            assert used <= set(PACKAGES[: place + 1]), path


def test_results_that_were_damaged_are_made_again(workshop: Workshop) -> None:
    workshop.run()
    (workshop.journal().results("b") / "out.txt").write_text("")
    assert workshop.run() == ["b"]
    assert workshop.result("c") == "c(b(a(logs), logs), logs)"


def test_only_the_results_of_the_last_whole_run_are_kept(workshop: Workshop) -> None:
    workshop.run()
    first = workshop.journal().results("a")
    workshop.source.write_text("other logs")
    workshop.before["c"] = lambda: (_ for _ in ()).throw(ConfigError("no"))
    with pytest.raises(StepError):
        workshop.run()
    assert first.exists()
    workshop.before.clear()
    assert workshop.run() == ["c"]
    assert not first.exists()
    assert sorted(path.name for path in first.parent.iterdir()) == sorted(
        [workshop.journal().results("a").name, f"{workshop.journal().results('a').name}.sha256"]
    )


def test_a_step_that_fails_is_tried_again_with_longer_and_longer_waits(workshop: Workshop) -> None:
    left = [OSError("disk full"), RegistryStoreError("server restarts")]
    workshop.before["b"] = lambda: (_ for _ in ()).throw(left.pop()) if left else None
    assert [name for name in workshop.run() if name == "b"] == ["b"] * 3
    assert workshop.time.slept == [5.0, 10.0]
    assert workshop.journal().entry("b").attempts == 3
    assert workshop.journal().entry("b").seconds == 15.0
    assert workshop.result("c") == "c(b(a(logs), logs), logs)"


def test_a_step_that_fails_every_time_is_named(workshop: Workshop) -> None:
    workshop.before["b"] = lambda: (_ for _ in ()).throw(OSError("disk full"))
    with pytest.raises(StepError, match="step b, attempt 3: OSError: disk full"):
        workshop.run()
    assert len(workshop.time.slept) == 2
    journal = workshop.journal()
    assert (journal.outcome, journal.entry("b").outcome) == (Outcome.FAILED, Outcome.FAILED)
    assert journal.entry("c").outcome is Outcome.WAITING
    assert not journal.results("b").exists()


def test_a_refusal_is_not_tried_again(workshop: Workshop) -> None:
    workshop.before["b"] = lambda: (_ for _ in ()).throw(ConfigError("no feature is named so"))
    with pytest.raises(StepError, match="step b, attempt 1: ConfigError"):
        workshop.run()
    assert workshop.time.slept == []


def test_half_written_results_are_never_taken_for_results(workshop: Workshop) -> None:
    workshop.before["b"] = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        workshop.run()
    assert not workshop.journal().results("b").exists()
    workshop.before.clear()
    assert workshop.run() == ["b", "c"]
    assert not (workshop.folder / "b" / "partial").exists()


def test_an_attempt_goes_on_from_what_the_one_before_kept_until_a_run_ends_well(workshop: Workshop) -> None:
    kept: list[Path] = []

    def keep(job: Job) -> None:
        kept.append(job.kept)
        job.kept.mkdir(exist_ok=True)
        with (job.kept / "trials.txt").open("a") as file:
            file.write("x")
        workshop.before.get("e", lambda: None)()
        (job.out / "out.txt").write_text((job.kept / "trials.txt").read_text())

    workshop.beside = [Step("e", keep, "data", files=("source",))]
    for error in (KeyboardInterrupt, OSError):
        workshop.before["e"] = lambda error=error: (_ for _ in ()).throw(error)
        with pytest.raises((KeyboardInterrupt, StepError)):
            workshop.run()
    workshop.before.clear()
    workshop.run()
    assert workshop.result("e") == "x" * (1 + 3 + 1), "one, three attempts of a run, one"
    assert not kept[-1].exists()
    workshop.source.write_text("other logs")
    workshop.run()
    assert workshop.result("e") == "x", "of other logs nothing was kept"


KILLED = """
import os, signal, sys
from pathlib import Path
from test_pipeline import Workshop
workshop = Workshop(Path(sys.argv[1]))
workshop.before["c"] = lambda: os.kill(os.getpid(), signal.SIGKILL)
workshop.run("a run that is killed")
"""


def test_a_run_that_was_killed_goes_on(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(workshop.folder.parent)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert command.main(["pipeline", "status", "--workdir", str(workshop.folder)]) == 0
    shown = capsys.readouterr().out
    assert "interrupted; the next run goes on where it stopped (a run that is killed)" in shown
    assert "| c | interrupted | 1 |" in shown
    assert workshop.run() == ["c"]


def test_two_runs_at_once_are_refused(workshop: Workshop) -> None:
    workshop.before["a"] = lambda: other_run(workshop)
    workshop.run()


def other_run(workshop: Workshop) -> None:
    assert "| a | running | 1 |" in report.table(workshop.journal(), is_running=True)
    with pytest.raises(BusyError), alone(workshop.folder / dag.LOCK, patience_s=0.0):
        pass


def test_a_run_is_drawn_with_what_it_took(workshop: Workshop) -> None:
    workshop.before["b"] = lambda: workshop.time.sleep(30.0)
    workshop.run("more <data>")
    picture = report.gantt(workshop.journal())
    assert "more &lt;data&gt;: 30.0 s" in picture
    assert "b: done, 30.0 s, 1 attempts" in picture
    text = report.table(workshop.journal(), is_running=False)
    assert "2026-01-01T00:00:00+00:00: done, 30.0 s (more <data>)" in text
    assert "| b | done | 1 | 30.0 |" in text


def test_the_report_is_of_this_run_while_it_runs_and_when_it_is_interrupted(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def interrupted() -> None:
        seen.append((workshop.folder / "run.md").read_text())
        raise KeyboardInterrupt

    workshop.before["b"] = interrupted
    chain = [Step("a", partial(workshop.write, name="a"), "data", files=("source",))]
    chain.append(Step("b", partial(workshop.write, name="b"), "data", ("a",), files=("source",)))
    monkeypatch.setattr(steps, "check", lambda _: None)
    monkeypatch.setattr(steps, "steps", lambda _: chain)
    place = Place.of(f"sqlite:///{workshop.folder}/registry.db")
    request = Request(CONFIG, {"source": (workshop.source,)}, 0, place, None, ADA)
    with pytest.raises(KeyboardInterrupt):
        Pipeline(request, workshop.folder, None, workshop.time.clock, lambda _: None).run("cut short")
    assert "running; `pipeline status` says whether it still is (cut short)" in seen[0]
    assert "| a | done | 1 |" in seen[0]
    assert "| b | running | 1 |" in seen[0]
    after = (workshop.folder / "run.md").read_text()
    assert "failed, 0.0 s (cut short)" in after
    assert "| b | failed | 1 |" in after


def test_steps_that_cannot_be_ordered_are_refused() -> None:
    def nothing(_: Job) -> None:
        pass

    with pytest.raises(CycleError):
        dag.ordered([Step("a", nothing, "data", ("b",)), Step("b", nothing, "data", ("a",))])
    with pytest.raises(KeyError):
        dag.ordered([Step("a", nothing, "data", ("z",))])


def test_a_step_without_a_journal_is_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["pipeline", "status", "--workdir", str(tmp_path)]) == 2
    assert "never ran here" in capsys.readouterr().err
    (tmp_path / "run.json").write_text("[]")
    assert command.main(["pipeline", "status", "--workdir", str(tmp_path)]) == 2
    assert "not a run of the pipeline" in capsys.readouterr().err
