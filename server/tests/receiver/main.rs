//! The receiver from outside: over TLS, with the process killed, flooded and insulted. `FORETAP_SERVER_FULL=1` raises the
//! counts to those before a release.

mod damage;
mod erasure;
mod exactly_once;
mod hostile;
mod kills;
mod lake;
mod limits;
mod overload;
mod privacy;
mod releases;
mod support;

/// Whether the counts are those before a release.
fn is_full() -> bool {
    std::env::var_os("FORETAP_SERVER_FULL").is_some()
}
