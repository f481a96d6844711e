"""The pipeline in its working directory: run when asked, or when it is due, up to a Pending version and no further."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from foretap_models.errors import BusyError, ModelsError, NoRegistryError
from foretap_models.pipeline import report, steps, triggers
from foretap_models.pipeline.dag import Clock, run
from foretap_models.pipeline.journal import Journal, Outcome
from foretap_models.pipeline.step import Request
from foretap_models.pipeline.triggers import Alert, Newest
from foretap_models.progress import Progress
from foretap_models.registry.registry import Registry, Signature
from foretap_models.registry.state import Action


@dataclass(frozen=True)
class Pipeline:
    """The pipeline in a working directory.

    Attributes:
        request: what it is asked for.
        folder: the working directory.
        alert: the file in which a monitor leaves its drift alert, where there is one.
        clock: of everything.
        progress: shown now and then.
    """

    request: Request
    folder: Path
    alert: Path | None
    clock: Clock
    progress: Progress

    def due(self) -> list[str]:
        """Why it is due, one line each; empty where it is not.

        Raises:
            ModelsError: registry, journal, features or alert cannot be read.
        """
        journal = Journal.read(self.folder)
        return triggers.reasons(
            now=self.clock.now(),
            last_run=journal.ended if journal and journal.outcome is Outcome.DONE else None,
            newest=self._newest(),
            queries=triggers.count_queries(self.request.files[steps.FEATURES]),
            alert=Alert.read(self.alert) if self.alert else None,
            triggers=self.request.config.triggers,
        )

    def run(self, reason: str) -> str:
        """Runs it; returns the version that is registered then, or that was made of the same before.

        Args:
            reason: stands in the journal, and in the audit log.

        Raises:
            ProvenanceError: neither the data nor the configuration say whose they are; nothing has been run then.
            StepError: names the step that failed. The report is written all the same, and while it runs.
            BusyError: another process runs it here.
        """
        steps.check(self.request)
        request = replace(self.request, signature=Signature(self.request.signature.by, reason))

        def told(line: str) -> None:
            self.progress(line)
            self._report(is_running=True)  # of this run, whatever ends it

        try:
            journal = run(steps.steps(request), request, self.folder, reason, self.clock, told)
        except BusyError:
            raise  # the report is the other process's
        except BaseException:
            self._report(is_running=False)
            raise
        self._report(is_running=False)
        return steps.version(journal.results("register"))

    def watch(self, poll_s: float, turns: Callable[[], bool]) -> None:
        """Runs it whenever it is due, and looks again after so many seconds; what fails is said, and tried next time.

        Args:
            poll_s: seconds between two looks.
            turns: asked before each look whether there is to be another one.
        """
        while turns():
            try:
                if found := self.due():
                    self.progress(f"{self.run('; '.join(found))} is registered")
            except ModelsError as error:
                self.progress(f"{error}; looked at again in {poll_s:g} s")
            self.clock.sleep(poll_s)

    def _newest(self) -> Newest | None:
        """The newest version that is registered."""
        try:
            with Registry.open(self.request.place, progress=self.progress) as registry:
                made = [r.decision for r in registry.records() if r.decision.action is Action.REGISTER]
        except NoRegistryError:
            return None
        if not made:
            return None
        return Newest(datetime.fromisoformat(made[-1].at), made[-1].facts["queries"])

    def _report(self, *, is_running: bool) -> None:
        """Writes `run.md` and `run.svg` of the last run."""
        journal = Journal.read(self.folder)
        if journal is not None:
            (self.folder / "run.md").write_text(report.table(journal, is_running=is_running) + "\n", encoding="utf-8")
            (self.folder / "run.svg").write_text(report.gantt(journal), encoding="utf-8")
