"""Members say in numpy what a phone computes, and their parts pack into a bundle whose golden vectors it answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
import synthetic

from foretap_models.bundle import golden, parts
from foretap_models.bundle.members import Members, Question, Router, Weights
from foretap_models.bundle.parts import Arithmetic
from foretap_models.bundle.sequence import LARGEST, ROWS, SequenceLayer, SequenceMember, SequenceWeights
from foretap_models.bundle.trees import MOST_LEAVES, TreesMember
from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.errors import MembersError
from foretap_models.learn import trees as lambdarank
from foretap_models.learn.model import Model

CHECKOUT = Path(__file__).parents[2]
D, HEADS, LAYERS, HIDDEN = 16, 4, 2, 24
ALL = (Weights(0.75, 0.5, 0.25), Weights(1.0, 0.2, -0.5), Weights(0.0, 1.0, 2.0))
ROUTER = Router((1.0, 2.5, 1_000.0), (Weights(1.0, 0.0, 0.0),) * 3)


@pytest.fixture(scope="module")
def booster(dataset: Dataset, config: Config) -> lightgbm.Booster:
    return lambdarank.fit(dataset, dataset.training_queries(0), config.trees, seed=1, progress=lambda _: None)


@pytest.fixture(scope="module")
def trees(booster: lightgbm.Booster) -> TreesMember:
    return TreesMember.of(booster.dump_model())


@pytest.fixture(scope="module")
def weights() -> SequenceWeights:
    """A model of random numbers of the size that training leaves."""
    rng = np.random.default_rng(5)

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(0.0, 0.3, shape).astype(np.float32)

    layers = tuple(
        SequenceLayer(
            **{name: normal(D, D) for name in ("query", "key", "value", "output")},
            first=normal(D, HIDDEN),
            second=normal(HIDDEN, D),
            attention_gain=1.0 + normal(D),
            attention_offset=normal(D),
            hidden_gain=1.0 + normal(D),
            hidden_offset=normal(D),
            first_bias=normal(HIDDEN),
            second_bias=normal(D),
        )
        for _ in range(LAYERS)
    )
    tables = {name: normal(rows, D) for name, rows in ROWS.items()}
    last = {"gain": 1.0 + normal(D), "offset": normal(D), "answer": normal(D, 64), "bias": normal(3, 64)}
    return SequenceWeights(heads=HEADS, **tables, layers=layers, **last)


def rows(dataset: Dataset) -> np.ndarray:
    """Candidates as trees read them."""
    chosen = dataset.queries.is_candidate()[:200]
    log_mix = dataset.queries.log_mix[:200][chosen]
    return np.concatenate([dataset.features[:200][chosen], log_mix[:, None]], axis=1)


def test_trees_score_as_lightgbm_does(booster: lightgbm.Booster, trees: TreesMember, dataset: Dataset) -> None:
    rows_of = rows(dataset)
    np.testing.assert_allclose(trees.scores(rows_of), booster.predict(rows_of), atol=1e-5)
    assert len(trees.nodes) == 30
    assert len(trees.leaves) == trees.nodes.sum() + len(trees.nodes)


def test_a_value_at_a_threshold_goes_where_lightgbm_sends_it(booster: lightgbm.Booster, trees: TreesMember) -> None:
    lines = [np.full(synthetic.FEATURES + 1, value, np.float32) for value in trees.thresholds]
    around = np.array([np.nextafter(row, np.float32(side)) for row in lines for side in (-np.inf, np.inf)] + lines)
    np.testing.assert_allclose(trees.scores(around), booster.predict(around), atol=1e-5)


def leaf(value: float) -> dict[str, Any]:
    return {"leaf_index": 0, "leaf_value": value}


def split(left: dict[str, Any], right: dict[str, Any], **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    about = {"split_feature": 1, "threshold": 0.1, "decision_type": "<=", "missing_type": "None"} | changed
    return about | {"left_child": left, "right_child": right}


def dump(*roots: dict[str, Any]) -> dict[str, Any]:
    return {"tree_info": [{"tree_structure": root} for root in roots]}


def test_trees_of_one_leaf_and_as_many_leaves_as_may_be_are_walked() -> None:
    deep = leaf(0.0)
    for n in range(1, MOST_LEAVES):
        deep = split(leaf(float(n)), deep, threshold=-float(n))
    made = TreesMember.of(dump(leaf(0.5), deep))
    assert made.nodes.tolist() == [0, MOST_LEAVES - 1]
    scores = made.scores(np.array([[0.0, x] for x in (-127.0, -126.5, -1.5, -1.0, 5.0)], np.float32))
    assert scores.tolist() == [127.5, 126.5, 1.5, 1.5, 0.5]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: dump(), "0 trees"),
        (lambda: dump(*[leaf(0.0)] * 513), "513 trees"),
        (lambda: dump(chain(MOST_LEAVES + 1)), "129 leaves"),
        (lambda: dump(split(leaf(0.0), leaf(1.0), decision_type="==")), "none on a number"),
        (lambda: dump(split(leaf(0.0), leaf(1.0), missing_type="Zero")), "takes zero for missing"),
    ],
)
def test_trees_that_no_phone_would_take_are_refused(bad: Callable[[], dict[str, Any]], says: str) -> None:
    with pytest.raises(MembersError, match=says):
        TreesMember.of(bad())


def chain(leaves: int) -> dict[str, Any]:
    root = leaf(0.0)
    for _ in range(leaves - 1):
        root = split(leaf(1.0), root)
    return root


def pasts(dataset: Dataset, count: int) -> tuple[np.ndarray, ...]:
    q = dataset.queries
    return dataset.history[:count], q.gap[:count], q.time[:count], q.moment[:count]


def test_a_sequence_model_reads_no_more_than_the_openings_that_were(weights: SequenceWeights, dataset: Dataset) -> None:
    history, gap, time, moment = pasts(dataset, 40)
    answers = weights.answers(history, gap, time, moment)
    assert answers.shape == (40, 64)
    assert answers.dtype == np.float32
    padded = history.copy()
    padded[padded[..., 0] == 0] = (0, 9, 9)
    np.testing.assert_allclose(weights.answers(padded, gap, time, moment), answers, atol=1e-5)
    for at in range(40):
        alone = weights.answers(*(array[at : at + 1] for array in (history, gap, time, moment)))[0]
        np.testing.assert_allclose(alone, answers[at], atol=1e-5)
    later = weights.answers(history, gap, (time + 1) % 24, moment)
    assert np.abs(later - answers).max() > 1e-2


def test_eight_bits_of_a_sequence_model_answer_nearly_as_its_floats(weights: SequenceWeights, dataset: Dataset) -> None:
    member = SequenceMember.of(weights)
    assert member.sizes() == {"width": D, "heads": HEADS, "layers": LAYERS, "hidden": HIDDEN}
    read = member.dequantised()
    for field in fields(SequenceWeights):
        if field.name in ROWS:
            worth = np.abs(getattr(weights, field.name)).max(1, keepdims=True) / 127
            assert (np.abs(getattr(read, field.name) - getattr(weights, field.name)) <= 0.501 * worth).all()
    np.testing.assert_array_equal(read.layers[1].first_bias, weights.layers[1].first_bias)
    np.testing.assert_array_equal(read.bias, weights.bias)
    again = SequenceMember.of(read)
    np.testing.assert_array_equal(again.weights, member.weights)
    of_floats, of_bits = (model.answers(*pasts(dataset, 100)) for model in (weights, read))
    assert np.abs(of_bits - of_floats).mean() < 0.03 * np.abs(of_floats).mean()


def test_a_row_of_zeros_is_worth_nothing(weights: SequenceWeights) -> None:
    silent = replace(weights, gap=np.zeros_like(weights.gap))
    member = SequenceMember.of(silent)
    assert not member.dequantised().gap.any()
    assert not member.scales[ROWS["rank"] : ROWS["rank"] + ROWS["gap"]].any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, 2.0 * LARGEST])
def test_a_sequence_model_of_wild_numbers_is_refused(bad: float, weights: SequenceWeights) -> None:
    bias = weights.bias.copy()
    bias[2, 63] = bad
    with pytest.raises(MembersError):
        SequenceMember.of(replace(weights, bias=bias))
    with pytest.raises(MembersError):
        SequenceMember.of(replace(weights, answer=weights.answer * np.float32(bad * 127)))


def test_members_of_weights_that_no_phone_would_take_are_refused(trees: TreesMember) -> None:
    alone = (Weights(1.0, 4.0, 0.0),) * 3
    Members(alone, trees=trees)
    for bad in (
        lambda: Members(alone),
        lambda: Members(ALL, trees=trees),
        lambda: Members((Weights(1.0, 4.1, 0.0), *alone[1:]), trees=trees),
        lambda: Members((Weights(float("nan"), 0.0, 0.0), *alone[1:]), trees=trees),
        lambda: Members(alone, trees=trees, router=Router((-0.1, 1.0, 1.0), alone)),
        lambda: Members(alone, trees=trees, router=Router((1.0, 1.0, 1_001.0), alone)),
        lambda: Members(alone, trees=trees, router=Router((1.0, 1.0, 1.0), ALL)),
    ):
        with pytest.raises(MembersError):
            bad()


def test_an_answer_is_the_weighted_sum_as_the_router_has_it(trees: TreesMember, weights: SequenceWeights) -> None:
    members = Members(ALL, trees=trees, sequence=SequenceMember.of(weights), router=ROUTER)
    features = np.random.default_rng(1).normal(size=(3, synthetic.FEATURES)).astype(np.float32)
    correction = np.array([0.5, -1.0, 2.0], np.float32)
    history = synthetic.history(np.random.default_rng(2))
    for log_mix, simple in (((-0.5, -1.25, -3.0), False), ((-0.5, -1.5, -3.0), False), ((-0.5, -1.75, -3.0), True)):
        question = Question(0, np.array(log_mix, np.float32), np.array([63, 64, 0]), history, gap=3, time=33)
        scores, corrections = members.scores(features, question), members.corrections(question)
        assert scores is not None
        assert corrections is not None
        assert corrections[1] == 0.0, "from place 64 on"
        expected = correction if simple else 0.75 * correction + 0.5 * scores + 0.25 * corrections
        np.testing.assert_allclose(members.answer(correction, features, question), expected, atol=1e-6)


def test_golden_questions_are_of_every_kind(trees: TreesMember) -> None:
    vectors = tuple(
        golden.Golden(np.zeros((n, synthetic.FEATURES), np.float32), np.zeros(n, np.float32)) for n in golden.ROWS
    )
    questions = [vector.question for vector in golden.with_questions(vectors, seed=3)]
    assert {q.moment for q in questions} == {0, 1, 2}
    assert {int((q.history[:, 0] > 0).sum()) for q in questions} >= {0, 10, 21, 32}
    certain = [q.certainty() > 2.0 for q in questions if len(q.log_mix) > 1]
    assert any(certain)
    assert not all(certain)
    for q in questions:
        assert len(set(q.recency.tolist())) == len(q.recency)
        assert (np.diff(q.log_mix) <= 0).all()


def foretap() -> str:
    """The command line, where it is built."""
    built = [CHECKOUT / "target" / kind / "foretap" for kind in ("release", "debug")]
    found = os.environ.get("FORETAP") or shutil.which("foretap") or next((str(p) for p in built if p.exists()), None)
    if found is None:
        pytest.skip("skipped: foretap is not built")
    return found


@pytest.mark.parametrize("which", ["all", "trees", "sequence"])
def test_a_phone_answers_golden_vectors_of_members_as_numpy_does(
    which: str, model: Model, trees: TreesMember, weights: SequenceWeights, tmp_path: Path
) -> None:
    binary = foretap()

    def run(*arguments: str | Path) -> str:
        done = subprocess.run([binary, "bundle", *map(str, arguments)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    shipped = json.loads(run("inspect", CHECKOUT / "core" / "data" / "foretap.bundle", "--json"))
    real = replace(model, provenance=replace(model.provenance, schema=shipped["feature_schema"]))
    sequence = SequenceMember.of(weights)
    members = {
        "all": lambda: Members(ALL, trees=trees, sequence=sequence, router=ROUTER),
        "trees": lambda: Members((Weights(0.5, 0.5, 0.0),) * 3, trees=trees),
        "sequence": lambda: Members((Weights(1.0, 0.0, 1.5),) * 3, sequence=sequence),
    }[which]()
    folder, bundle = tmp_path / "parts", tmp_path / "hybrid.bundle"
    parts.write(real, Arithmetic.INT8, CHECKOUT / "core" / "data" / "start_weights.tsv", folder, members)
    run("pack", folder, "--out", bundle)
    lines = run("verify", bundle).splitlines()
    assert all(line.startswith("ok: ") for line in lines), lines
    shown = json.loads(run("inspect", bundle, "--json"))
    assert (shown["format"], shown["members"]["trees"] is None, shown["members"]["sequence"] is None) == (
        2,
        which == "sequence",
        which == "trees",
    )
    assert bundle.stat().st_size < 262_144


def test_parts_written_again_without_members_have_none(
    model: Model, trees: TreesMember, start_weights: Path, tmp_path: Path
) -> None:
    members = Members((Weights(0.5, 0.5, 0.0),) * 3, trees=trees)
    parts.write(model, Arithmetic.INT8, start_weights, tmp_path, members)
    assert (tmp_path / "members.json").exists()
    parts.write(model, Arithmetic.INT8, start_weights, tmp_path)
    assert not (tmp_path / "members.json").exists()
    assert set(json.loads((tmp_path / "golden.json").read_text())[0]) == {"features", "correction"}
