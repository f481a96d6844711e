"""The hyper-parameters of each learner, as the sections of the configuration. Their reasons stand in the TOML file.

A section says itself in which limits its values make sense.
"""

from __future__ import annotations

from dataclasses import dataclass

SCORED_FROM = 0.7
"""The share of a person's openings from which on they are scored."""

Limits = dict[str, bool]
"""What has to hold, in words, and whether it does."""


@dataclass(frozen=True)
class Schedule:
    """How a network is trained, whatever it computes.

    Attributes:
        epochs: passes over the queries.
        batch: queries a step.
        learning_rate: Adam's, at its highest.
        warm_up: steps until it is reached.
        final_share: share of it that is left at the end of the cosine.
        weight_decay: share of every weight that a step takes off, a unit of the learning rate (decoupled).
    """

    epochs: int
    batch: int
    learning_rate: float
    warm_up: int
    final_share: float
    weight_decay: float

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return {
            f"{section}.epochs and {section}.batch: at least 1": self.epochs >= 1 and self.batch >= 1,
            f"{section}.learning_rate: above 0": self.learning_rate > 0.0,
            f"{section}.warm_up and {section}.weight_decay: 0 or more": (
                self.warm_up >= 0 and self.weight_decay >= 0.0
            ),
            f"{section}.final_share: 0..=1": 0.0 <= self.final_share <= 1.0,
        }


@dataclass(frozen=True)
class Training(Schedule):
    """The MLP, which ships.

    Attributes:
        hidden: widths of the hidden layers.
    """

    hidden: tuple[int, ...]

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        widths = len(self.hidden) == 2 and all(1 <= h <= 256 for h in self.hidden)
        return super().limits(section) | {f"{section}.hidden: two widths of 1..=256": widths}


@dataclass(frozen=True)
class Transformer(Schedule):
    """The shape of Transformer blocks, and how they are trained.

    Attributes:
        width: numbers that stand for a token, d.
        heads: parts of it that attend apart.
        blocks: one after the other.
        feed_forward: hidden width of a block's second half.
        drop: share of what each half of a block adds that is left out in training.
    """

    width: int
    heads: int
    blocks: int
    feed_forward: int
    drop: float

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return super().limits(section) | {
            f"{section}.width: 1..=256, a multiple of the heads": (
                1 <= self.width <= 256 and self.heads >= 1 and self.width % self.heads == 0
            ),
            f"{section}.blocks: 1..=8": 1 <= self.blocks <= 8,
            f"{section}.feed_forward: 1..=1024": 1 <= self.feed_forward <= 1024,
            f"{section}.drop: 0..1": 0.0 <= self.drop < 1.0,
        }


@dataclass(frozen=True)
class Recurrent(Schedule):
    """The shape of an LSTM, and how it is trained.

    Attributes:
        width: numbers that stand for a token.
        state: numbers that it remembers.
        drop: share of the tokens' numbers that is left out in training.
    """

    width: int
    state: int
    drop: float

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return super().limits(section) | {
            f"{section}.width and {section}.state: 1..=512": 1 <= self.width <= 512 and 1 <= self.state <= 512,
            f"{section}.drop: 0..1": 0.0 <= self.drop < 1.0,
        }


@dataclass(frozen=True)
class Online:
    """How a person's own linear layer follows what they open.

    Attributes:
        rate: of a step of gradient descent, for a hidden state of length one.
        pull: share of the way back to the shared layer, before each step.
    """

    rate: float
    pull: float

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return {
            f"{section}.rate: 0 or more": self.rate >= 0.0,
            f"{section}.pull: 0..=1": 0.0 <= self.pull <= 1.0,
        }


@dataclass(frozen=True)
class Trees:
    """LightGBM, by lambdarank or by the listwise loss.

    Attributes:
        rounds: trees, at most.
        leaves: of a tree, at most.
        learning_rate: what a tree's answer is worth.
        least_rows_a_leaf: fewer candidates are no leaf.
        feature_share: of the features that a tree may ask.
        l1: nats of gradient that a leaf loses.
        l2: added to a leaf's second derivatives.
        patience: rounds without a gain on the inner split after which no more are grown; 0 grows all of them.
        threads: of the processor.
    """

    rounds: int
    leaves: int
    learning_rate: float
    least_rows_a_leaf: int
    feature_share: float
    l1: float
    l2: float
    patience: int
    threads: int

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return _trees(self, section) | {
            f"{section}.leaves: at least 2": self.leaves >= 2,
            f"{section}.least_rows_a_leaf: at least 1": self.least_rows_a_leaf >= 1,
        }


@dataclass(frozen=True)
class Boosted:
    """XGBoost's rankers.

    Attributes:
        objective: `rank:ndcg` or `rank:pairwise`.
        rounds: trees, at most.
        depth: of a tree.
        learning_rate: what a tree's answer is worth.
        least_weight_a_leaf: of second derivatives.
        row_share: of the candidates that a tree sees.
        feature_share: of the features that a tree may ask.
        l1: of the leaves.
        l2: of the leaves.
        patience: rounds without a gain on the inner split after which no more are grown; 0 grows all of them.
        threads: of the processor.
    """

    objective: str
    rounds: int
    depth: int
    learning_rate: float
    least_weight_a_leaf: float
    row_share: float
    feature_share: float
    l1: float
    l2: float
    patience: int
    threads: int

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return _trees(self, section) | {
            f"{section}.objective: rank:ndcg or rank:pairwise": self.objective in ("rank:ndcg", "rank:pairwise"),
            f"{section}.depth: 1..=16": 1 <= self.depth <= 16,
            f"{section}.least_weight_a_leaf: 0 or more": self.least_weight_a_leaf >= 0.0,
            f"{section}.row_share: above 0, at most 1": 0.0 < self.row_share <= 1.0,
        }


@dataclass(frozen=True)
class Distillation:
    """Who teaches the network that ships, and how much they count.

    Attributes:
        teachers: names of learners; one that is named again has another seed.
        folds: parts of the people, each asked of teachers that learned from the others.
        share: of the loss that is the divergence from the teachers.
        temperature: that softens both.
    """

    teachers: tuple[str, ...]
    folds: int
    share: float
    temperature: float

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return {
            f"{section}.teachers: one or more names": len(self.teachers) >= 1,
            f"{section}.folds: at least 2": self.folds >= 2,
            f"{section}.share: 0..=1": 0.0 <= self.share <= 1.0,
            f"{section}.temperature: above 0": self.temperature > 0.0,
        }


@dataclass(frozen=True)
class Pruning:
    """How the smallest weights go.

    Attributes:
        left: share of the weights at the end.
        stages: until then.
        epochs: of each stage.
        learning_rate: Adam's, at its highest, in each stage.
    """

    left: float
    stages: int
    epochs: int
    learning_rate: float

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return {
            f"{section}.left: above 0, at most 1": 0.0 < self.left <= 1.0,
            f"{section}.stages and {section}.epochs: at least 1": self.stages >= 1 and self.epochs >= 1,
            f"{section}.learning_rate: above 0": self.learning_rate > 0.0,
        }


@dataclass(frozen=True)
class Hybrid:
    """Which questions are for the network alone, where a bundle has other members beside it.

    Attributes:
        tolerance: nats of log-loss that all questions may lose on average by it; 0 asks every member every time.
        thresholds: that are tried at each moment, from the most certain questions on.
    """

    tolerance: float
    thresholds: int

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        return {
            f"{section}.tolerance: 0 or more": self.tolerance >= 0.0,
            f"{section}.thresholds: at least 1": self.thresholds >= 1,
        }


@dataclass(frozen=True)
class Tuning:
    """On what hyper-parameters are chosen.

    Attributes:
        ends: shares of a person's openings, ascending: up to one is learned from, up to the next is judged on.
        people: of so many parts of the people, one is held out of each window and judged on; 1 holds nobody out.
        queries: that a window learns from, evenly thinned; 0 = all.
    """

    ends: tuple[float, ...]
    people: int
    queries: int

    def limits(self, section: str) -> Limits:
        """What has to hold, named by the section."""
        ascending = len(self.ends) >= 2 and list(self.ends) == sorted(set(self.ends))
        return {
            f"{section}.ends: two or more, ascending, above 0, at most {SCORED_FROM}": (
                ascending and self.ends[0] > 0.0 and self.ends[-1] <= SCORED_FROM
            ),
            f"{section}.people: at least 1": self.people >= 1,
            f"{section}.queries: 0 or more": self.queries >= 0,
        }


def _trees(section: Trees | Boosted, name: str) -> Limits:
    """What has to hold of boosted trees of either kind."""
    return {
        f"{name}.rounds and {name}.threads: at least 1": section.rounds >= 1 and section.threads >= 1,
        f"{name}.learning_rate: above 0": section.learning_rate > 0.0,
        f"{name}.feature_share: above 0, at most 1": 0.0 < section.feature_share <= 1.0,
        f"{name}.l1, {name}.l2 and {name}.patience: 0 or more": (
            section.l1 >= 0.0 and section.l2 >= 0.0 and section.patience >= 0
        ),
    }
