"""A configuration has every key, none besides, and only values that make sense."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import synthetic

from foretap_models.commands.arguments import DEFAULT_CONFIG
from foretap_models.config import Config
from foretap_models.errors import ConfigError

OUTLIER = '[[outlier]]\nrule = "iqr"\nover = "query"\nlimit = 0.5\ncolumns = ["*"]\nscored = false\n'
BINNING = '[[binning]]\nmethod = "k_means"\ncolumns = ["*"]\nbins = 2\n'


def test_the_default_configuration_is_accepted() -> None:
    config = Config.read(DEFAULT_CONFIG)
    assert config.training.hidden == (64, 32)
    assert (config.outlier, config.binning) == ((), ()), "off"


def test_values_at_their_limits_are_accepted() -> None:
    forest = OUTLIER.replace("iqr", "isolation_forest").replace("0.5", "0.999")
    config = Config.of(tomllib.loads(synthetic.CONFIG + OUTLIER + forest + BINNING + BINNING.replace("= 2", "= 65536")))
    assert [rule.limit for rule in config.outlier] == [0.5, 0.999]
    assert [binning.bins for binning in config.binning] == [2, 65_536]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("epochs = 4", ""),
        ("epochs = 4", "epochs = 4\nepoch = 5"),
        ("epochs = 4", "epochs = 0"),
        ("epochs = 4", "epochs = 4.5"),
        ("epochs = 4", "epochs = true"),
        ("hidden = [64, 32]", "hidden = [64]"),
        ("hidden = [64, 32]", "hidden = [64, 257]"),
        ("rate = 0.1", "rate = 1.0"),
        ("rounds = 2", "rounds = 5"),
        ("percentile = 99.99", "percentile = 9999"),
        ("most_duplicates = 0.0", "most_duplicates = -0.1"),
        ("most_at_the_cut = 0.1", "most_at_the_cut = 1.1"),
        ("fewest_queries = 5", "fewest_queries = -1"),
        ("[training]", OUTLIER.replace("iqr", "igr") + "[training]"),
        ("[training]", OUTLIER.replace("query", "day") + "[training]"),
        ("[training]", OUTLIER.replace("0.5", "0.0") + "[training]"),
        ("[training]", OUTLIER.replace("iqr", "isolation_forest").replace("0.5", "1.0") + "[training]"),
        ("[training]", OUTLIER.replace("false", "0") + "[training]"),
        ("[training]", BINNING.replace("k_means", "k-means") + "[training]"),
        ("[training]", BINNING.replace("= 2", "= 1") + "[training]"),
        ("[training]", BINNING.replace("= 2", "= 65537") + "[training]"),
        ("[training]", BINNING.replace("[[binning]]", "[binning]") + "[training]"),
        ("hr3_margin = 0.5", "hr3_margin = -0.1"),
        ("ece_limit = 0.05", "ece_limit = 0.0"),
        ("ece_limit = 0.05", "ece_limit = 1.1"),
        ("judged_folds = [0]", "judged_folds = []"),
        ("judged_folds = [0]", "judged_folds = [0, 0]"),
        ("judged_folds = [0]", "judged_folds = [5]"),
        ("retries = 2", "retries = -1"),
        ("backoff_s = 5.0", "backoff_s = -1.0"),
        ("tune_trials = 0", "tune_trials = -1"),
        ("distil = false", "distil = 0"),
        ("interval_days = 30.0", "interval_days = 0.0"),
        ("new_queries = 1000", "new_queries = 0"),
        ("drift_limit = 0.25", "drift_limit = 0.0"),
        ("[bundle]", "[bundel]"),
        ("[inner]", "[inner"),
    ],
)
def test_a_slip_of_the_pen_is_refused(old: str, new: str, tmp_path: Path) -> None:
    assert old in synthetic.CONFIG
    path = tmp_path / "config.toml"
    path.write_text(synthetic.CONFIG)
    Config.read(path)
    path.write_text(synthetic.CONFIG.replace(old, new, 1))
    with pytest.raises(ConfigError):
        Config.read(path)


def test_a_file_has_the_sections_that_differ_each_of_them_whole(tmp_path: Path) -> None:
    default, path = Config.read(DEFAULT_CONFIG), tmp_path / "mine.toml"
    path.write_text("dropout = []\n[gates]\nhr3_margin = 0.7\nece_limit = 0.03\n")
    assert default.dropout
    assert Config.read(path) == replace(default, dropout=(), gates=replace(default.gates, hr3_margin=0.7))
    path.write_text("")
    assert Config.read(path) == default


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[gates]\nhr3_margin = -50\nece_limit = 0.03", "gates.hr3_margin must be 0 or more, not -50.0"),
        ("[gates]\nhr3_margin = 0.7", "gates.ece_limit: is missing; a section has all of its keys"),
        ("[gates]\nhr3_margin = 0.7\nece_limit = 0.03\nece = 1", "gates.ece: there is no such key"),
        (OUTLIER.replace("scored = false\n", ""), "outlier.scored: is missing; a section has all of its keys"),
        ("[gate]\nhr3_margin = 0.7", "there is no section gate"),
        ("[trees]\nthreads = 'two'", "trees."),
        ("[gates", "Expected ']' at the end of a table declaration"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(text: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        Config.read(path)
    assert str(refused.value).startswith(f"{path}: {why}")
    with pytest.raises(ConfigError, match=r"nowhere\.toml: .*No such file"):
        Config.read(tmp_path / "nowhere.toml")


def test_away_from_the_repository_a_configuration_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foretap_models.config.DEFAULT", tmp_path / "none.toml")
    path = tmp_path / "mine.toml"
    path.write_text(synthetic.CONFIG)
    assert Config.read(path) == Config.of(tomllib.loads(synthetic.CONFIG))
    path.write_text("[gates]\nhr3_margin = 0.7\nece_limit = 0.03\n")
    with pytest.raises(ConfigError, match=r"mine\.toml: the section \[quality\] is missing"):
        Config.read(path)


def test_whole_numbers_are_taken_for_fractions() -> None:
    table = tomllib.loads(synthetic.CONFIG)
    table["training"]["weight_decay"] = 0
    assert Config.of(table).training.weight_decay == 0.0
