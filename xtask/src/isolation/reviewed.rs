//! The crates that the core may stand on, each looked at and with the reason why it cannot open a socket.

/// Name and reason, in the alphabet's order. Every platform is listed, so the list is the same on each.
pub(super) const REVIEWED: &[(&str, &str)] = &[
    ("bitflags", "flag sets of SQLite's open modes; no I/O"),
    ("block-buffer", "buffers of the hash functions; no_std"),
    ("cfg-if", "one macro"),
    ("cmov", "constant-time selection for the MAC's comparison; no_std"),
    ("cobs", "byte stuffing that postcard offers; no_std"),
    ("const-oid", "names of hash functions as constants; no_std"),
    ("cpufeatures", "asks the processor for SHA instructions; no_std"),
    ("crypto-common", "traits of hash functions; no_std"),
    ("ctutils", "constant-time comparison; no_std"),
    ("digest", "traits of hash functions; no_std"),
    ("fallible-iterator", "a trait"),
    ("fallible-streaming-iterator", "a trait"),
    ("foldhash", "hashes the statement cache's keys, in no order that shows; no_std"),
    ("foretap-core", "this crate; its sources are scanned"),
    ("hashbrown", "the map under the statement cache; no_std"),
    ("hashlink", "rusqlite's cache of prepared statements, in memory"),
    ("hmac", "HMAC for pseudonyms and the key check value; no_std"),
    ("hybrid-array", "arrays of the hash functions; no_std"),
    ("libc", "declarations for cpufeatures on ARM and for openssl-sys; whoever called one would show up by symbol"),
    ("libsqlite3-sys", "SQLite and SQLCipher in C: files only; its calls are checked by symbol"),
    ("postcard", "bytes of the checkpoint, in memory"),
    ("proc-macro2", "runs in the compiler only"),
    ("quote", "runs in the compiler only"),
    ("rusqlite", "SQLite's Rust side; files only"),
    ("serde", "traits of the checkpoint; no I/O"),
    ("serde_core", "traits of the checkpoint; no I/O"),
    ("serde_derive", "runs in the compiler only"),
    ("sha2", "SHA-256; no_std"),
    ("smallvec", "small vectors of rusqlite; no_std"),
    ("syn", "runs in the compiler only"),
    ("thiserror", "the traits of errors"),
    ("thiserror-impl", "runs in the compiler only"),
    ("typenum", "numbers as types; no_std"),
    ("unicode-ident", "runs in the compiler only"),
];

/// Crates that are there only where OpenSSL is built from source.
pub(super) const REVIEWED_VENDORED: &[(&str, &str)] = &[(
    "openssl-sys",
    "declarations of OpenSSL and, built from source, libcrypto itself; its callers are checked by symbol",
)];
