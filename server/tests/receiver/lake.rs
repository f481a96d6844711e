//! What the lake has.

use foretap_core::upload::QUESTIONS;
use parquet::record::RowAccessor;

use crate::support::{Phone, Process, beside_others, files};

const NOW: &[&str] = &["--seal-after", "1", "--seal-min-batches", "6"];

#[test]
fn rows_come_back_as_they_were_sent_and_in_an_order_that_tells_nothing() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::start(folder.path(), NOW, &[]).expect("it starts");
    let mut client = server.connect().expect("a connection");
    let sent: Vec<_> = (0..6).map(|seed| Phone::new(seed).batch(0, 0, 20)).collect();
    for sealed in &sent {
        assert_eq!(client.upload(sealed).expect("an answer").status, 202);
    }
    server.settle(folder.path());

    let parts = files::parts(folder.path(), "samples");
    let columns = ["pseudonym", "week", "model", "feature_schema", "moment", "part_of_day", "opened", "other"];
    let mut found = 0;
    for part in &parts {
        assert_eq!(part.columns, columns);
        let [_, day, shard, name] = part.path.split('/').collect::<Vec<_>>()[..] else { panic!("{}", part.path) };
        assert!(day.starts_with("day=20") && name.ends_with(".parquet") && name.len() == 32 + 8);
        let mut last = Vec::new();
        for row in &part.rows {
            let pseudonym = row.get_bytes(0).expect("bytes").data().to_vec();
            assert_eq!(shard, format!("shard={:02}", pseudonym[0] % 16));
            assert!(last <= pseudonym, "by pseudonym");
            let mut samples = sent.iter().flat_map(|sealed| &sealed.batch.samples);
            let sample = samples.find(|sample| sample.pseudonym.bytes().as_slice() == pseudonym).expect("sent");
            assert_eq!(row.get_int(1).expect("week").unsigned_abs(), sample.week.number());
            assert_eq!(row.get_bytes(2).ok().map(|sum| sum.data().to_vec()), sample.model.map(|sum| sum.to_vec()));
            assert_eq!(row.get_bytes(3).expect("schema").data(), sample.feature_schema);
            assert_eq!(row.get_int(4).expect("moment"), sample.moment as i32);
            assert_eq!(row.get_int(5).expect("part of day"), sample.part_of_day as i32);
            assert_eq!(row.get_bytes(6).expect("bins").data(), sample.opened);
            assert_eq!(row.get_bytes(7).expect("bins").data(), sample.other);
            last = pseudonym;
            found += 1;
        }
    }
    assert_eq!(found, 6 * 20);
    let names: std::collections::BTreeSet<_> = parts.iter().map(|part| part.path.rsplit('/').next()).collect();
    assert_eq!(names.len(), parts.len(), "names do not tell which parts came together");

    let mut found = 0;
    for part in files::parts(folder.path(), "reports") {
        let questions = QUESTIONS.iter().map(|question| question.name);
        assert!(
            part.columns.iter().map(String::as_str).eq(["pseudonym", "week", "model"].into_iter().chain(questions))
        );
        for row in &part.rows {
            let pseudonym = row.get_bytes(0).expect("bytes").data().to_vec();
            let mut reports = sent.iter().flat_map(|sealed| &sealed.batch.reports);
            let report = reports.find(|report| report.pseudonym.bytes().as_slice() == pseudonym).expect("sent");
            let answers = (3..3 + QUESTIONS.len()).map(|n| row.get_int(n).expect("an answer"));
            assert!(answers.eq(report.answers.iter().map(|answer| i32::from(*answer))));
            found += 1;
        }
    }
    assert_eq!(found, 6);
}

#[test]
fn too_few_batches_wait_also_over_a_restart() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let start = || Process::start(folder.path(), NOW, &[]).expect("it starts");
    let mut server = start();
    for seed in 0..6 {
        let mut client = server.connect().expect("a connection");
        assert_eq!(client.upload(&Phone::new(seed).batch(0, 0, 2)).expect("an answer").status, 202);
        if seed == 3 {
            std::thread::sleep(std::time::Duration::from_millis(1_500));
            assert!(files::parts(folder.path(), "samples").is_empty(), "four are too few");
            assert!(server.terminate());
            server = start();
        }
    }
    server.settle(folder.path());
    assert_eq!(files::pseudonyms(folder.path(), "samples").len(), 12);
}
