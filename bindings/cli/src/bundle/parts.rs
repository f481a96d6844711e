//! The folder of parts that training leaves behind.

use std::path::Path;

use foretap_core::habits::{Calibration, PAST, Past};
use foretap_core::model::{Arithmetic, BundleParts, Golden, Manifest, MembersGolden};
use foretap_core::{BundleError, Moment};

use super::BundleFileError;
use super::members;
use crate::json_file::{self, JsonError, Node};

const MANIFEST: &str = "manifest.json";
const GRAPH: &str = "model.onnx";
const CALIBRATION: &str = "calibration.json";
const START_WEIGHTS: &str = "start_weights.tsv";
const GOLDEN: &str = "golden.json";

/// Reads `manifest.json`, `model.onnx`, `calibration.json`, `start_weights.tsv` and `golden.json` in a folder, and
/// `members.json` with the files that it names, where it is there.
///
/// # Errors
/// [`BundleFileError`] with the file and the field that is missing or not what it must be. Limits are checked when the
/// parts are packed.
pub fn read_parts(folder: &Path) -> Result<BundleParts, BundleFileError> {
    let [graph, table] = [GRAPH, START_WEIGHTS].map(|name| folder.join(name));
    Ok(BundleParts {
        manifest: of_json(&folder.join(MANIFEST), manifest)?,
        onnx: std::fs::read(&graph).map_err(BundleFileError::unreadable(&graph))?,
        calibration: of_json(&folder.join(CALIBRATION), calibration)?,
        start_weights: std::fs::read_to_string(&table).map_err(BundleFileError::unreadable(&table))?,
        golden: of_json(&folder.join(GOLDEN), golden)?,
        members: members::read(folder)?,
    })
}

/// The file that an error is about.
pub(super) fn part_of(error: &BundleError) -> Option<&'static str> {
    match error {
        BundleError::Field { field, .. } => match field.split('.').next() {
            Some("manifest") => Some(MANIFEST),
            Some("graph") => Some(GRAPH),
            Some("calibration") => Some(CALIBRATION),
            Some("golden") => Some(GOLDEN),
            Some("members") => Some(members::MEMBERS),
            _ => None,
        },
        BundleError::StartWeights { .. } => Some(START_WEIGHTS),
        BundleError::Golden { .. } => Some(GOLDEN),
        BundleError::Graph { .. } => Some(GRAPH),
        _ => None,
    }
}

fn of_json<T>(path: &Path, read: fn(&Node<'_>) -> Result<T, JsonError>) -> Result<T, JsonError> {
    read(&Node::new(path, &json_file::read(path)?))
}

fn manifest(file: &Node<'_>) -> Result<Manifest, JsonError> {
    let [name, version, arithmetic, feature_schema, features, shortlist, learned_on, seed, held_out_fold] = file
        .fields([
            "name",
            "version",
            "arithmetic",
            "feature_schema",
            "features",
            "shortlist",
            "learned_on",
            "seed",
            "held_out_fold",
        ])?;
    let word = arithmetic.text()?;
    let known = Arithmetic::ALL.into_iter().find(|arithmetic| arithmetic.name() == word);
    Ok(Manifest {
        name: name.text()?.to_owned(),
        version: version.text()?.to_owned(),
        arithmetic: known.ok_or_else(|| arithmetic.must_be("int8 or fp32"))?,
        feature_schema: feature_schema.sum()?,
        features: features.size()?,
        shortlist: shortlist.size()?,
        learned_on: learned_on.list()?.iter().map(Node::sum).collect::<Result<_, _>>()?,
        seed: seed.whole()?,
        held_out_fold: match held_out_fold.or_null() {
            // A number that is too large is outside the limits, too.
            Some(fold) => Some(u32::try_from(fold.whole()?).unwrap_or(u32::MAX)),
            None => None,
        },
    })
}

fn calibration(file: &Node<'_>) -> Result<[Calibration; 3], JsonError> {
    let [next, unlock, unlock_or_resume] = file.fields(Moment::ALL.map(Moment::name))?;
    let of_moment = |node: &Node<'_>| {
        let [trust, top, slope] = node.fields(["trust", "top", "slope"])?;
        Ok(Calibration { trust: trust.float()?, top: top.float()?, slope: slope.float()? })
    };
    Ok([of_moment(&next)?, of_moment(&unlock)?, of_moment(&unlock_or_resume)?])
}

fn golden(file: &Node<'_>) -> Result<Vec<Golden>, JsonError> {
    let vector = |node: &Node<'_>| {
        let has_members = node.has("answer");
        let ([features, correction], members) = if has_members {
            let [features, correction, rest @ ..] = node.fields(MEMBERS_GOLDEN)?;
            ([features, correction], Some(members_golden(&rest)?))
        } else {
            (node.fields(["features", "correction"])?, None)
        };
        let (rows, correction) = (features.list()?, correction.floats()?);
        let mut flat = Vec::new();
        let mut width = None;
        for row in &rows {
            let row_features = row.floats()?;
            if *width.get_or_insert(row_features.len()) != row_features.len() {
                return Err(row.must_be("as long as the rows before it"));
            }
            flat.extend(row_features);
        }
        Ok(Golden { rows: rows.len(), features: flat, correction, members })
    };
    file.list()?.iter().map(vector).collect()
}

/// The fields of a golden vector of a bundle with members.
const MEMBERS_GOLDEN: [&str; 11] =
    ["features", "correction", "moment", "log_mix", "recency", "history", "gap", "time", "trees", "sequence", "answer"];

/// What the fields from the third on say.
fn members_golden(fields: &[Node<'_>; 9]) -> Result<MembersGolden, JsonError> {
    let [moment, log_mix, recency, history, gap, time, trees, sequence, answer] = fields;
    let word = moment.text()?;
    let known = Moment::ALL.into_iter().find(|moment| moment.name() == word);
    let of_member = |node: &Node<'_>| node.or_null().map_or_else(|| Ok(Vec::new()), Node::floats);
    let openings: Vec<[u8; 3]> = history.list()?.iter().map(opening).collect::<Result<_, _>>()?;
    let numbers = openings.as_flattened().try_into().ok();
    let past = numbers.and_then(|numbers| Past::of_bytes(numbers, gap.byte().ok()?, time.byte().ok()?));
    Ok(MembersGolden {
        moment: known.ok_or_else(|| moment.must_be("next, unlock or unlock_or_resume"))?,
        log_mix: log_mix.floats()?,
        recency: recency.sizes()?,
        past: past.ok_or_else(|| history.must_be(&format!("{PAST} openings, with gap and time of the question")))?,
        trees: of_member(trees)?,
        sequence: of_member(sequence)?,
        answer: answer.floats()?,
    })
}

fn opening(node: &Node<'_>) -> Result<[u8; 3], JsonError> {
    let numbers = node.list()?.iter().map(Node::byte).collect::<Result<Vec<_>, _>>()?;
    numbers.try_into().map_err(|_| node.must_be("rank, gap and time"))
}
