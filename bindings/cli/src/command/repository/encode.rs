//! `foretap repository encode`: what is to be signed.

use std::path::PathBuf;

use foretap_cli::repository;
use foretap_core::sync::Role;

use crate::command::output;
use crate::failure::Failure;

/// Writes the bytes to be signed for a root, a release or a timestamp; a signature is Ed25519's, over all of them.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// root, release or timestamp.
    #[arg(value_name = "ROLE", value_parser = super::role)]
    role: Role,
    /// What it says, with the fields of core/proto/sync.proto: sums and keys in hexadecimal digits, times in seconds since
    /// 1970. A field that is missing or unknown is named.
    #[arg(value_name = "FILE.json")]
    json: PathBuf,
    /// Where the bytes go.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

const EXAMPLES: &str = r#"Examples:
  foretap repository encode root root.json --out root.to-sign
  foretap repository encode timestamp timestamp.json --out timestamp.to-sign

A root:
  {"product": "launcher", "version": 1, "expires_s": 1830000000, "root": {"keys": ["<64 digits>"], "threshold": 1},
   "release": {"keys": ["<64 digits>"], "threshold": 1}, "timestamp": {"keys": ["<64 digits>"], "threshold": 1}, "floor": 1}
A timestamp:
  {"product": "launcher", "channel": "stable", "version": 1, "issued_s": 1800000000, "expires_s": 1800604800,
   "release_version": 1, "release_sha256": "<64 digits>", "release_bytes": 612}
A release:
  {"product": "launcher", "channel": "stable", "version": 1, "issued_s": 1800000000, "expires_s": 1808000000,
   "models": [{"name": "mlp", "sha256": "<64 digits>", "bytes": 90112, "feature_schema": "<64 digits>", "format": 1,
               "answer_us": 0, "deltas": [{"from": "<64 digits>", "sha256": "<64 digits>", "bytes": 20480}]}],
   "revoked": [], "rollout": {"salt": "<32 digits>", "stop": {"least_answers": 200, "most_lost": 200},
   "segments": [{"name": "", "arms": [{"name": "canary", "first": 0, "share": 100, "model": "<64 digits>"}]}]}}
A model of null is the one that the library ships."#;

/// Runs the command.
///
/// # Errors
/// If the file cannot be used, or the bytes cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    output::check(&arguments.out, &[&arguments.json])?;
    let to_sign = repository::encode(arguments.role, &arguments.json)?;
    output::write(&arguments.out, &to_sign)?;
    output::print(&format!("{}: written, {} bytes to be signed\n", arguments.out.display(), to_sign.len()))
}
