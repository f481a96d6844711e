"""Rules beside learners: the same people and the same queries, or nothing stands beside anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic

from foretap_models import command, foretap
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.errors import ReplayError
from foretap_models.evaluate.peers import Cost, Fold, Peers, markdown, peers
from foretap_models.evaluate.replayed import MOMENTS, ROUNDING, Replay
from foretap_models.judge import figures
from foretap_models.judge.answers import MIXER, AnswersFile, of_mixer
from foretap_models.judge.figures import Figures
from foretap_models.learn.kept import Kept

RATES = {"hr1": 20.0, "hr3": 41.5, "hr4": 50.0, "hr5": 60.0, "mrr": 35.0}


@pytest.fixture(scope="module")
def folds(tmp_path_factory: pytest.TempPathFactory) -> list[Fold]:
    folder = tmp_path_factory.mktemp("small")
    made = synthetic.people(seed=8, count=5, training=10, scored=60)
    dataset = cache.prepare([synthetic.file(folder, made)], folder / "cache")
    return [Fold(dataset, number) for number in range(5)]


@pytest.fixture(scope="module")
def judged(folds: list[Fold], tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """The mixer alone."""
    path = tmp_path_factory.mktemp("judged") / "answers.parquet"
    with AnswersFile(path) as file:
        dataset = folds[0].dataset
        at = dataset.scored_queries(None)
        file.add(dataset, at, {MIXER: of_mixer(dataset, at)})
    return figures.judge(path, MIXER, "scored")


def replayed(judged: Figures) -> dict[str, Any]:
    """What a replay of the judged questions writes, in short."""
    tasks = {}
    for letter, name in MOMENTS.items():
        moment = judged.moments[name]
        about = {"users": moment.people, "queries": moment.queries}
        rates = {"mfu": RATES, "logmix": RATES, MIXER: asdict(moment.systems[MIXER].macro), "foretap": RATES}
        tasks[letter] = {system: {"macro": macro, **about} for system, macro in rates.items()}
    return {"sha256": synthetic.LOG, "tasks": tasks, "latency_us": {"total": {"p50": 71.6, "p99": 150.0}}}


def read(folder: Path, value: object) -> Replay:
    path = folder / "replay.json"
    path.write_text(json.dumps(value))
    return Replay.read(path)


def test_a_replay_of_the_same_questions_stands_beside(judged: Figures, tmp_path: Path) -> None:
    replay = read(tmp_path, replayed(judged))
    replay.check(judged, (synthetic.LOG,))
    assert replay.systems() == ["mfu", "logmix", "foretap"]
    costs = {"mfu": Cost(0.0, None, None, "foretap"), "foretap": Cost(None, None, 71.6, "foretap")}
    lines = markdown(Peers(judged, costs, {}, replay)).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| mfu", "| logmix", "| foretap", "| mixer"]
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2].startswith("| mfu | 0 | - | - | foretap | 20.00 / 41.50 / 35.00 | ")
    assert lines[4].startswith("| foretap | - | - | 72 | foretap | ")
    lead = 41.5 - judged.moments["next"].systems[MIXER].macro.hr3
    assert lines[2].split(" | ")[6] == f"{lead:+.2f}"


Change = Callable[[dict[str, Any]], object]


def mixers(value: dict[str, Any], by: float) -> None:
    value["tasks"]["A"][MIXER]["macro"]["mrr"] += by


REFUSED: dict[str, Change] = {
    "another log": lambda value: value.update(sha256="f" * 64),
    "next: people 6": lambda value: value["tasks"]["A"][MIXER].update(users=6),
    "unlock_or_resume: queries 1 replayed": lambda value: value["tasks"]["B"][MIXER].update(queries=1),
    "replayed are next, unlock; judged": lambda value: value["tasks"].update(B={}),
    "the mixer's mrr": lambda value: mixers(value, 2.0 * ROUNDING),
}


@pytest.mark.parametrize("why", list(REFUSED))
def test_other_questions_are_refused(why: str, judged: Figures, tmp_path: Path) -> None:
    value = replayed(judged)
    REFUSED[why](value)
    with pytest.raises(ReplayError, match=why):
        read(tmp_path, value).check(judged, (synthetic.LOG,))


def test_a_mixer_that_differs_by_rounding_is_the_same(judged: Figures, tmp_path: Path) -> None:
    value = replayed(judged)
    mixers(value, 0.5 * ROUNDING)
    read(tmp_path, value).check(judged, (synthetic.LOG,))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tasks": {"A": {}, "B": {}, "C": {}}}'])
def test_what_is_no_replay_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "replay.json").write_text(text)
    with pytest.raises(ReplayError, match="not what this package knows"):
        Replay.read(tmp_path / "replay.json")


def test_a_refusal_comes_before_anything_is_trained(
    folds: list[Fold], judged: Figures, config: Config, tmp_path: Path
) -> None:
    said: list[str] = []

    def compared(some: list[Fold], part: figures.Part) -> None:
        replay = read(tmp_path, replayed(judged))
        peers(some, ["lightgbm"], [], config, 0, part, Kept(), said.append, replay)

    with pytest.raises(ReplayError, match="people 5 replayed, 4 judged"):
        compared(folds[:4], "scored")
    with pytest.raises(ReplayError, match="not the test part"):
        compared(folds, "test")
    assert said == []


def log(path: Path) -> Path:
    """A log of ten people with 240 openings each, two a session."""
    rng = np.random.default_rng(3)
    lines = ["user,at_ms,utc_offset_min,kind,item"]
    for person in range(10):
        at, usual = 1_770_000_000_000, rng.permutation(8)
        for opening in range(240):
            at += 20_000
            if opening % 2 == 0:
                at += 1_200_000
                lines.append(f"p{person},{at - 500},60,unlock,")
            item = usual[(opening % 4) if rng.random() < 0.6 else rng.integers(0, 8)]
            lines.append(f"p{person},{at},60,launch,app{item}")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_one_table_has_rules_and_learners(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program, played = foretap.find(), log(tmp_path / "log.csv")
    (tmp_path / "config.toml").write_text(synthetic.CONFIG.replace('"age_*", "flag_?"', '"age_log"'))
    paths = {name: tmp_path / name for name in ("f.parquet", "replay.json", "cache", "t.md", "t.json", "config.toml")}
    weights = ["--weights", "neutral", "--quiet"]
    foretap.run(program, ["features", played, "--out", paths["f.parquet"], *weights])
    foretap.run(program, ["replay", played, "--no-model", "--json", paths["replay.json"], *weights])
    assert command.main(["prepare", str(paths["f.parquet"]), "--out", str(paths["cache"])]) == 0
    words = ["peers", paths["cache"], "--learners", "lightgbm", "--replay", paths["replay.json"]]
    words += ["--markdown", paths["t.md"], "--json", paths["t.json"], "--config", paths["config.toml"]]
    assert command.main([str(word) for word in words]) == 0
    rows = [line.split(" | ")[0] for line in paths["t.md"].read_text().splitlines()[2:]]
    assert rows[0] == "| mfu"
    assert {"| rank_frecency", "| markov1", "| ppm3", "| logmix", "| foretap"} <= set(rows)
    assert rows[-2:] == ["| mixer", "| lightgbm"]
    found = json.loads(paths["t.json"].read_text())
    assert found["replay"]["moments"]["next"]["people"] == found["judged"]["moments"]["next"]["people"] == 10
    assert found["costs"]["mfu"] == {"parameters": 0.0, "bytes": None, "microseconds": None, "runtime": "foretap"}
    capsys.readouterr()
    assert command.main([str(word) for word in [*words, "--part", "test"]]) == 2
    assert "not the test part" in capsys.readouterr().err
