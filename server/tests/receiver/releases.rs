//! The signed repository is handed out as it lies, in ranges too, and nothing beside it is.

use std::fs;

use crate::support::{Process, beside_others};

#[test]
fn releases_are_handed_out_whole_in_ranges_and_only_when_changed() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let releases = folder.path().join("releases");
    let bundle: Vec<u8> = (0..600_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    fs::create_dir_all(releases.join("bundle")).expect("writable");
    fs::write(releases.join("bundle/ab12"), &bundle).expect("writable");
    fs::write(releases.join("timestamp"), b"one").expect("writable");
    fs::write(releases.join("empty"), b"").expect("writable");
    fs::write(releases.join(".hidden"), b"secret").expect("writable");
    fs::write(folder.path().join("beside"), b"secret").expect("writable");
    let options = ["--releases", releases.to_str().expect("UTF-8")];
    let server = Process::start(folder.path(), &options, &[]).expect("it starts");
    let mut client = server.connect().expect("a connection");
    let mut get = |headers: &[(&str, &str)], path: &str| client.ask("GET", path, headers, &[]).expect("an answer");

    let whole = get(&[], "/models/bundle/ab12");
    assert_eq!((whole.status, whole.body == bundle), (200, true));
    assert_eq!(whole.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let tag = whole.header("etag").expect("a tag").to_owned();
    assert!(tag.starts_with('"'), "a strong one");

    let unchanged = get(&[("If-None-Match", &tag)], "/models/bundle/ab12");
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!(unchanged.header("etag"), Some(tag.as_str()));
    let rest = get(&[("Range", "bytes=400000-"), ("If-Range", &tag)], "/models/bundle/ab12");
    assert_eq!((rest.status, rest.body == bundle[400_000..]), (206, true));
    assert_eq!(rest.header("content-range"), Some("bytes 400000-599999/600000"));
    let part = get(&[("Range", "bytes=10-19")], "/models/bundle/ab12");
    assert_eq!((part.status, part.body == bundle[10..20]), (206, true));
    let other = get(&[("Range", "bytes=400000-"), ("If-Range", "\"other\"")], "/models/bundle/ab12");
    assert_eq!((other.status, other.body == bundle), (200, true));
    let beyond = get(&[("Range", "bytes=600000-")], "/models/bundle/ab12");
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */600000")));
    assert_eq!(get(&[], "/models/empty").body, b"");

    let first = get(&[], "/models/timestamp");
    assert_eq!((first.body.as_slice(), first.header("cache-control")), (b"one".as_slice(), Some("no-cache")));
    fs::write(releases.join("new"), b"two").expect("writable");
    fs::rename(releases.join("new"), releases.join("timestamp")).expect("renamed");
    let tag = first.header("etag").expect("a tag").to_owned();
    assert_eq!(get(&[("If-None-Match", &tag)], "/models/timestamp").body, b"two");

    for path in [
        "/models/",
        "/models",
        "/models/bundle",
        "/models/none",
        "/models/../beside",
        "/models/bundle/../../beside",
        "/models/%2e%2e/beside",
        "/models/..%2fbeside",
        "/models/.hidden",
        "/models//etc/passwd",
        "/models/bundle/",
        "/models/timestamp%00",
        "/models/..",
        "/models/./timestamp",
        "/models/bundle\\ab12",
    ] {
        let refused = get(&[], path);
        assert_eq!(refused.status, 404, "{path}");
        assert!(!refused.body.windows(6).any(|bytes| bytes == b"secret"));
    }
    let head = client.ask("HEAD", "/models/bundle/ab12", &[], &[]).expect("an answer");
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("600000"), 0));
    assert_eq!(client.ask("POST", "/models/timestamp", &[], &[]).expect("an answer").status, 405);
}
