//! Why a command did not do its work, and the exit code that tells.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use foretap_cli::answers::AnswersError;
use foretap_cli::bundle::BundleFileError;
use foretap_cli::features_file::FeatureFileError;
use foretap_cli::groups::GroupsError;
use foretap_cli::judge::JudgeError;
use foretap_cli::key_file::KeyFileError;
use foretap_cli::lake::LakeError;
use foretap_cli::logs::{Fault, LogError};
use foretap_cli::policy::PolicyError;
use foretap_cli::replay::StartError;
use foretap_cli::repository::RepositoryError;
use foretap_cli::transport::AddressError;

/// A command that failed. `Display` begins with `path:line:` where a file is to blame.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The log cannot be used.
    #[error("{}{}", .0, cause(.0))]
    Log(#[from] LogError),
    /// The start weights cannot be used.
    #[error("{0}")]
    Start(#[from] StartError),
    /// The log says nothing of other policies.
    #[error("{0}")]
    Policy(#[from] PolicyError),
    /// A key that cannot be read.
    #[error("{0}")]
    Key(#[from] KeyFileError),
    /// A bundle, or a part of one, that cannot be used.
    #[error("{0}")]
    Bundle(#[from] BundleFileError),
    /// A file of a repository that cannot be made or shown.
    #[error("{0}")]
    Repository(#[from] RepositoryError),
    /// An address that leads to no repository.
    #[error("{0}")]
    Address(#[from] AddressError),
    /// A repository that was not reached, or not believed.
    #[error("{address}: {reason}")]
    NotSynced {
        /// Of the repository.
        address: String,
        /// Why.
        reason: String,
    },
    /// The answers cannot be read.
    #[error("{0}")]
    Answers(#[from] AnswersError),
    /// The answers cannot be judged as asked.
    #[error("{0}")]
    Judge(#[from] JudgeError),
    /// The groups cannot be used.
    #[error("{0}")]
    Groups(#[from] GroupsError),
    /// The features file cannot be written.
    #[error("{0}")]
    Features(#[from] FeatureFileError),
    /// The lake cannot be written.
    #[error("{0}")]
    Lake(#[from] LakeError),
    /// A bundle that was read, and of which a check failed.
    #[error("{}: cannot be used", path.display())]
    Unverified {
        /// The bundle.
        path: PathBuf,
    },
    /// An argument that does not fit.
    #[error("{0}")]
    Argument(String),
    /// The core refused.
    #[error("{0}")]
    Core(#[from] foretap_core::Error),
    /// A file that cannot be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Output {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Failure {
    /// 2 for bad logs, bundles and arguments, 3 for a repository that was not reached or not believed, 1 for anything else.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Log(_)
            | Self::Start(_)
            | Self::Policy(_)
            | Self::Key(_)
            | Self::Bundle(_)
            | Self::Repository(_)
            | Self::Address(_)
            | Self::Answers(_)
            | Self::Judge(_)
            | Self::Groups(_)
            | Self::Argument(_) => ExitCode::from(2),
            Self::Core(
                foretap_core::Error::OutOfRange { .. }
                | foretap_core::Error::BadText { .. }
                | foretap_core::Error::KeyMismatch
                | foretap_core::Error::NotAFile { .. },
            ) => ExitCode::from(2),
            Self::Lake(LakeError::Other { .. } | LakeError::OutOfRange { .. }) => ExitCode::from(2),
            Self::NotSynced { .. } => ExitCode::from(3),
            Self::Core(_) | Self::Lake(_) | Self::Features(_) | Self::Unverified { .. } | Self::Output { .. } => {
                ExitCode::from(1)
            }
        }
    }

    /// The failure of writing `path`.
    pub(crate) fn output(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::Output { path: path.to_owned(), source }
    }
}

/// What the system said of a file that cannot be read.
fn cause(error: &LogError) -> String {
    match &error.fault {
        Fault::Unreadable(source) => format!(": {source}"),
        _ => String::new(),
    }
}
