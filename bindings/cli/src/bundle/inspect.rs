//! What is in a bundle, for people and for programs.

use std::fmt::{Result, Write};

use foretap_core::Moment;
use foretap_core::config::MAX_BUNDLE_BYTES;
use foretap_core::habits::Calibration;
use foretap_core::model::{Bundle, Members, Weights};
use serde_json::{Map, Value, json};

use crate::count::{counted, grouped};
use crate::hex::hex;

/// Everything but the graph and the numbers of the start weights and golden vectors, as text.
#[must_use]
pub fn table(bundle: &Bundle) -> String {
    let mut text = String::new();
    write(&mut text, bundle).expect("writing to a string does not fail");
    text
}

fn write(out: &mut String, bundle: &Bundle) -> Result {
    let manifest = bundle.manifest();
    let (size, most) = (grouped(bundle.bytes_len() as u64), grouped(MAX_BUNDLE_BYTES as u64));
    let mut line = |head: &str, text: &str| writeln!(out, "{head:16}{text}");
    line("name", &manifest.name)?;
    line("version", &manifest.version)?;
    line("arithmetic", manifest.arithmetic.name())?;
    line("id", &hex(&bundle.id()))?;
    line("file", &format!("format {}, {size} of at most {most} bytes", bundle.format()))?;
    line("feature schema", &hex(&manifest.feature_schema))?;
    line("features", &manifest.features.to_string())?;
    line("shortlist", &manifest.shortlist.to_string())?;
    line("seed", &manifest.seed.to_string())?;
    if let Some(fold) = manifest.held_out_fold {
        line("learned without fold", &fold.to_string())?;
    }
    for (n, log) in learned_on(bundle).iter().enumerate() {
        line(if n == 0 { "learned on" } else { "" }, log)?;
    }
    for (n, log) in bundle.start_weights().learned_on().iter().enumerate() {
        line(if n == 0 { "  start weights" } else { "" }, log)?;
    }
    writeln!(out, "\n{:16}{:>8}", "part", "bytes")?;
    for &(name, bytes) in bundle.part_bytes().iter().filter(|(_, bytes)| *bytes > 0) {
        writeln!(out, "{name:16}{:>8}", grouped(bytes as u64))?;
    }
    writeln!(out, "\n{:16}{:>8}{:>8}{:>8}", "calibration", "trust", "top", "slope")?;
    for (moment, Calibration { trust, top, slope }) in Moment::ALL.iter().zip(bundle.calibration()) {
        writeln!(out, "{:16}{trust:>8.3}{top:>8.3}{slope:>8.3}", moment.name())?;
    }
    if let Some(members) = bundle.members() {
        write_members(out, members)?;
    }
    let rows: Vec<String> = bundle.golden().iter().map(|golden| golden.rows.to_string()).collect();
    writeln!(out, "\n{}, rows: {}", counted(rows.len() as u64, "golden vector"), rows.join(", "))
}

fn write_members(out: &mut String, members: &Members) -> Result {
    if let Some(trees) = &members.trees {
        let (count, leaves) = (counted(trees.nodes.len() as u64, "tree"), grouped(trees.leaves.len() as u64));
        writeln!(out, "\n{:16}{count}, {leaves} leaves", "trees")?;
    }
    if let Some(s) = &members.sequence {
        let layers = counted(s.layers as u64, "layer");
        writeln!(out, "{:16}{layers} of width {}, {} heads, {} hidden", "sequence", s.width, s.heads, s.hidden)?;
    }
    writeln!(out, "\n{:16}{:>8}{:>8}{:>8}", "weights", "mlp", "trees", "sequence")?;
    let mut line =
        |head: &str, w: &Weights| writeln!(out, "{head:16}{:>8.3}{:>8.3}{:>8.3}", w.mlp, w.trees, w.sequence);
    for (moment, weights) in Moment::ALL.iter().zip(&members.weights) {
        line(moment.name(), weights)?;
    }
    let Some(router) = &members.router else { return Ok(()) };
    writeln!(out, "where the mixer's first is so many nats before its second")?;
    for ((moment, w), certainty) in Moment::ALL.iter().zip(&router.weights).zip(router.certainty) {
        let name = moment.name();
        writeln!(out, "{name:16}{:>8.3}{:>8.3}{:>8.3}  from {certainty:.2} nats", w.mlp, w.trees, w.sequence)?;
    }
    Ok(())
}

/// The same as JSON; calibrations and golden vectors with all their digits.
#[must_use]
pub fn json(bundle: &Bundle) -> Value {
    let manifest = bundle.manifest();
    let parts = bundle.part_bytes().iter().map(|&(name, bytes)| (name.replace(' ', "_"), bytes.into()));
    let calibration =
        Moment::ALL.iter().zip(bundle.calibration()).map(|(moment, Calibration { trust, top, slope })| {
            (moment.name().to_owned(), json!({ "trust": number(trust), "top": number(top), "slope": number(slope) }))
        });
    json!({
        "name": manifest.name,
        "version": manifest.version,
        "arithmetic": manifest.arithmetic.name(),
        "id": hex(&bundle.id()),
        "format": bundle.format(),
        "bytes": bundle.bytes_len(),
        "feature_schema": hex(&manifest.feature_schema),
        "features": manifest.features,
        "shortlist": manifest.shortlist,
        "seed": manifest.seed,
        "held_out_fold": manifest.held_out_fold,
        "learned_on": learned_on(bundle),
        "start_weights_learned_on": bundle.start_weights().learned_on(),
        "part_bytes": parts.collect::<Map<_, _>>(),
        "calibration": calibration.collect::<Map<_, _>>(),
        "golden": bundle.golden().iter().map(|golden| json!({
            "features": golden.features.chunks(manifest.features).map(numbers).collect::<Value>(),
            "correction": numbers(&golden.correction),
        })).collect::<Value>(),
        "members": bundle.members().map(members_json),
    })
}

fn members_json(members: &Members) -> Value {
    let weights =
        |w: &Weights| json!({ "mlp": number(&w.mlp), "trees": number(&w.trees), "sequence": number(&w.sequence) });
    let by_moment = |of: &dyn Fn(usize) -> Value| -> Value {
        Moment::ALL
            .iter()
            .enumerate()
            .map(|(n, moment)| (moment.name().to_owned(), of(n)))
            .collect::<Map<_, _>>()
            .into()
    };
    json!({
        "weights": by_moment(&|n| weights(&members.weights[n])),
        "router": members.router.as_ref().map(|router| by_moment(&|n| {
            json!({ "certainty": number(&router.certainty[n]), "weights": weights(&router.weights[n]) })
        })),
        "trees": members.trees.as_ref().map(|trees| {
            json!({ "trees": trees.nodes.len(), "leaves": trees.leaves.len() })
        }),
        "sequence": members.sequence.as_ref().map(|s| {
            json!({ "width": s.width, "heads": s.heads, "layers": s.layers, "hidden": s.hidden })
        }),
    })
}

fn learned_on(bundle: &Bundle) -> Vec<String> {
    bundle.manifest().learned_on.iter().map(|log| hex(log)).collect()
}

fn numbers(values: &[f32]) -> Value {
    values.iter().map(number).collect()
}

/// As many digits as it takes to read the same 32 bits back.
fn number(value: &f32) -> Value {
    value.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}
