"""Answers are written as the judge reads them, its figures come back as they are, and errors say what to do."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import answered
import numpy as np
import pytest

from foretap_models.data.dataset import Dataset
from foretap_models.errors import AnswersError, ForetapError, JudgeError
from foretap_models.judge import figures
from foretap_models.judge.answers import MIXER, AnswersFile, Scores, of_mixer
from foretap_models.judge.figures import Bin, Decisions, Rates


def half(n: int) -> Dataset:
    """Queries of three candidates, of probability 0.5, 0.25 and 0.25; the first and the second are right in turn."""
    log_mix = np.full((n, 32), -np.inf, np.float32)
    log_mix[:, :3] = np.log([0.5, 0.25, 0.25])
    return answered.asked(log_mix, np.arange(n) // answered.PEOPLE % 2)


def test_the_figures_of_answers_are_those_worked_out_by_hand() -> None:
    dataset, at = half(300), np.arange(300)
    values = np.zeros((300, 32))
    values[:, 2] = 1.0
    found = answered.of_five_people(dataset, at, {MIXER: of_mixer(dataset, at), "third": Scores(values)})
    assert (found.people, found.left_out, found.queries) == (5, 0, 300)
    mixer, third = found.systems[MIXER], found.systems["third"]
    assert mixer.macro == mixer.micro == Rates(hr1=50.0, hr3=100.0, hr4=100.0, hr5=100.0, mrr=75.0)
    assert third.macro == Rates(hr1=0.0, hr3=100.0, hr4=100.0, hr5=100.0, mrr=41.6667)
    assert mixer.interval == {"hr1": (50.0, 50.0), "hr3": (100.0, 100.0)}
    assert (third.lead["hr1"].mean, third.lead["hr3"].mean) == (-50.0, 0.0)
    assert mixer.ece == 0.0, "half of them are right, as it says"
    assert mixer.reliability == (Bin(queries=300, probability=0.5, right=0.5),)
    assert mixer.decisions[1] == Decisions(150, 150, 150, 450, 0.6667, 0.5, 0.5, 0.5)
    assert mixer.decisions[3].recall == 1.0
    assert (third.ece, third.auc, third.reliability) == (None, None, ())
    assert third.moved[0][1] == 150, "what was first is second"
    assert third.moved[1][2] == 150
    assert [(p.person, p.queries, p.hr1) for p in mixer.people] == [(n, 60, 50.0) for n in range(5)]
    assert mixer.days == ()
    assert mixer.stability is None


def test_equal_scores_keep_the_mixers_order_and_what_is_beyond_the_list_says_nothing() -> None:
    dataset, at = half(300), np.arange(300)
    beyond = np.where(np.arange(32) < 3, 0.0, np.nan) * np.ones((300, 1))
    found = answered.of_five_people(dataset, at, {"ties": Scores(beyond), MIXER: of_mixer(dataset, at)})
    assert found.systems["ties"].macro == found.systems[MIXER].macro


def test_parts_of_a_file_are_judged_together_and_a_query_twice_is_refused(tmp_path: Path) -> None:
    dataset, at = half(600), np.arange(600)
    q = dataset.queries
    q.openings[:], q.opening[:] = 1_000, np.arange(600)
    path = tmp_path / "answers.parquet"
    with AnswersFile(path) as file:
        for part in (at[:100], at[100:]):
            file.add(dataset, part, {MIXER: of_mixer(dataset, part)})
    assert figures.judge(path).moments["next"].queries == 600
    assert figures.judge(path, part="scored").moments == {}, "they are of the first 70 %"
    with AnswersFile(path) as file:
        for part in (at[:100], at[99:]):
            file.add(dataset, part, {MIXER: of_mixer(dataset, part)})
    with pytest.raises(ForetapError, match=r"answers.parquet: row 300: a question that was there before$"):
        figures.judge(path)
    with pytest.raises(ForetapError, match="no system is called trees; known: mixer"):
        figures.judge(good(tmp_path), against="trees")


def good(folder: Path) -> Path:
    """A file that can be judged."""
    dataset, at = half(300), np.arange(300)
    dataset.queries.openings[:], dataset.queries.opening[:] = 300, np.arange(300)
    with AnswersFile(folder / "good.parquet") as file:
        file.add(dataset, at, {MIXER: of_mixer(dataset, at)})
    return folder / "good.parquet"


def test_answers_that_do_not_fit_their_queries_are_refused(tmp_path: Path) -> None:
    dataset, at = half(300), np.arange(300)
    with AnswersFile(tmp_path / "answers.parquet") as file:
        with pytest.raises(AnswersError, match="no system"):
            file.add(dataset, at, {})
        for wrong in (Scores(np.zeros((299, 32))), Scores(np.zeros((300, 32)), np.zeros((300, 31)))):
            with pytest.raises(AnswersError, match="wrong: its scores are not 300 queries by 32 places"):
                file.add(dataset, at, {"wrong": wrong})
        file.add(dataset, at, {"one": Scores(np.zeros((300, 32)))})
        for other in ({"two": Scores(np.zeros((300, 32)))}, {"one": Scores(np.zeros((300, 32)), np.zeros((300, 32)))}):
            with pytest.raises(AnswersError, match="other systems"):
                file.add(dataset, at, other)


def test_scores_that_are_no_numbers_are_refused_by_the_judge() -> None:
    dataset, at = half(300), np.arange(300)
    for wrong, says in ((Scores(np.full((300, 32), np.nan)), "score.wrong is not finite"),):
        with pytest.raises(ForetapError, match=says):
            answered.of_five_people(dataset, at, {"wrong": wrong})
    sure = Scores(np.zeros((300, 32)), np.full((300, 32), 0.4))
    with pytest.raises(ForetapError, match=r"p.sure is no probability, or those of a query sum to more than 1"):
        answered.of_five_people(dataset, at, {"sure": sure})


def script(path: Path, text: str) -> Path:
    """A program that is none of ours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_judge_of_another_version_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = good(tmp_path)
    older = script(tmp_path / "older", "echo \"error: unrecognized subcommand 'judge'\" >&2; exit 2")
    monkeypatch.setenv("FORETAP", str(older))
    with pytest.raises(ForetapError, match="unrecognized subcommand 'judge'"):
        figures.judge(answers)
    # `judge FILE --part all --json FILE`: the sixth word is where the figures go.
    other = json.dumps({"against": "mixer", "moments": []})
    monkeypatch.setenv("FORETAP", str(script(tmp_path / "other", f"echo '{other}' > \"$6\"")))
    with pytest.raises(JudgeError, match="another version"):
        figures.judge(answers)
