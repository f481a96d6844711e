//! Every measurement runs, on a small log: what it asserts holds, and what it returns is complete.

use std::path::Path;

use foretap_benches::log_file::LogFile;
use foretap_benches::measure;
use foretap_benches::report::{Figure, Report};
use foretap_benches::workload::Workload;

fn names(figures: &[Figure]) -> Vec<&str> {
    figures.iter().map(|figure| figure.name.trim()).collect()
}

#[test]
fn every_measurement_runs_and_the_report_holds_all_of_them() {
    let workload = Workload::of_events(4_000).unwrap();
    let log = LogFile::of(&workload).unwrap();
    let mut report = Report::default();

    report.show(measure::predict(&workload, &log, 30).unwrap());
    assert_eq!(names(&report.figures)[..5], ["predict", "retrieval", "features", "inference", "formatting"]);
    assert_eq!((report.figures[0].times, report.figures[0].ratios.len()), (30, 2));

    let record = measure::record(&workload, &log, 300).unwrap();
    assert_eq!(record[1].times + record[2].times, record[0].times, "a launch or another event");
    report.show(record);
    report.show(measure::split(&workload, &log, 300).unwrap());
    report.show(measure::open(&workload, &log, 2).unwrap());

    let figures = measure::memory(Path::new(env!("CARGO_BIN_EXE_spine")), &log).unwrap();
    if let Some(figures) = figures {
        assert!(figures.iter().all(|figure| figure.numbers[0].1 > 1 << 18), "a log takes memory: {figures:?}");
        report.show(figures);
    }

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spine.json");
    report.write(&path).unwrap();
    let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(written["figures"].as_array().unwrap().len(), report.figures.len());
    assert!(written["figures"][0]["p99_ns"].as_u64().unwrap() > 0);
}
