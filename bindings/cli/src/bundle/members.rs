//! The members that stand beside the graph, in the folder of parts.
//!
//! `members.json` says how much each counts, and the sizes of what lies in `trees.bin` and `sequence.bin`:
//!
//! ```json
//! {
//!   "weights": { "next": { "mlp": 1.0, "trees": 0.2, "sequence": 0.5 }, "unlock": {}, "unlock_or_resume": {} },
//!   "router": { "next": { "certainty": 2.5, "mlp": 1.0, "trees": 0.0, "sequence": 0.0 }, "unlock": {}, ... },
//!   "trees": { "nodes": [30, 30, 17] },
//!   "sequence": { "width": 32, "heads": 4, "layers": 2, "hidden": 64 }
//! }
//! ```
//!
//! (every moment has all of its fields; `router`, `trees` and `sequence` are `null` where there is none). Numbers in the
//! files are little-endian and stand one after the other, as [`Trees`] and [`Sequence`] list them:
//!
//! | file | what is in it |
//! | --- | --- |
//! | `trees.bin` | columns, left, right: a byte for each inner node; thresholds of them, then leaves: floats of 32 bits |
//! | `sequence.bin` | weights: a signed byte each; scales, then floats: 32 bits each |

use std::path::Path;

use foretap_core::Moment;
use foretap_core::model::{Members, Router, Sequence, Trees, Weights};

use super::BundleFileError;
use crate::json_file::{self, JsonError, Node};

pub(super) const MEMBERS: &str = "members.json";
const TREES: &str = "trees.bin";
const SEQUENCE: &str = "sequence.bin";

/// The members in a folder; `None` where there is no `members.json`.
///
/// # Errors
/// [`BundleFileError`] with the file and the field that is missing or not what it must be. Limits are checked when the
/// parts are packed.
pub(super) fn read(folder: &Path) -> Result<Option<Members>, BundleFileError> {
    let path = folder.join(MEMBERS);
    if !path.try_exists().map_err(BundleFileError::unreadable(&path))? {
        return Ok(None);
    }
    let file = json_file::read(&path)?;
    let [weights, router, trees, sequence] =
        Node::new(&path, &file).fields(["weights", "router", "trees", "sequence"])?;
    let [next, unlock, unlock_or_resume] = of_moments(&weights)?;
    Ok(Some(Members {
        weights: [of_moment(&next)?, of_moment(&unlock)?, of_moment(&unlock_or_resume)?],
        trees: trees.or_null().map(|node| read_trees(node, &folder.join(TREES))).transpose()?,
        sequence: sequence.or_null().map(|node| read_sequence(node, &folder.join(SEQUENCE))).transpose()?,
        router: router.or_null().map(|node| read_router(&of_moments(node)?)).transpose()?,
    }))
}

fn of_moments<'a>(node: &Node<'a>) -> Result<[Node<'a>; 3], JsonError> {
    node.fields(Moment::ALL.map(Moment::name))
}

fn of_moment(node: &Node<'_>) -> Result<Weights, JsonError> {
    let [mlp, trees, sequence] = node.fields(["mlp", "trees", "sequence"])?;
    Ok(Weights { mlp: mlp.float()?, trees: trees.float()?, sequence: sequence.float()? })
}

fn read_router(moments: &[Node<'_>; 3]) -> Result<Router, JsonError> {
    let mut router = Router { certainty: [0.0; 3], weights: [Weights::default(); 3] };
    for (n, node) in moments.iter().enumerate() {
        let [certainty, mlp, trees, sequence] = node.fields(["certainty", "mlp", "trees", "sequence"])?;
        router.certainty[n] = certainty.float()?;
        router.weights[n] = Weights { mlp: mlp.float()?, trees: trees.float()?, sequence: sequence.float()? };
    }
    Ok(router)
}

fn read_trees(node: &Node<'_>, path: &Path) -> Result<Trees, BundleFileError> {
    let [nodes] = node.fields(["nodes"])?;
    let nodes: Vec<u8> = nodes.list()?.iter().map(Node::byte).collect::<Result<_, _>>()?;
    let inner: usize = nodes.iter().map(|&nodes| usize::from(nodes)).sum();
    let leaves = inner + nodes.len();
    let bytes = std::fs::read(path).map_err(BundleFileError::unreadable(path))?;
    let mut rest = exactly(&bytes, 3 * inner + 4 * (inner + leaves), path)?;
    let mut part = |count| taken(&mut rest, count);
    let [columns, left, right] = std::array::from_fn(|_| part(inner).to_vec());
    let (thresholds, leaves) = (floats(part(4 * inner)), floats(part(4 * leaves)));
    Ok(Trees { nodes, columns, thresholds, left, right, leaves })
}

fn read_sequence(node: &Node<'_>, path: &Path) -> Result<Sequence, BundleFileError> {
    let [width, heads, layers, hidden] = node.fields(["width", "heads", "layers", "hidden"])?;
    let mut sequence = Sequence {
        width: width.size()?,
        heads: heads.size()?,
        layers: layers.size()?,
        hidden: hidden.size()?,
        weights: Vec::new(),
        scales: Vec::new(),
        floats: Vec::new(),
    };
    let bytes = std::fs::read(path).map_err(BundleFileError::unreadable(path))?;
    let too_large = || wrong(path, "sizes within the limits of a bundle");
    let [weights, scales, of_floats] = sequence.lengths().ok_or_else(too_large)?;
    let mut rest = exactly(&bytes, weights + 4 * (scales + of_floats), path)?;
    sequence.weights = taken(&mut rest, weights).iter().map(|&byte| i8::from_le_bytes([byte])).collect();
    sequence.scales = floats(taken(&mut rest, 4 * scales));
    sequence.floats = floats(rest);
    Ok(sequence)
}

fn exactly<'a>(bytes: &'a [u8], expected: usize, path: &Path) -> Result<&'a [u8], BundleFileError> {
    match bytes.len() {
        found if found == expected => Ok(bytes),
        found => Err(wrong(path, &format!("{expected} bytes as members.json says, not {found}"))),
    }
}

fn wrong(path: &Path, must_be: &str) -> BundleFileError {
    JsonError::file(path, must_be).into()
}

fn taken<'a>(from: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (part, rest) = from.split_at(count);
    *from = rest;
    part
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
