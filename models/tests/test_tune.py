"""Tuning: windows never hold what is scored, a search that was interrupted goes on, and the best is a configuration."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic

from foretap_models import command
from foretap_models.commands.arguments import DEFAULT_CONFIG
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.dataset import Dataset
from foretap_models.errors import ConfigError, HeldOutError, TuneError
from foretap_models.hyperparameters import SCORED_FROM
from foretap_models.learn import learners
from foretap_models.learn import tune as tuning
from foretap_models.learn.corrector import Corrector
from foretap_models.learn.space import SPACES, Space
from foretap_models.learn.tune import Sampler, Study, tune, windows

SPACE = """
learner = "lightgbm"

[space]
"trees.rounds" = { low = 2, high = 40, log = true, points = 2 }
"trees.learning_rate" = { low = 0.01, high = 0.3, points = 2 }
"trees.leaves" = { choices = [4, 8] }
"""


@pytest.fixture
def space(tmp_path: Path, config: Config) -> Space:
    path = tmp_path / "space.toml"
    path.write_text(SPACE)
    return Space.read(path, config)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Ten people with 60 openings each, of which the last 18 are scored; all are learned from."""
    folder = tmp_path_factory.mktemp("lived")
    made = synthetic.people(seed=4, count=10, training=60, scored=0)
    queries = [replace(q, openings=60, is_scored=q.opening >= 42) for q in made]
    return cache.prepare([synthetic.file(folder, queries)], folder / "cache")


def search(
    over: Space, lived: Dataset, config: Config, storage: Path, trials: int, **chosen: object
) -> tuple[Config, float]:
    study = replace(Study(over, Sampler.TPE, trials, 0), **chosen)  # type: ignore[arg-type]
    return tune(study, lived, config, 0, storage, lambda _: None)


def values(storage: Path) -> list[tuple[dict[str, object], float | None]]:
    import optuna

    study = optuna.load_study(study_name="tune", storage=f"sqlite:///{storage}")
    complete = (optuna.trial.TrialState.COMPLETE,)
    return [(trial.params, trial.value) for trial in study.get_trials(states=complete)]


@pytest.mark.parametrize("people", [1, 2, 5])
def test_a_window_learns_from_what_came_before_and_never_holds_what_is_scored(
    lived: Dataset, config: Config, people: int
) -> None:
    changed = replace(config, tune=replace(config.tune, ends=(0.3, 0.5, SCORED_FROM), people=people, queries=0))
    q, held_out = lived.queries, 0
    made = windows(lived, changed, held_out)
    assert len(made) == 2
    for window, end, until in zip(made, (0.3, 0.5), (0.5, SCORED_FROM), strict=True):
        both = np.concatenate([window.learned_from, window.judged_on])
        assert not q.is_scored[both].any()
        assert (q.fold[both] != held_out).all()
        assert (q.opening[window.learned_from] < end * 60).all()
        assert (q.opening[window.judged_on] >= end * 60).all()
        assert (q.opening[window.judged_on] < until * 60).all()
        strangers = not set(q.person[window.learned_from]) & set(q.person[window.judged_on])
        assert strangers == (people > 1)


def test_a_window_is_thinned_evenly_and_an_empty_one_is_refused(lived: Dataset, config: Config) -> None:
    few = replace(config, tune=replace(config.tune, queries=100))
    assert len(windows(lived, few, None)[0].learned_from) == 100
    with pytest.raises(HeldOutError, match="window"):
        windows(lived, replace(config, tune=replace(config.tune, ends=(0.69, 0.7))), None)


@pytest.mark.parametrize("sampler", list(Sampler))
def test_the_same_seed_gives_the_same_search_and_an_interrupted_one_goes_on(
    sampler: Sampler, space: Space, lived: Dataset, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = search(space, lived, config, tmp_path / "whole.db", 5, sampler=sampler)
    learner, calls = learners.LEARNERS["lightgbm"], []

    def interrupted(*arguments: object) -> Corrector:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return learner.learn(*arguments)  # type: ignore[arg-type]

    monkeypatch.setitem(learners.LEARNERS, "lightgbm", replace(learner, learn=interrupted))
    with pytest.raises(KeyboardInterrupt):
        search(space, lived, config, tmp_path / "parts.db", 5, sampler=sampler)
    assert len(values(tmp_path / "parts.db")) == 2
    assert search(space, lived, config, tmp_path / "parts.db", 5, sampler=sampler) == whole
    parts, at_once = values(tmp_path / "parts.db"), values(tmp_path / "whole.db")
    # What was interrupted comes last in a grid, whose others stand in line already.
    assert sorted(parts, key=str) == sorted(at_once, key=str)
    assert parts == at_once or sampler is Sampler.GRID
    # 2 trials, the interrupted one, and the 3 that were missing.
    assert len(calls) == 6


def test_the_best_of_a_grid_is_the_best_of_all_its_combinations(
    space: Space, lived: Dataset, config: Config, tmp_path: Path
) -> None:
    best, value = search(space, lived, config, tmp_path / "grid.db", 100, sampler=Sampler.GRID)
    tried = values(tmp_path / "grid.db")
    assert len({str(params) for params, _ in tried}) == len(tried) == 8
    assert value == min(found for _, found in tried if found is not None)
    # Trees that hardly count leave the mixer as it is.
    assert best.trees.learning_rate == 0.3
    assert best.trees.leaves in (4, 8)


def test_what_is_missing_to_a_hundred_is_what_the_judge_leaves(lived: Dataset, config: Config) -> None:
    """With two hundred openings each: fewer count for nobody."""
    enough = replace(lived, queries=replace(lived.queries, openings=np.full(len(lived), 200)))
    at = np.flatnonzero(enough.queries.target >= 0)
    q = enough.queries
    nothing = np.zeros((len(at), 32), np.float32)
    shares = []
    for moment in range(3):
        of = at[q.moment[at] == moment]
        people = [of[q.person[of] == person] for person in np.unique(q.person)]
        shares.append(np.mean([(q.target[theirs] < 3).mean() for theirs in people]))
    assert tuning.hr3(enough, at, nothing) == pytest.approx(100.0 - 100.0 * np.mean(shares), abs=1e-3)
    told = 50.0 * (np.arange(32) == q.target[at][:, None])
    assert tuning.hr3(enough, at, told) == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(HeldOutError, match="HR@3"):
        tuning.hr3(lived, at, nothing)


def test_another_search_in_the_same_file_is_refused(
    space: Space, lived: Dataset, config: Config, tmp_path: Path
) -> None:
    storage = tmp_path / "trials.db"
    search(space, lived, config, storage, 1)
    others = [
        {"seed": 1},
        {"sampler": Sampler.RANDOM},
        {"space": replace(space, dimensions=space.dimensions[:2])},
    ]
    for other in others:
        with pytest.raises(TuneError, match="another search"):
            search(other.pop("space", space), lived, config, storage, 1, **other)


@pytest.mark.parametrize(
    "said",
    [
        'learner = "lightgbn"\n[space]\n"trees.rounds" = { low = 1, high = 2 }',
        'learner = "lightgbm"\n[space]\n"boosted.rounds" = { low = 1, high = 2 }',
        'learner = "lightgbm"\n[space]\n"trees.round" = { low = 1, high = 2 }',
        'learner = "lightgbm"\n[space]\n"trees.rounds" = { low = 2, high = 2 }',
        'learner = "lightgbm"\n[space]\n"trees.rounds" = { low = 0, high = 2, log = true }',
        'learner = "lightgbm"\n[space]\n"trees.rounds" = { low = 1, high = 2, points = 1 }',
        'learner = "lightgbm"\n[space]\n"trees.rounds" = { low = 1, hihg = 2 }',
        'learner = "lightgbm"\n[space]\n"trees.rounds" = { choices = [] }',
        'learner = "lightgbm"\n[space]\n"trees.rounds" = 3',
        'learner = "lightgbm"\n[space]\n',
        'learner = "lightgbm"\n[spaces]\n"trees.rounds" = { low = 1, high = 2 }',
        'learner = "lightgbm',
    ],
)
def test_a_space_that_cannot_be_meant_is_refused(said: str, config: Config, tmp_path: Path) -> None:
    path = tmp_path / "space.toml"
    path.write_text(said)
    with pytest.raises(TuneError):
        Space.read(path, config)


def test_values_that_do_not_go_together_are_refused(lived: Dataset, config: Config, tmp_path: Path) -> None:
    path = tmp_path / "space.toml"
    path.write_text('learner = "attention"\n[space]\n"attention.width" = { choices = [15] }')
    with pytest.raises(ConfigError, match="multiple of the heads"):
        search(Space.read(path, config), lived, config, tmp_path / "trials.db", 1)


def test_every_named_space_and_its_grid_make_configurations(tmp_path: Path) -> None:
    import optuna

    config = Config.read(DEFAULT_CONFIG)
    paths = sorted(SPACES.glob("*.toml"))
    assert len(paths) >= 5
    for path in paths:
        space = Space.read(path, config)
        for corner in (0, -1):
            at_corner = optuna.trial.FixedTrial({name: found[corner] for name, found in space.grid().items()})
            assert space.suggested(at_corner, config) != config


def test_a_configuration_is_written_as_it_is_read(config: Config, tmp_path: Path) -> None:
    for each in (config, Config.read(DEFAULT_CONFIG)):
        path = tmp_path / "config.toml"
        path.write_text(each.toml())
        assert Config.read(path) == each
        assert Config.of(tomllib.loads(each.toml())) == each


def test_the_command_writes_what_train_takes(lived: Dataset, config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    made = synthetic.people(seed=4, count=6, training=60, scored=0)
    cache.prepare([synthetic.file(tmp_path, [replace(q, openings=100) for q in made])], folder)
    (tmp_path / "config.toml").write_text(config.toml())
    (tmp_path / "space.toml").write_text(SPACE)
    arguments = [
        "--space",
        "space.toml",
        "--trials",
        "2",
        "--storage",
        "t.db",
        "--out",
        "best.toml",
        "--sampler",
        "random",
    ]
    paths = {"space.toml", "t.db", "best.toml"}
    full = [str(tmp_path / a) if a in paths else a for a in arguments]
    assert command.main(["tune", str(folder), *full, "--config", str(tmp_path / "config.toml")]) == 0
    best = Config.read(tmp_path / "best.toml")
    assert replace(best, trees=config.trees) == config
    assert best.trees != config.trees
