//! The trees member: gradient-boosted trees over a candidate's features and the mixer's word on it, walked here because
//! an inference engine takes thousands of times as long (docs/adr/0014-hybrid-bundles.md).

use ndarray::{ArrayView2, Axis};

use super::wire;
use crate::config::{MAX_TREE_LEAVES, MAX_TREES};
use crate::error::BundleError;

/// Trees as a bundle holds them, one after the other.
///
/// Of a tree with n inner nodes the first is the root. A child below n is an inner node, which comes after its parent; a
/// child of n + k is the tree's k-th leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct Trees {
    /// How many inner nodes each tree has, at most 127; a tree of none is its one leaf.
    pub nodes: Vec<u8>,
    /// The column that each inner node looks at: a feature, or the mixer's log-probability after the last one.
    pub columns: Vec<u8>,
    /// A row whose value is at most this goes to the left.
    pub thresholds: Vec<f32>,
    /// Each inner node's child to the left.
    pub left: Vec<u8>,
    /// Each inner node's child to the right.
    pub right: Vec<u8>,
    /// What each leaf adds to the score, within a thousand either way; each tree has one more than inner nodes.
    pub leaves: Vec<f32>,
}

impl Trees {
    /// Checks that every tree is one, for rows of that many features and the mixer's word.
    ///
    /// # Errors
    /// [`BundleError::Field`] with the part that is not what it must be.
    pub(super) fn check(&self, features: usize) -> Result<(), BundleError> {
        let bad = |field, limit| BundleError::Field { field, limit };
        if !(1..=MAX_TREES).contains(&self.nodes.len()) {
            return Err(bad("members.trees.nodes", "of 1 to 512 trees"));
        }
        if self.nodes.iter().any(|&nodes| usize::from(nodes) >= MAX_TREE_LEAVES) {
            return Err(bad("members.trees.nodes", "at most 127 in each tree"));
        }
        let all: usize = self.nodes.iter().map(|&nodes| usize::from(nodes)).sum();
        if [self.columns.len(), self.thresholds.len(), self.left.len(), self.right.len()] != [all; 4] {
            return Err(bad("members.trees", "of one column, threshold and pair of children for each inner node"));
        }
        if self.leaves.len() != all + self.nodes.len() {
            return Err(bad("members.trees.leaves", "one more in each tree than inner nodes"));
        }
        if self.columns.iter().any(|&column| usize::from(column) > features) {
            return Err(bad("members.trees.columns", "features, or the one after the last"));
        }
        if !self.thresholds.iter().all(|threshold| threshold.is_finite()) {
            return Err(bad("members.trees.thresholds", "finite numbers"));
        }
        if !self.leaves.iter().all(|leaf| (-MAX_LEAF..=MAX_LEAF).contains(leaf)) {
            return Err(bad("members.trees.leaves", "numbers from -1000 to 1000"));
        }
        let mut first = 0;
        for &nodes in &self.nodes {
            let of_tree = first..first + usize::from(nodes);
            if !is_tree(&self.left[of_tree.clone()], &self.right[of_tree.clone()]) {
                return Err(bad("members.trees.left and right", "children that come after their parents, each once"));
            }
            first = of_tree.end;
        }
        Ok(())
    }

    pub(super) fn to_wire(&self) -> wire::Trees {
        let Self { nodes, columns, thresholds, left, right, leaves } = self.clone();
        wire::Trees { nodes, columns, thresholds, left, right, leaves }
    }

    pub(super) fn of_wire(found: wire::Trees) -> Self {
        let wire::Trees { nodes, columns, thresholds, left, right, leaves } = found;
        Self { nodes, columns, thresholds, left, right, leaves }
    }
}

/// The largest value of a leaf, in nats: the sum of all trees stays a number.
const MAX_LEAF: f32 = 1_000.0;

/// Whether each node but the root is the child of one before it, and each leaf of one.
fn is_tree(left: &[u8], right: &[u8]) -> bool {
    let nodes = left.len();
    let mut is_child = [false; 2 * MAX_TREE_LEAVES];
    let mut all = left
        .iter()
        .zip(right)
        .enumerate()
        .flat_map(|(parent, (&left, &right))| [(parent, usize::from(left)), (parent, usize::from(right))]);
    // There are as many children as nodes and leaves that need a parent: where none is named twice, none is left out.
    all.all(|(parent, child)| child > parent && child <= 2 * nodes && !std::mem::replace(&mut is_child[child], true))
}

/// Trees made ready to be walked.
#[derive(Debug)]
pub(super) struct Forest {
    /// Inner nodes, then leaves, of one tree after the other.
    nodes: Vec<Node>,
    trees: Vec<Tree>,
    leaves: Vec<f32>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    threshold: f32,
    column: u8,
    /// Of a leaf, itself: whoever arrives early waits there.
    left: u8,
    right: u8,
}

#[derive(Debug, Clone, Copy)]
struct Tree {
    first_node: usize,
    first_leaf: usize,
    inner: u8,
    /// So many steps lead from the root to every leaf.
    depth: u8,
}

impl Forest {
    /// Prepares trees that were checked.
    pub(super) fn of(trees: &Trees) -> Self {
        let mut forest = Self { nodes: Vec::new(), trees: Vec::new(), leaves: trees.leaves.clone() };
        let (mut first, mut first_leaf) = (0, 0);
        for &inner in &trees.nodes {
            let first_node = forest.nodes.len();
            let mut depths = [0_u8; 2 * MAX_TREE_LEAVES];
            for at in 0..usize::from(inner) {
                let [left, right] = [trees.left[first + at], trees.right[first + at]];
                depths[usize::from(left)] = depths[at] + 1;
                depths[usize::from(right)] = depths[at] + 1;
                let (threshold, column) = (trees.thresholds[first + at], trees.columns[first + at]);
                forest.nodes.push(Node { threshold, column, left, right });
            }
            let leaf = |at| Node { threshold: 0.0, column: 0, left: at, right: at };
            forest.nodes.extend((inner..=2 * inner).map(leaf));
            let depth = depths.into_iter().max().unwrap_or_default();
            forest.trees.push(Tree { first_node, first_leaf, inner, depth });
            first += usize::from(inner);
            first_leaf += usize::from(inner) + 1;
        }
        // So that the last tree, too, has a node for every byte behind its first.
        forest.nodes.extend([Node { threshold: 0.0, column: 0, left: 0, right: 0 }; BYTES]);
        forest
    }

    /// The score of each row: the sum of the leaves it comes to, tree by tree in single precision. `log_mix` is the column
    /// after the features.
    pub(super) fn scores(&self, features: ArrayView2<'_, f32>, log_mix: &[f32]) -> Vec<f32> {
        let mut scores = Vec::with_capacity(features.nrows().next_multiple_of(LANES));
        let mut columns = [[0.0; LANES]; BYTES];
        for (features, log_mix) in features.axis_chunks_iter(Axis(0), LANES).zip(log_mix.chunks(LANES)) {
            for (column, values) in columns.iter_mut().zip(features.columns().into_iter()) {
                column.iter_mut().zip(values).for_each(|(to, from)| *to = *from);
            }
            columns[features.ncols()][..log_mix.len()].copy_from_slice(log_mix);
            // Lanes without a row of their own walk the last rows' again.
            scores.extend_from_slice(&self.walk(&columns)[..log_mix.len()]);
        }
        scores
    }

    /// Walks some rows through each tree side by side, so that none waits for another's memory.
    fn walk(&self, columns: &[[f32; LANES]; BYTES]) -> [f32; LANES] {
        let mut scores = [0.0; LANES];
        for tree in &self.trees {
            let nodes: &[Node; BYTES] = self.nodes[tree.first_node..][..BYTES].try_into().expect("as many");
            let mut at = [0_u8; LANES];
            for _ in 0..tree.depth {
                for (lane, at) in at.iter_mut().enumerate() {
                    let node = nodes[usize::from(*at)];
                    let goes_left = columns[usize::from(node.column)][lane] <= node.threshold;
                    *at = if goes_left { node.left } else { node.right };
                }
            }
            for (score, at) in scores.iter_mut().zip(at) {
                *score += self.leaves[tree.first_leaf + usize::from(at - tree.inner)];
            }
        }
        scores
    }
}

/// As many columns, and as many nodes of a tree, as a byte can name: what a byte points at is always there.
const BYTES: usize = 256;
/// How many rows are walked at a time.
const LANES: usize = 8;

#[cfg(test)]
mod tests;
