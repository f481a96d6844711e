//! The house, made mechanical: reads the core's sources as text and fails where a rule of `docs/adr/0001-house.md` is
//! broken. Comments and literals do not count. Rules about names, imports and forbidden calls look at production code;
//! `rusqlite`, `tract`, `prost` and printing are looked for in tests as well.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A module names only modules before it.
const ORDER: [&str; 16] = [
    "error", "time", "event", "config", "control", "sync", "store", "habits", "features", "model", "ranking",
    "privacy", "upload", "health", "backup", "engine",
];
/// Modules that are stricter than the order.
const ONLY: [(&str, &[&str]); 1] = [("privacy", &["error", "event"])];
/// A crate, and the files that may name it.
const OWNED: [(&str, &[&str]); 6] = [
    ("rusqlite", &["store/", "store.rs", "error.rs"]),
    ("libsqlite3_sys", &[]),
    ("tract", &["model/", "model.rs"]),
    ("prost", &["model/", "model.rs", "backup/", "backup.rs", "sync/", "upload/"]),
    ("ed25519_dalek", &["sync/"]),
    ("foretap_int8", &["model/", "model.rs"]),
];
/// What the core has none of: sockets, clocks, threads, randomness, the process's surroundings.
const FORBIDDEN_PATHS: [&str; 6] = ["std::net", "std::os", "std::thread", "std::env", "std::process", "chrono::Local"];
const FORBIDDEN_NAMES: [&str; 7] = ["Instant", "SystemTime", "rand", "getrandom", "tokio", "TcpStream", "UdpSocket"];
const PRINTING: [&str; 5] = ["println", "eprintln", "print", "eprint", "dbg"];
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "helper", "helpers", "manager", "common", "misc"];
/// Words that can stand before a path that begins with `::`.
const KEYWORDS: [&str; 9] = ["use", "as", "in", "return", "break", "match", "if", "while", "else"];
const MAX_LINES: usize = 400;

/// A file of `core/src`: its path below that folder, with `/`, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The top-level module that the file belongs to.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// How many `super::` lead to the crate's root.
    fn depth(&self) -> usize {
        let file = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        if file == "lib" { 0 } else { file.split('/').count() }
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.contains("tests/")
    }

    /// The code without comments, literals and test modules; empty for a file of tests.
    fn production(&self) -> String {
        let mut code = if self.is_test() { String::new() } else { blank(&self.text) };
        while let Some(from) = code.match_indices("#[cfg(test)]").map(|(at, _)| at).find(|at| is_module(&code[*at..])) {
            let mut depth = 0_i32;
            let close = code[from..].find(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                c == '}' && depth == 0
            });
            let to = close.map_or(code.len(), |close| from + close + 1);
            let lines = code[from..to].matches('\n').count();
            code.replace_range(from..to, &"\n".repeat(lines));
        }
        code
    }

    fn at(&self, line: usize, what: &str) -> String {
        format!("core/src/{}:{line}: {what}", self.path)
    }
}

/// Whether an attribute stands before a module with a body.
fn is_module(attribute: &str) -> bool {
    let item = attribute.split_once('{').map_or("", |(item, _)| item);
    !item.contains(';') && item.lines().last().is_some_and(|line| line.trim_start().starts_with("mod "))
}

/// (a) Imports follow the order of modules.
fn import_order(source: &Source, exports: &BTreeMap<String, String>) -> Vec<String> {
    let module = source.module();
    if module == "lib" {
        return Vec::new();
    }
    let Some(place) = ORDER.iter().position(|name| *name == module) else {
        return vec![source.at(1, &format!("`{module}` is not in the order of modules"))];
    };
    let only = ONLY.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
    let allowed = only.unwrap_or(&ORDER[..place]);
    let paths = paths(&source.production());
    let named = paths.iter().filter_map(|(line, path)| {
        let supers = path.iter().take_while(|part| *part == "super").count();
        let root = if path[0] == "crate" { 1 } else { supers };
        let is_rooted = path[0] == "crate" || (supers > 0 && supers >= source.depth());
        let name = path.get(root).filter(|_| is_rooted)?;
        Some((line, exports.get(name).unwrap_or(name)))
    });
    named
        .filter(|(_, name)| *name != module && !allowed.contains(&name.as_str()))
        .map(|(line, name)| source.at(*line, &format!("`{module}` names `{name}`, which is not to its left")))
        .collect()
}

/// What `lib.rs` re-exports, and the module it comes from.
fn exports(lib: &str) -> BTreeMap<String, String> {
    let paths = paths(&blank(lib)).into_iter().map(|(_, path)| path);
    let of_modules = paths.filter(|path| path.len() > 1 && ORDER.contains(&path[0].as_str()));
    of_modules.map(|path| (path[path.len() - 1].clone(), path[0].clone())).collect()
}

/// (b) A crate with an owner is named by its owner only.
fn owned_crates(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    for (line, word) in words(&blank(&source.text)) {
        for (name, owners) in OWNED {
            let is_named = word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
            if is_named && !owners.iter().any(|owner| source.path.starts_with(owner)) {
                broken.push(source.at(line, &format!("names `{word}`; only {owners:?} may")));
            }
        }
    }
    broken
}

/// (c) No socket, clock, thread or randomness; files in the store only; nothing is printed.
fn surroundings(source: &Source) -> Vec<String> {
    let production = source.production();
    let mut broken = Vec::new();
    for (line, path) in paths(&production) {
        let joined = path.join("::") + "::";
        // Of what one system alone has, who may read a file is the store's.
        let is_mode = joined.starts_with("std::os::unix::fs::OpenOptionsExt::") && source.module() == "store";
        let is_forbidden = FORBIDDEN_PATHS.iter().any(|forbidden| joined.starts_with(&format!("{forbidden}::")))
            && !is_mode
            || path.iter().any(|part| FORBIDDEN_NAMES.contains(&part.as_str()))
            || joined == "std::*::";
        let is_file = joined.starts_with("std::fs::") && source.module() != "store";
        if is_forbidden || is_file {
            broken.push(source.at(line, &format!("`{}` does not belong here", path.join("::"))));
        }
    }
    // Tests may print their counts; `dbg!` is a thing left behind anywhere.
    let everything = blank(&source.text);
    for (code, printing) in [(&everything, &PRINTING[4..]), (&production, &PRINTING[..4])] {
        for pair in words(code).windows(2) {
            if printing.contains(&pair[0].1) && pair[1].1 == "!" {
                broken.push(source.at(pair[0].0, &format!("`{}!` in a library", pair[0].1)));
            }
        }
    }
    broken
}

/// (d) A file has at most 400 lines of production code.
fn length(source: &Source) -> Vec<String> {
    let lines = source.production().trim_end().lines().count();
    if lines > MAX_LINES { vec![source.at(lines, "more than 400 lines of production code")] } else { Vec::new() }
}

/// (e) Names say what a thing is.
fn names(source: &Source) -> Vec<String> {
    let words_of_path = source.path.trim_end_matches(".rs").split(['/', '_']);
    let empty = words_of_path.filter(|word| EMPTY_NAMES.contains(word));
    let mut broken: Vec<_> = empty.map(|word| source.at(1, &format!("`{word}` is no noun of this house"))).collect();
    for pair in words(&source.production()).windows(2) {
        if pair[0].1 == "fn" && pair[1].1.starts_with("get_") {
            broken.push(source.at(pair[1].0, &format!("`{}`: say it without `get_`", pair[1].1)));
        }
    }
    broken
}

fn broken(source: &Source, exports: &BTreeMap<String, String>) -> Vec<String> {
    let mut broken =
        [import_order(source, exports), owned_crates(source), surroundings(source), length(source), names(source)]
            .concat();
    broken.dedup();
    broken
}

/// The same text with comments and literals blanked out; lines stay where they are.
fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let hashes = rest.trim_start_matches(['b', 'r']).chars().take_while(|c| *c == '#').count();
        let is_raw = rest.trim_start_matches('b').starts_with('r')
            && rest.trim_start_matches(['b', 'r']).trim_start_matches('#').starts_with('"')
            && !out.ends_with(is_word);
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if is_raw {
            let body = rest.find('"').map_or(rest.len(), |quote| quote + 1);
            let end = format!("\"{}", "#".repeat(hashes));
            rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len())
        } else if first == '"' {
            let mut is_escaped = false;
            let close = rest[1..].find(|c| {
                let is_end = c == '"' && !is_escaped;
                is_escaped = c == '\\' && !is_escaped;
                is_end
            });
            close.map_or(rest.len(), |at| at + 2)
        } else if let Some(escaped) = rest.strip_prefix("'\\") {
            escaped.char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(rest.len(), |(at, _)| at + 3)
        } else if first == '\'' && rest.chars().nth(2) == Some('\'') {
            rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at)
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.push(' ');
        out.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
        rest = &rest[skipped..];
    }
    out
}

/// Identifiers, `::` and single signs of blanked code, with their lines.
fn words(code: &str) -> Vec<(usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(first) = code[at..].chars().next() {
        let length = if is_word(first) {
            code[at..].find(|c| !is_word(c)).unwrap_or(code.len() - at)
        } else if code[at..].starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            found.push((line, &code[at..at + length]));
        }
        line += usize::from(first == '\n');
        at += length;
    }
    found
}

/// Every path of blanked code, groups written out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(code: &str) -> Vec<(usize, Vec<String>)> {
    let words = words(code);
    let (mut found, mut at) = (Vec::new(), 0);
    while at < words.len() {
        if is_name(words[at].1) { tree(&words, &mut at, &[], &mut found) } else { at += 1 }
    }
    found
}

fn is_name(word: &str) -> bool {
    !KEYWORDS.contains(&word) && word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tree(words: &[(usize, &str)], at: &mut usize, before: &[String], found: &mut Vec<(usize, Vec<String>)>) {
    let mut path = before.to_vec();
    let line = words[*at].0;
    while let Some((_, word)) = words.get(*at) {
        if *word == "{" && !path.is_empty() {
            *at += 1;
            while words.get(*at).is_some_and(|(_, word)| *word != "}") {
                if is_name(words[*at].1) || words[*at].1 == "*" {
                    tree(words, at, &path, found)
                } else {
                    *at += 1
                }
                if words.get(*at).is_some_and(|(_, word)| *word == "as") {
                    *at += 2;
                }
            }
            *at += 1;
            return;
        }
        if is_name(word) || *word == "*" {
            path.push((*word).to_owned());
            *at += 1;
        }
        if words.get(*at).is_none_or(|(_, word)| *word != "::") {
            break;
        }
        *at += 1;
        if words.get(*at).is_none_or(|(_, word)| !is_name(word) && *word != "{" && *word != "*") {
            break;
        }
    }
    found.push((line, path));
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, below: &str, found: &mut Vec<Source>) {
        for entry in fs::read_dir(folder).expect("core/src is readable") {
            let path = entry.expect("core/src is readable").path();
            let name = format!("{below}{}", path.file_name().expect("an entry has a name").to_string_lossy());
            if path.is_dir() {
                walk(&path, &format!("{name}/"), found);
            } else if name.ends_with(".rs") {
                found.push(Source { path: name, text: fs::read_to_string(&path).expect("sources are UTF-8") });
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut found);
    found
}

#[test]
fn the_core_keeps_its_house() {
    let sources = sources();
    let lib = sources.iter().find(|source| source.path == "lib.rs").expect("core/src/lib.rs");
    let exports = exports(&lib.text);
    let broken: Vec<_> = sources.iter().flat_map(|source| broken(source, &exports)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// What is found broken in a file with that path and text.
fn found(path: &str, text: &str) -> usize {
    let exports = exports("pub use engine::Engine; pub use error::{Error, Result};");
    broken(&Source { path: path.to_owned(), text: text.to_owned() }, &exports).len()
}

#[test]
fn an_import_from_the_right_is_seen() {
    for (path, text) in [
        ("event.rs", "use crate::store::Log;"),
        ("time.rs", "fn f() { crate::engine::run() }"),
        ("error.rs", "use crate::{time, Result};"),
        ("store/log.rs", "use crate::{error::Error,\n habits::{self, Habits}};"),
        ("store/log.rs", "use super::super::habits;"),
        ("ranking/mod.rs", "use super::engine::Engine;"),
        ("config.rs", "use crate::Engine;"),
        ("privacy/location.rs", "use crate::config::Retention;"),
        ("gadgets.rs", ""),
    ] {
        assert_eq!(found(path, text), 1, "{path}: {text}");
    }
}

#[test]
fn imports_from_the_left_comments_and_tests_are_free() {
    for (path, text) in [
        ("engine.rs", "use crate::store::Log; use crate::{Error, Result, habits::Habits};"),
        ("privacy/location.rs", "use super::PseudonymKey; use crate::event::Token; use crate::error::Error;"),
        ("habits/mixer.rs", "use super::experts; use crate::habits::counts; use super::super::time;"),
        (
            "event.rs",
            "/// use crate::engine;\nconst A: &str = \"crate::engine\"; const B: &str = r#\"\"crate::engine\"#;",
        ),
        ("event.rs", "/* crate::engine */ #[cfg(test)]\nmod tests { use crate::engine; use std::thread; }"),
        ("event.rs", "#[cfg(test)]\n#[expect(clippy::x)]\nmod tests {\n use crate::engine; }"),
        ("event/tests.rs", "use crate::engine; use std::time::Instant;"),
        ("event.rs", "fn f<'a>(c: &'a char) -> bool { *c == '\"' || *c == '\\'' || *c == '\\\\' } // \" engine"),
    ] {
        assert_eq!(found(path, text), 0, "{path}: {text}");
    }
}

#[test]
fn a_crate_named_by_another_than_its_owner_is_seen() {
    for (path, text) in [
        ("engine.rs", "fn f(c: &rusqlite::Connection) {}"),
        ("habits/mod.rs", "#[cfg(test)]\nmod tests { use rusqlite::params; }"),
        ("features/mod.rs", "use tract_onnx::prelude::Framework;"),
        ("error.rs", "fn f(e: prost::DecodeError) {}"),
        ("store/log.rs", "use libsqlite3_sys as ffi;"),
    ] {
        assert_eq!(found(path, text), 1, "{path}: {text}");
    }
    assert_eq!(found("store/log.rs", "use rusqlite::Connection;"), 0);
    assert_eq!(found("model/runner.rs", "use tract_onnx::prelude::Framework; use crate::error::Error;"), 0);
    assert_eq!(found("engine.rs", "fn f(contract: u8, tractable: u8) {}"), 0);
}

#[test]
fn sockets_clocks_threads_randomness_and_printing_are_seen() {
    for text in [
        "use std::net::TcpListener;",
        "use std::{fmt, net::{self}};",
        "use ::std::thread;",
        "fn f() { let _ = std::time::Instant::now(); }",
        "use std::time::{Duration, SystemTime};",
        "use std::time as clock; fn f() -> clock::Instant { todo() }",
        "use std::os::unix::net::UnixStream;",
        "use std::os::unix::fs::OpenOptionsExt;",
        "fn f() -> u8 { rand::random() }",
        "use chrono::Local;",
        "use std::*;",
        "fn f() { std::env::var(\"HOME\"); }",
        "fn f() { std::fs::read(\"x\"); }",
        "fn f() { println!(\"x\") }",
        "#[cfg(test)]\nmod tests { fn f() { dbg!(1); } }",
    ] {
        assert_eq!(found("event.rs", text), 1, "{text}");
    }
    assert_eq!(found("event.rs", "#[cfg(test)]\nmod tests { fn f() {} }\nfn f() { std::thread::yield_now() }"), 1);
    assert_eq!(found("store/key.rs", "use std::fs::File; use std::time::Duration;"), 0);
    assert_eq!(found("store/key.rs", "use std::os::unix::fs::OpenOptionsExt;"), 0);
    assert_eq!(found("store/key.rs", "use std::os::unix::fs::FileExt;"), 1);
    assert_eq!(found("store/key.rs", "use std::os::unix::net::UnixStream;"), 1);
}

#[test]
fn long_files_and_empty_names_are_seen() {
    assert_eq!(found("event.rs", &"fn f() {}\n".repeat(400)), 0);
    assert_eq!(found("event.rs", &"fn f() {}\n".repeat(401)), 1);
    assert_eq!(found("event.rs", &format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{}}}\n", "\n".repeat(500))), 0);
    assert_eq!(found("store/utils.rs", ""), 1);
    assert_eq!(found("store/key_manager.rs", ""), 1);
    assert_eq!(found("event.rs", "pub fn get_item() {}"), 1);
    assert_eq!(found("event.rs", "pub fn item() { map.get_mut(1) }"), 0);
}
