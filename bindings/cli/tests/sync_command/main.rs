//! `foretap repository` and `foretap sync` as a publisher and a phone meet them: a repository is made with the first, from keys
//! of the test's own, and read with the second, in a folder and over TLS.

mod phone;
mod publisher;
mod runs;
mod server;
mod transport;
