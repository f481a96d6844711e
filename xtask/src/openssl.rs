//! Which OpenSSL SQLCipher is built with: the system's, where its headers are installed, else one built from source.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// Where libcrypto comes from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OpenSsl {
    /// The system's, or on Apple its own CommonCrypto: nothing to add.
    System,
    /// Built from source by the feature `vendored-openssl`: takes minutes once.
    Vendored,
}

impl OpenSsl {
    /// Looks for headers first, then for what building from source needs.
    ///
    /// # Errors
    /// If there are no headers and perl or make is missing.
    pub(crate) fn find() -> Result<Self, Failure> {
        let has_headers = cfg!(target_os = "macos")
            || std::env::var_os("OPENSSL_DIR").is_some()
            || Path::new("/usr/include/openssl/opensslv.h").exists()
            || runs("pkg-config", &["--exists", "openssl"]);
        let missing: Vec<_> = ["perl", "make"].into_iter().filter(|tool| !runs(tool, &["--version"])).collect();
        let chosen = Self::choose(has_headers, &missing)?;
        if chosen == Self::Vendored {
            println!(
                "OpenSSL's headers are not installed (libssl-dev): it is built from source, which takes minutes once."
            );
        }
        Ok(chosen)
    }

    /// What to add to a cargo command line.
    pub(crate) fn arguments(&self) -> &'static [&'static str] {
        match self {
            Self::System => &[],
            Self::Vendored => &["--features", "foretap-core/vendored-openssl"],
        }
    }

    fn choose(has_headers: bool, missing_tools: &[&str]) -> Result<Self, Failure> {
        match (has_headers, missing_tools) {
            (true, _) => Ok(Self::System),
            (false, []) => Ok(Self::Vendored),
            (false, missing) => Err(Failure::missing(format!(
                "OpenSSL's headers are not installed, and building it from source needs {}. Install libssl-dev, or those.",
                missing.join(" and ")
            ))),
        }
    }
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_preferred_then_a_build_and_missing_tools_are_named() {
        assert_eq!(OpenSsl::choose(true, &["perl"]).expect("headers"), OpenSsl::System);
        assert_eq!(OpenSsl::choose(false, &[]).expect("tools"), OpenSsl::Vendored);
        let failure = OpenSsl::choose(false, &["perl", "make"]).expect_err("neither");
        assert!(failure.to_string().contains("perl and make"));
    }

    #[test]
    fn a_program_that_is_not_there_does_not_run() {
        assert!(!runs("no-such-program-of-foretap", &[]));
    }
}
