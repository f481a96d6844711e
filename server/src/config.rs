//! What can be chosen, each with a default that works.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Takes uploads that people allowed, keeps each once, erases on request, and hands out signed releases. Over TLS 1.3 alone.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "foretap-server", version)]
pub struct Config {
    /// The folder of the journal, the ledger, the certificate and, unless --lake says otherwise, the lake. It is made if missing
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where to listen; port 0: any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub listen: SocketAddr,
    /// The certificate chain as PEM; without it, one for localhost is made once in DIR/tls
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// The lake: a folder, file:// or s3://bucket/prefix; DIR/lake unless given
    #[arg(long, value_name = "URL")]
    pub lake: Option<String>,
    /// The signed repository that is handed out below /models/: a folder, file:// or s3://
    #[arg(long, value_name = "URL")]
    pub releases: Option<String>,
    /// Connections at once; one more is closed before a byte of it is read
    #[arg(long, value_name = "N", default_value_t = 1_024)]
    pub max_connections: usize,
    /// Uploads that wait for the disk at once; one more is answered 503
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub max_waiting: usize,
    /// A segment of the journal goes to the lake once it is this old ...
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    pub seal_after: u64,
    /// ... or this large ...
    #[arg(long, value_name = "N", default_value_t = 16 << 20)]
    pub seal_bytes: u64,
    /// ... and has at least this many batches, so that rows which arrive in the lake together are not those of one phone
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub seal_min_batches: usize,
    /// Receives the address that is listened on, once the server is ready
    #[arg(long, value_name = "FILE")]
    pub port_file: Option<PathBuf>,
}

impl Config {
    /// The defaults, with this folder.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        let mut option = OsString::from("--data=");
        option.push(data);
        clap::Parser::parse_from([OsString::from("foretap-server"), option])
    }

    pub(crate) fn journal_folder(&self) -> PathBuf {
        self.data.join("journal")
    }

    pub(crate) fn ledger_file(&self) -> PathBuf {
        self.data.join("ledger.sqlite")
    }

    pub(crate) fn tls_folder(&self) -> PathBuf {
        self.data.join("tls")
    }

    pub(crate) fn lake_url(&self) -> String {
        self.lake.clone().unwrap_or_else(|| self.data.join("lake").to_string_lossy().into_owned())
    }
}

/// The most bytes of the rows of a segment, unpacked: what turns it into Parquet holds them all.
pub(crate) const MAX_SEGMENT_ROW_BYTES: usize = 32 << 20;
/// The most batches of a segment.
pub(crate) const MAX_SEGMENT_BATCHES: usize = 20_000;
/// The most requests that share one fsync.
pub(crate) const MAX_GROUP: usize = 256;

/// How long the ends of a connection may take.
pub(crate) mod time {
    use super::Duration;

    /// The handshake of TLS.
    pub(crate) const HANDSHAKE: Duration = Duration::from_secs(10);
    /// The header of a request, from the moment when one may come: an idle connection ends after it as well.
    pub(crate) const HEADER: Duration = Duration::from_secs(15);
    /// The body of a request.
    pub(crate) const BODY: Duration = Duration::from_secs(20);
    /// The journal's answer.
    pub(crate) const JOURNAL: Duration = Duration::from_secs(15);
    /// The first byte of an object.
    pub(crate) const OBJECT: Duration = Duration::from_secs(15);
    /// A whole connection, however many requests it has; then it ends after the one it is at ...
    pub(crate) const CONNECTION: Duration = Duration::from_secs(300);
    /// ... which may take this long, also when the server stops.
    pub(crate) const LAST_ANSWER: Duration = Duration::from_secs(10);
    /// What is still sent after a refusal is read for this long, so that the refusal arrives.
    pub(crate) const LINGER: Duration = Duration::from_secs(1);
    /// What a client that was refused for load is told to wait at least.
    pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(5);
}

/// How much a request may bring.
pub(crate) mod size {
    /// Of all the bodies that are read at once.
    pub(crate) const BODIES: usize = 32 << 20;
    /// Of the header, and of what is read ahead of it.
    pub(crate) const HEADER: usize = 16 << 10;
    /// Lines of the header.
    pub(crate) const HEADERS: usize = 64;
    /// What is still read after a refusal.
    pub(crate) const LINGER: usize = 1 << 20;
}

/// How long things are kept, in days.
pub(crate) mod kept {
    /// Rows of the lake.
    pub(crate) const ROWS: u32 = 90;
    /// What a batch was called and its sum: a phone sends what waits for 14 days at most.
    pub(crate) const BATCHES: u32 = ROWS + 14;
    /// Damaged bytes of the journal that were set aside.
    pub(crate) const DAMAGED: u32 = 7;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_alone_is_enough() {
        let config = Config::new(Path::new("data"));
        assert_eq!(config.listen.to_string(), "127.0.0.1:8443");
        assert_eq!(config.lake_url(), "data/lake");
        assert!(config.tls_cert.is_none() && config.releases.is_none());
    }

    #[test]
    fn the_command_line_holds_together() {
        use clap::CommandFactory;
        Config::command().debug_assert();
    }
}
