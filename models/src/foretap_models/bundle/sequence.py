"""The sequence member of a bundle: a small Transformer over the last openings, as 8-bit integers.

    x_t = rank[r_t] + gap[g_t] + time[b_t] + position[t]         t = 0..31, the history; masked where r_t is 0
    x_32 = moment[m] + gap[g_now] + time[b_now] + position[32]   the question
    each layer: a = norm(x); x += concat_h softmax((a Wq)(a Wk)^T / sqrt(d/h)) (a Wv) Wo
                b = norm(x); x += relu(b W1 + b1) W2 + b2
    answer = norm(x_32) Wanswer + bias[m]

The correction of the candidate at place i of the order of last use is answer[i], 0 from place 64 on. Norms have gain
and offset, epsilon 1e-5 (layers normalise first: Xiong and others 2020).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from foretap_models.data.features_file import MOMENTS
from foretap_models.data.past import CANDIDATES, LAST_RANK, LONGEST_GAP, OPENINGS
from foretap_models.errors import MembersError

ROWS = {
    "rank": LAST_RANK + 1,
    "gap": LONGEST_GAP + 1,
    "time": 128,
    "moment": len(MOMENTS),
    "position": OPENINGS + 1,
}
"""The tables and their rows, in the order of the file."""

MATRICES = ("query", "key", "value", "output", "first", "second")
"""The matrices of a layer, in the order of the file."""

VECTORS = ("attention_gain", "attention_offset", "hidden_gain", "hidden_offset", "first_bias", "second_bias")
"""The float vectors of a layer, in the order of the file."""

EPSILON = 1e-5
"""Added to a variance."""

LARGEST = 64.0
"""The largest scale, gain, offset and bias that a phone accepts."""

STEPS = 127
"""Units on each side of zero."""


@dataclass(frozen=True)
class SequenceLayer:
    """A layer of width d with f hidden numbers, float32.

    Attributes:
        query, key, value, output: [d, d], inputs by outputs.
        first: [d, f].
        second: [f, d].
        attention_gain, attention_offset: [d], of the norm before attention.
        hidden_gain, hidden_offset: [d], of the norm before `first`.
        first_bias: [f].
        second_bias: [d].
    """

    query: np.ndarray
    key: np.ndarray
    value: np.ndarray
    output: np.ndarray
    first: np.ndarray
    second: np.ndarray
    attention_gain: np.ndarray
    attention_offset: np.ndarray
    hidden_gain: np.ndarray
    hidden_offset: np.ndarray
    first_bias: np.ndarray
    second_bias: np.ndarray


@dataclass(frozen=True)
class SequenceWeights:
    """A sequence model in floats, float32, of width d.

    Attributes:
        heads: of attention; they divide d.
        rank: [65, d]; the row 0 is never read.
        gap: [16, d].
        time: [128, d].
        moment: [3, d].
        position: [33, d]; the last one is the question's.
        layers: from the first to the last.
        gain, offset: [d], of the last norm.
        answer: [d, 64].
        bias: [3, 64], by moment.
    """

    heads: int
    rank: np.ndarray
    gap: np.ndarray
    time: np.ndarray
    moment: np.ndarray
    position: np.ndarray
    layers: tuple[SequenceLayer, ...]
    gain: np.ndarray
    offset: np.ndarray
    answer: np.ndarray
    bias: np.ndarray

    def answers(self, history: np.ndarray, gap: np.ndarray, time: np.ndarray, moment: np.ndarray) -> np.ndarray:
        """What the model says of the candidate at each place in the order of last use, float32 [n, 64] nats.

        Args:
            history: uint8 [n, 32, 3], as `Dataset.history`.
            gap: int [n], of the question, as `Queries.gap`.
            time: int [n], of the question, as `Queries.time`.
            moment: int [n], as `Queries.moment`.
        """
        rank = history[..., 0].astype(np.int64)
        openings = self.rank[rank] + self.gap[history[..., 1]] + self.time[history[..., 2]]
        question = self.moment[moment] + self.gap[gap] + self.time[time]
        x = np.concatenate([openings, question[:, None]], axis=1) + self.position
        is_masked = np.concatenate([rank == 0, np.zeros((len(rank), 1), bool)], axis=1)
        for layer in self.layers:
            x = x + self._attention(layer, x, is_masked) @ layer.output
            hidden = _norm(x, layer.hidden_gain, layer.hidden_offset) @ layer.first + layer.first_bias
            x = x + np.maximum(hidden, 0.0) @ layer.second + layer.second_bias
        return _norm(x[:, -1], self.gain, self.offset) @ self.answer + self.bias[moment]

    def _attention(self, layer: SequenceLayer, x: np.ndarray, is_masked: np.ndarray) -> np.ndarray:
        """What each position takes from the others, [n, 33, d]."""
        n, positions, width = x.shape
        a = _norm(x, layer.attention_gain, layer.attention_offset)

        def by_head(matrix: np.ndarray) -> np.ndarray:
            return (a @ matrix).reshape(n, positions, self.heads, -1).swapaxes(1, 2)

        query, key, value = by_head(layer.query), by_head(layer.key), by_head(layer.value)
        scores = query @ key.swapaxes(2, 3) * np.float32(1.0 / np.sqrt(width // self.heads))
        scores = np.where(is_masked[:, None, None, :], -np.inf, scores)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        return (shares @ value).swapaxes(1, 2).reshape(n, positions, width)


@dataclass(frozen=True)
class SequenceMember:
    """A sequence model as a bundle holds it.

    Attributes:
        width, heads, layers, hidden: the sizes.
        weights: int8, the tables in the order of `ROWS`, then of each layer `MATRICES`, then the answer's matrix.
        scales: float32, what a unit is worth: one for each row of a table and each output of a matrix, in that order.
        floats: float32, of each layer `VECTORS`, then gain and offset of the last norm, then the answer's bias.
    """

    width: int
    heads: int
    layers: int
    hidden: int
    weights: np.ndarray
    scales: np.ndarray
    floats: np.ndarray

    @classmethod
    def of(cls, weights: SequenceWeights) -> SequenceMember:
        """Rounds a model to 8 bits.

        Raises:
            MembersError: a number is not finite, or larger than a phone accepts.
        """
        rounded = [_rounded(array, axis) for array, axis in _tensors(weights)]
        floats = [getattr(layer, name) for layer in weights.layers for name in VECTORS]
        flat = np.concatenate([array.reshape(-1) for array in [*floats, weights.gain, weights.offset, weights.bias]])
        member = cls(
            width=weights.rank.shape[1],
            heads=weights.heads,
            layers=len(weights.layers),
            hidden=weights.layers[0].first.shape[1],
            weights=np.concatenate([units.reshape(-1) for units, _ in rounded]),
            scales=np.concatenate([worth for _, worth in rounded]).astype(np.float32),
            floats=flat.astype(np.float32),
        )
        if not (np.abs(member.floats) <= LARGEST).all() or not (member.scales <= LARGEST).all():
            raise MembersError(f"a norm, a bias or a scale is not finite, or beyond {LARGEST}")
        return member

    def dequantised(self) -> SequenceWeights:
        """The model that a phone makes of it."""
        d, f = self.width, self.hidden
        units, scales, floats = _Reader(self.weights), _Reader(self.scales), _Reader(self.floats)

        def table(rows: int) -> np.ndarray:
            return units.take(rows, d).astype(np.float32) * scales.take(rows)[:, None]

        def matrix(inputs: int, outputs: int) -> np.ndarray:
            return units.take(inputs, outputs).astype(np.float32) * scales.take(outputs)

        tables = {name: table(rows) for name, rows in ROWS.items()}
        shapes = {"first": (d, f), "second": (f, d)}
        layers = [{name: matrix(*shapes.get(name, (d, d))) for name in MATRICES} for _ in range(self.layers)]
        vectors = [{name: floats.take(f if name == "first_bias" else d) for name in VECTORS} for _ in layers]
        return SequenceWeights(
            heads=self.heads,
            **tables,
            layers=tuple(SequenceLayer(**layer, **of) for layer, of in zip(layers, vectors, strict=True)),
            gain=floats.take(d),
            offset=floats.take(d),
            answer=matrix(d, CANDIDATES),
            bias=floats.take(len(MOMENTS), CANDIDATES),
        )

    def sizes(self) -> dict[str, Any]:
        """What `members.json` says of it."""
        return {field.name: getattr(self, field.name) for field in fields(self)[:4]}

    def content(self) -> bytes:
        """What `sequence.bin` holds; numbers are little-endian."""
        return b"".join(
            [self.weights.tobytes(), self.scales.astype("<f4").tobytes(), self.floats.astype("<f4").tobytes()]
        )


class _Reader:
    """Takes arrays from the front of a flat one."""

    def __init__(self, flat: np.ndarray) -> None:
        self._flat = flat

    def take(self, *shape: int) -> np.ndarray:
        """The next numbers, in this shape."""
        count = int(np.prod(shape))
        part, self._flat = self._flat[:count], self._flat[count:]
        return part.reshape(shape)


def _tensors(weights: SequenceWeights) -> list[tuple[np.ndarray, int]]:
    """What is rounded, in the order of the file, and the axis along which a unit's worth is shared."""
    tables = [(getattr(weights, name), 1) for name in ROWS]
    matrices = [(getattr(layer, name), 0) for layer in weights.layers for name in MATRICES]
    return [*tables, *matrices, (weights.answer, 0)]


def _rounded(array: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Units int8 and what each is worth, float64, one for each row or column."""
    wide = array.astype(np.float64)
    if not np.isfinite(wide).all():
        raise MembersError("a weight of the sequence model is not finite")
    worth = np.abs(wide).max(axis) / STEPS
    divisor = np.expand_dims(np.where(worth > 0.0, worth, 1.0), axis)
    return np.clip(np.rint(wide / divisor), -STEPS, STEPS).astype(np.int8), worth


def _norm(x: np.ndarray, gain: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Mean 0 and variance 1 along the last axis, then gain and offset."""
    centred = x - x.mean(-1, keepdims=True)
    deviation = np.sqrt(np.square(centred).mean(-1, keepdims=True) + np.float32(EPSILON))
    return centred / deviation * gain + offset
