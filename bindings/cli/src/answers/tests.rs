//! A good file is read as it is, and every bad one refused with the kind of bad it is.

use super::made::{Made, Table, Values, table, write};
use super::*;

const SYSTEMS: [&str; 2] = ["mixer", "mlp"];

fn scores(of: &[f32]) -> Vec<f32> {
    of.to_vec()
}

/// Four queries: the target in the list, at its end, below a full list, and nowhere.
fn good() -> Vec<Made> {
    let query = |person, opening, mixer_rank, scores: [Vec<f32>; 2]| Made {
        person,
        moment: 1,
        opening,
        openings: 300,
        day: 20,
        mixer_rank,
        scores: scores.into(),
    };
    let full = || vec![1.0 / 64.0; 32];
    vec![
        query(0, 0, 2, [scores(&[0.5, 0.25, 0.125]), scores(&[0.25, 0.5, 0.125])]),
        query(0, 299, 3, [scores(&[0.5, 0.25, 0.25]), scores(&[0.25, 0.25, 0.25])]),
        query(7, 40, 41, [full(), full()]),
        query(7, 41, 0, [scores(&[0.5]), scores(&[1.0])]),
    ]
}

fn good_table() -> Table {
    table(&SYSTEMS, &["mlp"], &good())
}

fn read(table: &Table, rows_a_group: usize) -> Result<Answers, AnswersError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("answers.parquet");
    write(&path, table, rows_a_group);
    Answers::read(&path)
}

#[test]
fn ranks_follow_the_scores_and_ties_the_mixers_order_however_the_rows_are_grouped() {
    let answers = read(&good_table(), 1_000).expect("good");
    assert_eq!(answers.systems, SYSTEMS);
    let ranks: Vec<[u16; 2]> = answers.queries.iter().map(|q| [q.answers[0].rank, q.answers[1].rank]).collect();
    assert_eq!(ranks, [[2, 1], [3, 3], [41, 41], [0, 0]]);
    let first = &answers.queries[0];
    assert_eq!((first.person, first.moment, first.opening, first.openings), (0, Moment::Unlock, 0, 300));
    assert_eq!((first.day, first.candidates), (20, 3));
    assert_eq!(first.answers[0].probabilities, None);
    assert_eq!(first.answers[1].probabilities.as_deref(), Some(&[0.5, 0.25, 0.125][..]), "in the order of the ranking");
    for rows_a_group in [1, 2, 3, 5] {
        assert_eq!(read(&good_table(), rows_a_group).expect("the same"), answers);
    }
}

#[test]
fn cells_that_might_be_empty_and_are_not_are_as_good_as_any() {
    let mut table = good_table();
    let Some((_, Values::Float(scores))) = table.pop() else { panic!("the last column is p.mlp") };
    table.push(("p.mlp".to_owned(), Values::Optional(scores.into_iter().map(Some).collect())));
    assert_eq!(read(&table, 4).expect("good"), read(&good_table(), 4).expect("good"));
}

/// The good table with a column replaced.
fn with(name: &str, change: impl Fn(&Values) -> Values) -> Table {
    let of = |(column, values): (String, Values)| {
        let changed = if column == name { change(&values) } else { values };
        (column, changed)
    };
    good_table().into_iter().map(of).collect()
}

/// A cell of an integer column set.
fn int(name: &str, row: usize, value: i64) -> Table {
    with(name, |values| match values {
        Values::Int32(of) => {
            let mut of = of.clone();
            of[row] = i32::try_from(value).expect("small");
            Values::Int32(of)
        }
        Values::Int64(of) => {
            let mut of = of.clone();
            of[row] = value;
            Values::Int64(of)
        }
        _ => panic!("not a column of integers"),
    })
}

/// A cell of a column of floats set.
fn float(name: &str, row: usize, value: f32) -> Table {
    with(name, |values| {
        let Values::Float(of) = values else { panic!("not a column of floats") };
        let mut of = of.clone();
        of[row] = value;
        Values::Float(of)
    })
}

fn queries(change: impl FnOnce(&mut Vec<Made>)) -> Table {
    let mut queries = good();
    change(&mut queries);
    table(&SYSTEMS, &["mlp"], &queries)
}

fn without(name: &str) -> Table {
    good_table().into_iter().filter(|(column, _)| column != name).collect()
}

fn and(name: &str, values: Values) -> Table {
    let mut table = good_table();
    table.push((name.to_owned(), values));
    table
}

fn rows() -> usize {
    good().iter().map(|query| query.scores[0].len()).sum()
}

macro_rules! refused {
    ($table:expr, $pattern:pat $(if $guard:expr)?) => {{
        let error = read(&$table, 10).expect_err(stringify!($table));
        assert!(matches!(&error.fault, $pattern $(if $guard)?), "{}: {error}", stringify!($table));
    }};
}

#[test]
fn columns_that_are_missing_of_another_type_empty_or_unknown_are_refused() {
    use AnswersFault::{ColumnType, EmptyCells, MissingColumn, UnknownColumn};
    for (name, _) in columns::FIXED {
        refused!(without(name), MissingColumn { column } if column == name);
    }
    let no_system: Table = good_table().into_iter().take(columns::FIXED.len()).collect();
    refused!(no_system, MissingColumn { column } if column == "score.<system>");
    refused!(with("day", |_| Values::Int64(vec![0; rows()])), ColumnType { column, must_be: "INT32" } if column == "day");
    refused!(with("query", |_| Values::Int32(vec![0; rows()])), ColumnType { must_be: "INT64", .. });
    refused!(with("is_target", |_| Values::Int32(vec![0; rows()])), ColumnType { must_be: "BOOLEAN", .. });
    refused!(with("score.mlp", |_| Values::Double(vec![0.0; rows()])), ColumnType { must_be: "FLOAT", .. });
    refused!(with("p.mlp", |_| Values::Double(vec![0.0; rows()])), ColumnType { must_be: "FLOAT", .. });
    let holes = |at: usize| Values::Optional((0..rows()).map(|row| (row != at).then_some(0.0)).collect());
    refused!(with("score.mixer", |_| holes(0)), EmptyCells { column } if column == "score.mixer");
    refused!(with("p.mlp", |_| holes(rows() - 1)), EmptyCells { column } if column == "p.mlp");
    for name in ["fold", "p.nobody", "score.", "score.mlp", "person"] {
        let doubled = and(name, Values::Float(vec![0.0; rows()]));
        refused!(doubled, UnknownColumn { column } if column == name);
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    use AnswersFault::{NotAProbability, NotFinite};
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        refused!(float("score.mlp", 5, bad), NotFinite { row: 5, column } if column == "score.mlp");
    }
    read(&float("score.mlp", 5, f32::MIN), 9).expect("finite");
    for bad in [f32::NAN, -1e-6, 1.001] {
        refused!(float("p.mlp", 2, bad), NotAProbability { row: 2, column } if column == "p.mlp");
    }
    // 0.25 and 0.5 before it in its query.
    read(&float("p.mlp", 2, 0.250_9), 9).expect("as near to 1 as floats are");
    refused!(float("p.mlp", 2, 0.251_1), NotAProbability { row: 0, .. });
    read(&float("p.mlp", 38, 0.0), 9).expect("a probability");
}

#[test]
fn rows_that_do_not_belong_together_are_refused() {
    use AnswersFault::{BrokenQuery, NoRows, Shortlist};
    refused!(int("query", 2, 1), BrokenQuery { row: 2, reason: "the places of a query are not 0, 1, 2, ..." });
    refused!(int("query", 3, 0), BrokenQuery { row: 3, .. });
    let descending = with("query", |values| match values {
        Values::Int64(of) => Values::Int64(of.iter().map(|n| -n).collect()),
        _ => panic!("the number of a query"),
    });
    refused!(
        descending,
        BrokenQuery { row: 3, reason: "the rows of a query are not consecutive, or the queries not ascending" }
    );
    refused!(int("place", 0, 1), BrokenQuery { row: 0, .. });
    refused!(int("place", 2, 1), BrokenQuery { row: 2, .. });
    refused!(int("place", 0, -1), BrokenQuery { row: 0, .. });
    for name in ["person", "moment", "opening", "openings", "day", "mixer_rank"] {
        refused!(int(name, 1, 2_000), BrokenQuery { row: 1, reason: "something differs within a query" });
    }
    for moment in [-1, 3] {
        refused!(queries(|q| q[0].moment = moment), BrokenQuery { reason: "an unknown moment", .. });
    }
    refused!(queries(|q| q[0].person = -1), BrokenQuery { reason: "a negative person", .. });
    for (opening, is_good) in [(-1, false), (0, true), (298, true), (300, false)] {
        let changed = queries(|q| q[0].opening = opening);
        assert_eq!(read(&changed, 9).is_ok(), is_good, "{opening}");
    }
    refused!(
        queries(|q| q[1].openings = 301),
        BrokenQuery { row: 3, reason: "openings differs between the queries of a person" }
    );
    refused!(queries(|q| q[1].opening = 0), BrokenQuery { row: 3, reason: "a question that was there before" });
    read(&queries(|q| (q[1].opening, q[1].moment) = (0, 2)), 9).expect("another question of the same opening");
    refused!(queries(|q| q[2].scores = vec![vec![0.01; 33]; 2]), Shortlist { row: 38, .. });
    refused!(table(&SYSTEMS, &[], &[]), NoRows);
}

#[test]
fn targets_that_are_not_where_the_mixers_rank_says_are_refused() {
    use AnswersFault::{Shortlist, Target};
    let target = |row: usize, is: bool| {
        with("is_target", |values| {
            let Values::Bool(of) = values else { panic!("the target") };
            let mut of = of.clone();
            of[row] = is;
            Values::Bool(of)
        })
    };
    refused!(target(0, true), Target { row: 0, reason: "two targets in one query" });
    refused!(target(1, false), Target { row: 0, reason: "the target is not where mixer_rank says" });
    refused!(target(20, true), Target { row: 6, .. });
    refused!(queries(|q| q[0].mixer_rank = 4), Target { row: 0, .. });
    refused!(queries(|q| q[0].mixer_rank = -1), Target { row: 0, .. });
    refused!(queries(|q| q[0].mixer_rank = 33), Shortlist { row: 0, .. });
    for (rank, is_good) in [(32, true), (33, true), (65_534, true), (65_535, false)] {
        assert_eq!(read(&queries(|q| q[2].mixer_rank = rank), 9).is_ok(), is_good, "{rank}");
    }
}

#[test]
fn a_file_that_is_not_there_or_no_parquet_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("answers.parquet");
    let says = Answers::read(&path).expect_err("not there").to_string();
    assert!(says.starts_with(&format!("{}: cannot be read: ", path.display())), "{says}");
    std::fs::write(&path, "person,moment\n").expect("writable");
    let says = Answers::read(&path).expect_err("a text").to_string();
    assert!(says.starts_with(&format!("{}: not a Parquet file", path.display())), "{says}");
    write(&path, &good_table(), 7);
    let bytes = std::fs::read(&path).expect("written");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("writable");
    assert!(matches!(Answers::read(&path).expect_err("cut off").fault, AnswersFault::NotParquet(_)));
}
