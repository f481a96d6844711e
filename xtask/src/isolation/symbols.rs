//! The second look: which functions the object files of the tree refer to without having them.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::objects::Rlibs;
use super::reviewed::REVIEWED_CALLS;
use crate::failure::Failure;
use crate::step;

/// C functions that open a socket, use one, look up a host, or start or load a program that could. (SQLite holds a loader
/// of extensions, which is off until one of the last two is called.)
const FORBIDDEN: &str = "
    socket socketpair connect bind listen accept accept4 send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg
    getaddrinfo gethostbyname gethostbyname2 gethostbyname_r res_query syscall
    fork vfork execv execve execvp posix_spawn posix_spawnp popen system
    sqlite3_load_extension sqlite3_enable_load_extension";
/// The parts of OpenSSL that talk to somebody. libcrypto holds them whether or not anyone asks for them, so what counts
/// is that no object of the tree does.
const FORBIDDEN_OPENSSL: [&str; 4] = ["BIO_", "SSL_", "OSSL_HTTP_", "OCSP_"];
/// Where OpenSSL is built from source, this crate holds libcrypto, and wrappers in Rust around some of those parts.
const OPENSSL_ITSELF: &str = "openssl-sys";
/// The wrappers of [`OPENSSL_ITSELF`] in mangled names: nobody else may call one.
const OPENSSL_WRAPPER: &str = "11openssl_sys";
/// Path segments of the standard library, as they stand in mangled names of both kinds: `net` (in `std::net`,
/// `std::sys::net`, `std::os::unix::net`) and the inside of `std::process::Command`. Back references cut paths short, so a
/// segment is looked for alone.
const FORBIDDEN_STD: [&str; 3] = ["3net", "3sys7process", "7Command"];
/// What SQLCipher takes from OpenSSL is shown, so that a reader of the report can judge it.
const OPENSSL: [&str; 8] = ["CRYPTO_", "ERR_", "EVP_", "HMAC_", "OBJ_", "OpenSSL_", "PKCS5_", "RAND_"];

/// A reference to a function, and the object file it comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Reference {
    object: String,
    symbol: String,
}

/// Reads every rlib with `nm`.
///
/// # Errors
/// If `nm` is missing or cannot read one, or an object refers to something forbidden.
pub(super) fn check(rlibs: &Rlibs) -> Result<(), Failure> {
    let mut all = BTreeSet::new();
    let mut forbidden = Vec::new();
    let count = rlibs.values().map(BTreeSet::len).sum::<usize>();
    for (package, rlib) in rlibs.iter().flat_map(|(package, rlibs)| rlibs.iter().map(move |rlib| (package, rlib))) {
        let references = read(package, rlib)?;
        let found = references.iter().filter(|reference| is_forbidden(package, &reference.symbol));
        forbidden.extend(found.map(|found| format!("{package}: {} refers to {}", found.object, found.symbol)));
        all.extend(references.into_iter().map(|reference| reference.symbol));
    }
    if !forbidden.is_empty() {
        return Err(Failure::new(format!("the core's tree can leave the device:\n{}", forbidden.join("\n"))));
    }
    // SQLite makes its files durable; a reader that does not see that sees nothing.
    if !all.contains("fsync") && !all.contains("_fsync") {
        return Err(Failure::new("nm does not even show SQLite's fsync: its answer proves nothing"));
    }
    let openssl: Vec<_> = all.iter().filter(|symbol| OPENSSL.iter().any(|part| symbol.starts_with(part))).collect();
    println!("{count} rlibs refer to {} functions outside themselves; none of them can connect", all.len());
    println!("from libcrypto {} are called, and nobody calls its BIO: {}", openssl.len(), list(&openssl));
    Ok(())
}

fn list(symbols: &[&String]) -> String {
    symbols.iter().map(|symbol| symbol.as_str()).collect::<Vec<_>>().join(" ")
}

fn read(package: &str, rlib: &Path) -> Result<Vec<Reference>, Failure> {
    let output = Command::new("nm").env("LC_ALL", "C").arg("-u").arg(rlib).output();
    let output = output.map_err(|error| Failure::missing(format!("nm (binutils) could not be started: {error}")))?;
    let (shown, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    step::passed(&format!("nm {}", rlib.display()), output.status)?;
    match blind_spot(&shown, &complaints) {
        Some(line) => Err(Failure::new(format!("nm cannot look into {}: {line}", rlib.display()))),
        None => Ok(references(package, &shown)),
    }
}

/// Where `nm` shows nothing though there is something: binutils hands objects that carry LLVM's bitcode to a plugin, and
/// one of an older LLVM finds "no symbols" in them. Only `lib.rmeta`, the metadata in every rlib, truly has none.
fn blind_spot<'a>(shown: &'a str, complaints: &'a str) -> Option<&'a str> {
    let is_blind = |line: &&str| line.contains("plugin") || !line.contains("lib.rmeta") && !line.trim().is_empty();
    shown.lines().find(|line| line.starts_with("bfd plugin")).or_else(|| complaints.lines().find(is_blind))
}

/// The references in the output of `nm -u`, without those that OpenSSL's own objects have where it is built from source.
fn references(package: &str, nm: &str) -> Vec<Reference> {
    let mut object = String::new();
    let mut references = Vec::new();
    for line in nm.lines() {
        if let Some(header) = line.strip_suffix(':') {
            object = header.to_owned();
        } else if let Some(symbol) = line.split_whitespace().last() {
            let is_openssl_itself = package == OPENSSL_ITSELF && !object.contains(".rcgu.o");
            if !is_openssl_itself {
                references.push(Reference { object: object.clone(), symbol: c_name(symbol).to_owned() });
            }
        }
    }
    references
}

/// A symbol without its version (`connect@GLIBC_2.2.5`).
fn c_name(symbol: &str) -> &str {
    symbol.split('@').next().unwrap_or(symbol)
}

fn is_forbidden(package: &str, symbol: &str) -> bool {
    if REVIEWED_CALLS.iter().any(|(reviewed, call, _)| (*reviewed, *call) == (package, symbol)) {
        return false;
    }
    // Apple's C names begin with an underscore.
    let names = [symbol, symbol.strip_prefix('_').unwrap_or(symbol)];
    let is_c = FORBIDDEN.split_whitespace().any(|forbidden| names.contains(&forbidden));
    let is_std = symbol.contains("3std") && FORBIDDEN_STD.iter().any(|part| symbol.contains(part));
    let is_openssl = symbol.contains(OPENSSL_WRAPPER)
        || FORBIDDEN_OPENSSL.iter().any(|part| names.iter().any(|name| name.starts_with(part)));
    is_c || is_std || is_openssl && package != OPENSSL_ITSELF
}

#[cfg(test)]
mod tests {
    use super::*;

    const NM: &str = "\nlib.rmeta:\n\na.a.1-cgu.0.rcgu.o:\n                 U memcpy\n\nsqlite3.o:\n                 U connect@GLIBC_2.2.5\n                 w _ITM_deregister\n                 U fsync\n";

    #[test]
    fn a_reference_is_read_with_its_object_and_without_its_version() {
        let symbols: Vec<_> = references("a", NM).into_iter().map(|found| (found.object, found.symbol)).collect();
        assert_eq!(symbols.len(), 4);
        assert!(symbols.contains(&("sqlite3.o".to_owned(), "connect".to_owned())));
    }

    #[test]
    fn sockets_processes_and_openssls_bio_are_forbidden_and_files_are_not() {
        for symbol in
            ["socket", "_connect", "getaddrinfo", "BIO_s_connect", "BIO_new_connect", "posix_spawnp", "syscall"]
        {
            assert!(is_forbidden("a", symbol), "{symbol}");
        }
        for symbol in
            ["fsync", "EVP_CipherInit_ex", "pthread_create", "sqlite3_bind_text", "_Unwind_Resume", "__errno_location"]
        {
            assert!(!is_forbidden("a", symbol), "{symbol}");
        }
    }

    #[test]
    fn a_reviewed_call_is_let_through_in_its_package_only() {
        assert!(!is_forbidden("parking_lot_core", "syscall"));
        assert!(is_forbidden("parking_lot_core", "connect") && is_forbidden("tract-core", "syscall"));
    }

    #[test]
    fn openssls_own_objects_are_left_out_but_not_those_of_its_rust_side() {
        let nm = "libcrypto-lib-bio_sock.o:\n U connect\nopenssl_sys.1-cgu.0.rcgu.o:\n U BIO_ctrl\n";
        let symbols: Vec<_> = references(OPENSSL_ITSELF, nm).into_iter().map(|found| found.symbol).collect();
        assert_eq!(symbols, ["BIO_ctrl"]);
        assert_eq!(references("libsqlite3-sys", nm).len(), 2);
    }

    #[test]
    fn openssls_rust_side_may_wrap_its_bio_but_nobody_may_call_it() {
        assert!(!is_forbidden(OPENSSL_ITSELF, "BIO_ctrl"));
        assert!(is_forbidden(OPENSSL_ITSELF, "connect"));
        for symbol in ["BIO_ctrl", "_BIO_ctrl", "_RNvCs1_11openssl_sys12BIO_set_retry", "_ZN11openssl_sys3bioE"] {
            assert!(is_forbidden("libsqlite3-sys", symbol), "{symbol}");
        }
    }

    /// What the check says about a crate of that source, compiled here.
    fn verdict_on(source: &str, embeds_bitcode: bool) -> Result<(), Failure> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (file, rlib) = (folder.path().join("sample.rs"), folder.path().join("libsample.rlib"));
        std::fs::write(&file, source).expect("writable");
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.arg(format!("-Cembed-bitcode={embeds_bitcode}"));
        rustc.args(["--edition", "2024", "--crate-type", "rlib", "--crate-name", "sample", "-o"]).arg(&rlib).arg(&file);
        assert!(rustc.status().expect("rustc runs").success());
        check(&Rlibs::from([("sample".to_owned(), [rlib].into())]))
    }

    #[test]
    fn a_crate_that_opens_a_socket_or_starts_a_program_is_refused() {
        for (body, part) in [
            ("let _ = std::net::TcpStream::connect(\"192.0.2.1:9\");", "9TcpStream7connect"),
            ("let _ = std::net::TcpListener::bind(\"192.0.2.1:9\");", "11TcpListener4bind"),
            ("let _ = std::net::UdpSocket::bind(\"192.0.2.1:9\");", "9UdpSocket4bind"),
            ("let _ = std::os::unix::net::UnixStream::connect(\"/x\");", "4unix3net"),
            ("let _ = std::process::Command::new(\"curl\").spawn();", "7Command5spawn"),
            ("unsafe extern \"C\" { fn socket(a: i32) -> i32; } unsafe { socket(2); }", "refers to socket"),
        ] {
            let failure = verdict_on(&format!("pub fn leak() {{ {body} }}"), false).expect_err(body).to_string();
            assert!(failure.contains("can leave the device") && failure.contains(part), "{failure}");
        }
    }

    #[test]
    fn bitcode_in_an_object_hides_nothing() {
        let source = "pub fn leak() { let _ = std::net::TcpStream::connect(\"192.0.2.1:9\"); }";
        assert!(verdict_on(source, true).is_err());
        let old_plugin = "bfd plugin: LLVM gold plugin has failed to create LTO module\n\na.rcgu.o:\n";
        assert!(blind_spot(old_plugin, "nm: lib.rmeta: no symbols\nnm: a.rcgu.o: no symbols\n").is_some());
        assert!(blind_spot("\na.rcgu.o:\n", "nm: a.rcgu.o: no symbols\n").is_some());
        assert!(blind_spot("\na.rcgu.o:\n U memcpy\n", "nm: lib.rmeta: no symbols\n").is_none());
    }

    #[test]
    fn a_crate_that_writes_files_is_let_through() {
        let source = "unsafe extern \"C\" { fn fsync(fd: i32) -> i32; } pub fn keep() { unsafe { fsync(1); } let _ = std::fs::write(\"x\", \"\"); }";
        assert!(verdict_on(source, false).is_ok());
    }

    #[test]
    fn an_answer_that_shows_nothing_is_no_proof() {
        assert!(verdict_on("pub fn nothing() {}", false).is_err());
    }
}
