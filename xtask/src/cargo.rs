//! Cargo as this workspace calls it: from the repository's root, with the OpenSSL that this machine has.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::openssl::OpenSsl;

/// The cargo that started this program.
pub(crate) struct Cargo {
    program: OsString,
    root: PathBuf,
    openssl: OpenSsl,
}

impl Cargo {
    /// Finds the repository's root and the OpenSSL to build with.
    ///
    /// # Errors
    /// If OpenSSL can neither be used nor built here.
    pub(crate) fn find() -> Result<Self, Failure> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        Ok(Self {
            program: std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            root: here.parent().expect("xtask/ lies in the root").to_owned(),
            openssl: OpenSsl::find()?,
        })
    }

    /// The repository's root.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A subcommand that builds nothing.
    pub(crate) fn plain(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.root).arg(subcommand);
        command
    }

    /// A subcommand that builds or resolves the core: with the features that the OpenSSL of this machine asks for.
    pub(crate) fn building(&self, subcommand: &str) -> Command {
        let mut command = self.plain(subcommand);
        command.args(self.openssl.arguments());
        command
    }
}
