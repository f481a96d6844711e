//! Prints what the model's correction of a shortlist costs, computed in all the ways that could have been chosen.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use foretap_benches::Result;
use foretap_benches::model::{self, Contender, Fused, Kernel, Mode, OnnxRuntime, Raw, contest};
use foretap_benches::report::Report;
use foretap_core::model::Path;

/// Rows of a full shortlist, and of a short one.
const ROWS: [usize; 2] = [32, 8];
/// Loads that are timed.
const STARTS: usize = 200;
/// How far the float graph may be from the 8-bit one; it is another model.
const FLOAT: f32 = 0.05;

/// Measures one run of the model, in all the ways it could be computed, in turns.
#[derive(Parser)]
struct Arguments {
    /// Rounds; each contender makes four timed calls in each.
    #[arg(long, default_value_t = 2_000)]
    rounds: usize,
    /// Writes everything that is printed as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Prints, in a fresh process, what the first load and run cost in time and memory, and does nothing else.
    #[arg(long)]
    growth: bool,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if arguments.growth {
        println!("{}", model::growth()?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut report = Report::default();
    report.about.push("72-64-32-1; a call's own time, without what it waited for a core".to_owned());
    if cfg!(debug_assertions) {
        report.about.push("without optimisation: compare nothing".to_owned());
    }
    for rows in ROWS {
        report.about.iter().for_each(|line| println!("{line}"));
        println!("{rows} rows");
        report.show(contest(&mut contenders(rows)?, rows, arguments.rounds)?);
    }
    report.show(vec![model::cold_start(STARTS)?]);
    if let Some(path) = &arguments.json {
        report.write(path)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn contenders(rows: usize) -> Result<Vec<Box<dyn Contender>>> {
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    for path in Path::available() {
        contenders.push(Box::new(Fused::int8(path)?));
        contenders.push(Box::new(Kernel::new(path)?));
    }
    contenders.push(Box::new(Fused::fp32(FLOAT)?));
    for mode in [Mode::Symbolic, Mode::SymbolicKept, Mode::FixedKept] {
        contenders.push(Box::new(Raw::load("FP32", "model_fp32.onnx", rows, mode, FLOAT)?));
        contenders.push(Box::new(Raw::load("FP32 folded", "model_folded.onnx", rows, mode, FLOAT)?));
        contenders.push(Box::new(Raw::load("INT8 unfused", "model_unfused.onnx", rows, mode, 0.0)?));
    }
    if std::env::var_os("ORT_DYLIB_PATH").is_some() {
        contenders.push(Box::new(OnnxRuntime::load("INT8", "model_int8.onnx", 0.0)?));
        contenders.push(Box::new(OnnxRuntime::load("FP32", "model_fp32.onnx", FLOAT)?));
    } else {
        println!("skipped: ONNX Runtime (ORT_DYLIB_PATH is not set)");
    }
    Ok(contenders)
}
