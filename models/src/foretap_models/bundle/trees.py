"""The trees member of a bundle: LightGBM's trees as arrays of bytes and floats, and how a phone walks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from foretap_models.errors import MembersError

MOST_TREES = 512
"""The most trees of a bundle."""

MOST_LEAVES = 128
"""The most leaves of a tree: the number of a child fits a byte."""


@dataclass(frozen=True)
class TreesMember:
    """T trees with N inner nodes in all, one after the other.

    Of a tree with n inner nodes the first is the root; a child below n is an inner node, which comes after its parent,
    and a child of n + k is the tree's k-th leaf.

    Attributes:
        nodes: uint8 [T], inner nodes of each tree; a tree of none is its one leaf.
        columns: uint8 [N], the column that a node looks at: a feature, or `log_mix` after the last one.
        left, right: uint8 [N], the children; a row whose value is at most the threshold goes left.
        thresholds: float32 [N].
        leaves: float32 [N + T], nats.
    """

    nodes: np.ndarray
    columns: np.ndarray
    left: np.ndarray
    right: np.ndarray
    thresholds: np.ndarray
    leaves: np.ndarray

    @classmethod
    def of(cls, dump: dict[str, Any]) -> TreesMember:
        """The trees of LightGBM's `booster.dump_model()`.

        Thresholds are rounded down, so that every float32 goes where it went; leaves are rounded to float32.

        Raises:
            MembersError: there are too many trees or leaves, or a split is none on a number.
        """
        trees = dump["tree_info"]
        if not 1 <= len(trees) <= MOST_TREES:
            raise MembersError(f"{len(trees)} trees; a bundle has 1 to {MOST_TREES}")
        grown = [_tree(tree["tree_structure"]) for tree in trees]
        splits = [split for inner, _ in grown for split in inner]
        columns, thresholds, left, right = zip(*splits, strict=True) if splits else ((), (), (), ())
        return cls(
            nodes=np.array([len(inner) for inner, _ in grown], np.uint8),
            columns=np.array(columns, np.uint8),
            left=np.array(left, np.uint8),
            right=np.array(right, np.uint8),
            thresholds=_rounded_down(np.array(thresholds, np.float64)),
            leaves=np.array([leaf for _, leaves in grown for leaf in leaves], np.float32),
        )

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """The sum of the leaves that rows come to, float32 [n], added tree by tree in single precision as a phone does.

        Args:
            rows: float32 [n, F + 1], features and `log_mix`.
        """
        scores = np.zeros(len(rows), np.float32)
        every = np.arange(len(rows))
        first, first_leaf = 0, 0
        for inner in self.nodes.astype(np.int64):
            at = np.zeros(len(rows), np.int64)
            while (walking := at < inner).any():
                node = first + at[walking]
                is_left = rows[every[walking], self.columns[node]] <= self.thresholds[node]
                at[walking] = np.where(is_left, self.left[node], self.right[node])
            scores += self.leaves[first_leaf + at - inner]
            first += inner
            first_leaf += inner + 1
        return scores

    def sizes(self) -> dict[str, Any]:
        """What `members.json` says of them."""
        return {"nodes": self.nodes.tolist()}

    def content(self) -> bytes:
        """What `trees.bin` holds; numbers are little-endian."""
        numbers = [self.thresholds.astype("<f4"), self.leaves.astype("<f4")]
        return b"".join(array.tobytes() for array in [self.columns, self.left, self.right, *numbers])


def _tree(root: dict[str, Any]) -> tuple[list[tuple[int, float, int, int]], list[float]]:
    """Inner nodes (column, threshold, left, right), parents first, and leaves of one tree."""
    inner: list[dict[str, Any]] = []
    leaves: list[float] = []
    number: dict[int, int] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if "leaf_value" in node:
            number[id(node)] = len(leaves)
            leaves.append(float(node["leaf_value"]))
        else:
            if node["decision_type"] != "<=" or node.get("missing_type") == "Zero":
                raise MembersError("a split that is none on a number, or that takes zero for missing")
            number[id(node)] = len(inner)
            inner.append(node)
            waiting += [node["right_child"], node["left_child"]]
    if len(leaves) > MOST_LEAVES:
        raise MembersError(f"a tree of {len(leaves)} leaves; a bundle's have at most {MOST_LEAVES}")

    def child(node: dict[str, Any]) -> int:
        return number[id(node)] + (len(inner) if "leaf_value" in node else 0)

    splits = [
        (node["split_feature"], node["threshold"], child(node["left_child"]), child(node["right_child"]))
        for node in inner
    ]
    return splits, leaves


def _rounded_down(thresholds: np.ndarray) -> np.ndarray:
    """The largest float32 that is at most each float64, finite."""
    most = np.finfo(np.float32).max
    near = np.clip(thresholds, -most, most).astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near).astype(np.float32)
