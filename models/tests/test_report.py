"""The learning report: one page with nothing to fetch, that shows what was found."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.evaluate import importance, report, verdict
from foretap_models.evaluate.importance import Worth
from foretap_models.judge.figures import Figures
from foretap_models.learn.model import Model


class Balance(HTMLParser):
    """Refuses a page whose elements are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens an element."""
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without a body."""
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        """Closes the last one that is open."""
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def found(dataset: Dataset, model: Model) -> Figures:
    return verdict.evaluate([verdict.Trial(dataset, model)], progress=lambda _: None)


@pytest.fixture(scope="module")
def page(found: Figures, model: Model) -> str:
    worth = {"features": {f"f{n}": Worth((f"f{n}",), n / 100.0, {"next": n / 10.0}) for n in range(40)}}
    return report.evaluation([model.provenance], found, verdict.INT8, worth, {"log_mix": 0.75, "age": 0.25})


def test_a_page_is_whole_and_fetches_nothing(page: str, model: Model) -> None:
    for each in (page, report.training(model.provenance)):
        balance = Balance()
        balance.feed(each)
        assert balance.open == []
        assert not balance.seen & {"script", "link", "img", "iframe"}
        assert "http" not in re.sub(r'lang="en"', "", each)
        assert "prefers-color-scheme: dark" in each
        assert "nan" not in each


def test_it_shows_what_was_found(page: str, found: Figures, model: Model) -> None:
    for name, moment in found.moments.items():
        system = moment.systems[verdict.INT8]
        assert f"{system.macro.hr3:.1f} %" in page
        assert f"{name}: {verdict.INT8}" in page
        for person in system.people:
            assert f"to {person.hr3:.1f} % of {person.queries} queries" in page
        for of in system.reliability:
            assert f"right {100.0 * of.right:.1f} % of {of.queries} queries" in page
    for epoch, loss in enumerate(model.provenance.losses, 1):
        assert f"epoch {epoch}: {loss:.4f} nats" in page
    assert "75.00 % of the gain" in page


def test_the_dearest_features_are_drawn_first_and_no_more_than_fit(page: str) -> None:
    drawn = re.findall(r"<title>(f\d+): HR@3 lost", page)
    assert drawn == [f"f{n}" for n in range(39, 39 - report.MOST_BARS, -1)]


def test_the_page_of_a_training_has_a_point_for_every_epoch_and_the_inner_split(model: Model, config: Config) -> None:
    shown = report.training(model.provenance)
    assert shown.count("<circle") == len(model.provenance.losses) == config.training.epochs
    assert f"{model.provenance.losses[-1]:.4f} nats" in shown
    for of in model.provenance.inner.values():
        assert f"<td>{of['hr3']:.2f}</td>" in shown


def test_an_empty_inner_split_is_said_rather_than_drawn(model: Model) -> None:
    inner: dict[str, dict[str, float]] = {name: {} for name in model.provenance.inner}
    shown = report.training(replace(model.provenance, inner=inner))
    assert "<table>" not in shown
    assert "No figures of next, unlock, unlock_or_resume: nobody who was held out has 30 queries of a moment" in shown
    some = report.training(replace(model.provenance, inner=model.provenance.inner | {"unlock": {}}))
    assert "<td>next</td>" in some
    assert "<td>unlock</td>" not in some
    assert "No figures of unlock: nobody" in some


def test_a_page_of_several_models_is_not_headed_by_the_first_alone(found: Figures, model: Model) -> None:
    one = model.provenance
    other = replace(one, held_out_fold=3, queries=one.queries + 7)
    shown = report.evaluation([one, other], found, verdict.INT8, {}, {})
    assert "2 models, each judged on the fold that it was held from" in shown
    assert f"{one.queries} to {one.queries + 7} queries of {one.people} people, folds 0, 3 held out, seed 3" in shown
    assert f"{one.queries} queries of {one.people} people, fold 0 held out" in report.training(one)


def test_nothing_is_never_less_than_nothing(found: Figures, model: Model) -> None:
    worth = {"features": {"age": Worth(("age",), -1e-6, {"next": -0.001})}}
    shown = report.evaluation([model.provenance], found, verdict.INT8, worth, {})
    assert "HR@3 lost: next +0.00" in shown
    assert "-0.0" not in re.sub("<h1>.*?</h1>", "", shown).split("Permutation importance", 1)[1].split("</section>")[0]
    assert "-0.00" not in importance.table(worth)


def test_a_name_cannot_become_markup(model: Model) -> None:
    named = replace(model.provenance, name='<script>alert("x")</script>')
    assert "<script" not in report.training(named)
