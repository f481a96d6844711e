//! Every field of every schema is in the inventory, and `docs/data.md` says what the inventory says.
//! `FORETAP_REWRITE_DOCS=1 cargo test -p foretap-core --test data_inventory` writes the document anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use foretap_core::habits::Habits;
use foretap_core::privacy::{Host, INVENTORY, Sensitivity, Store as Stored};
use foretap_core::store::{Store, StoreOptions};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, Visitor, value::Error as NoValue};

/// Takes down the fields that a struct asks for, and gives it nothing.
struct Fields<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = NoValue;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NoValue> {
        Err(NoValue::custom("only structs are looked into"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, NoValue> {
        self.0.extend(fields);
        Err(NoValue::custom("seen enough"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The fields that a schema has, as `store.field`.
fn of_schemas() -> BTreeSet<String> {
    let mut fields = Vec::new();
    assert!(Habits::deserialize(Fields(&mut fields)).is_err());
    let mut found: BTreeSet<String> = fields.iter().map(|field| format!("Habits.{field}")).collect();
    let store = Store::in_memory(&StoreOptions::default()).expect("memory");
    found.extend(store.columns().expect("reads").into_iter().map(|(table, column)| format!("{table}.{column}")));
    found.extend(of_messages(include_str!("../src/backup/wire.rs")));
    found.extend(of_schema(include_str!("../proto/upload.proto")));
    found
}

/// The fields of protobuf messages, from their Rust source.
fn of_messages(source: &str) -> Vec<String> {
    let mut message = "";
    let mut found = Vec::new();
    for line in source.lines().map(str::trim) {
        let Some(declared) = line.strip_prefix("pub(super) ") else { continue };
        match declared.strip_prefix("struct ") {
            Some(name) => message = name.trim_end_matches(" {"),
            None => found.extend(declared.split_once(':').map(|(field, _)| format!("export: {message}.{field}"))),
        }
    }
    found
}

/// The fields of protobuf messages, from their schema.
fn of_schema(source: &str) -> Vec<String> {
    let mut message = None;
    let mut found = Vec::new();
    for line in source.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        if let Some(name) = line.strip_prefix("message ") {
            message = Some(name.trim_end_matches(" {"));
        } else if line.starts_with("enum ") {
            message = None;
        } else if let (Some(message), Some((declared, _))) = (message, line.split_once(" = ")) {
            let field = declared.split(' ').next_back().expect("a name");
            found.push(format!("upload: {message}.{field}"));
        }
    }
    found
}

fn document() -> String {
    let mut text = String::from(
        "# Data: every field that is stored or sent\n\n\
         Made from `core/src/privacy/inventory.rs` by `FORETAP_REWRITE_DOCS=1 cargo test -p foretap-core --test data_inventory`;\n\
         the same test fails where a schema has a field that is not listed here. Nothing of this leaves the device by itself:\n\
         the core has no network, and a host sends no more than the batches that the person allowed (`upload: ...` below), which\n\
         [uploads.md](uploads.md) explains. What each word means: [privacy.md](privacy.md).\n",
    );
    for Stored { name, lies, fields } in INVENTORY {
        let _ = write!(
            text,
            "\n## {name}\n\nIn {lies}.\n\n| field | what | class | kept | read by |\n| --- | --- | --- | --- | --- |\n"
        );
        for field in *fields {
            let (class, kept) = (field.sensitivity.name(), field.keeping.words());
            let _ = writeln!(text, "| `{}` | {} | {class} | {kept} | {} |", field.name, field.what, field.readers);
        }
    }
    text
}

#[test]
fn every_field_of_a_schema_is_listed_and_nothing_is_listed_that_is_not_there() {
    let is_of_schema = |stored: &Stored| !stored.name.starts_with("files ");
    let listed: BTreeSet<String> = INVENTORY
        .iter()
        .filter(|stored| is_of_schema(stored))
        .flat_map(|stored| stored.fields.iter().map(|field| format!("{}.{}", stored.name, field.name)))
        .collect();
    let there = of_schemas();
    assert_eq!(there.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "not in the inventory");
    assert_eq!(listed.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "listed, but not there");
    assert!(there.len() > 75, "{}", there.len());
}

#[test]
fn each_library_has_files_of_its_own_and_all_else_is_everywhere() {
    let of = |host: Host| INVENTORY.iter().filter(|stored| stored.is_of(host)).count();
    assert_eq!((of(Host::Kotlin), of(Host::Swift)), (INVENTORY.len() - 1, INVENTORY.len() - 1));
    let is_there = |name: &str, host: Host| INVENTORY.iter().any(|stored| stored.name == name && stored.is_of(host));
    for (name, hosts) in [("files of the Kotlin library", [true, false]), ("files of the Swift library", [false, true])]
    {
        assert_eq!([Host::Kotlin, Host::Swift].map(|host| is_there(name, host)), hosts);
    }
}

#[test]
fn what_names_an_item_or_a_place_is_classed_as_such() {
    let class = |store: &str, field: &str| {
        let stored = INVENTORY.iter().find(|stored| stored.name == store).expect("listed");
        stored.fields.iter().find(|f| f.name == field).expect("listed").sensitivity
    };
    assert_eq!(class("item", "name"), Sensitivity::Behaviour);
    assert_eq!(class("token", "name"), Sensitivity::Place);
    assert_eq!(class("control", "name"), Sensitivity::Decision);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a flag of the test, not of the core")]
fn the_document_says_what_the_inventory_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/data.md");
    if std::env::var_os("FORETAP_REWRITE_DOCS").is_some() {
        std::fs::write(&path, document()).expect("writable");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("kept with the sources"), document());
}
