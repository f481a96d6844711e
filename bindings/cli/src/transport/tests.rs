use super::*;

fn folder_with(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Folder) {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, bytes) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("in the folder")).expect("writable");
        std::fs::write(path, bytes).expect("writable");
    }
    let transport = Folder::new(folder.path()).expect("it is there");
    (folder, transport)
}

#[test]
fn a_file_of_a_folder_is_handed_on_in_chunks_until_nobody_wants_more() {
    let file: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let (_folder, transport) = folder_with(&[("bundle/00", &file), ("empty", &[])]);
    let mut bytes = Vec::new();
    let mut take = |chunk: &[u8]| {
        assert!((1..=CHUNK_BYTES).contains(&chunk.len()), "{}", chunk.len());
        bytes.extend_from_slice(chunk);
        true
    };
    transport.fetch("bundle/00", &mut take).expect("there");
    transport.fetch("empty", &mut take).expect("there");
    assert_eq!(bytes, file);
    let mut count = 0;
    transport
        .fetch("bundle/00", &mut |chunk| {
            count += chunk.len();
            count < 20_000
        })
        .expect("there");
    assert!((20_000..=20_000 + CHUNK_BYTES).contains(&count), "{count}");
}

#[test]
fn what_is_not_there_is_told_from_what_cannot_be_read() {
    let (folder, transport) = folder_with(&[("root/1", b"root")]);
    assert!(matches!(transport.fetch("root/2", &mut |_| true), Err(FetchError::NotFound)));
    assert!(matches!(transport.fetch("timestamp", &mut |_| true), Err(FetchError::NotFound)));
    assert!(matches!(transport.fetch("root", &mut |_| true), Err(FetchError::Broken(_))));
    assert!(matches!(Folder::new(&folder.path().join("root/1")), Err(AddressError::NoFolder { .. })));
}

/// A body that is interrupted once, and then breaks off.
struct Interrupted(u8);

impl Read for Interrupted {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.0 += 1;
        match self.0 {
            1 => Err(ErrorKind::Interrupted.into()),
            2 => {
                into[0] = 7;
                Ok(1)
            }
            _ => Err(ErrorKind::ConnectionReset.into()),
        }
    }
}

#[test]
fn an_interruption_is_no_end_and_a_break_is() {
    let mut bytes = Vec::new();
    let end = hand_on(Interrupted(0), &mut |chunk| {
        bytes.extend_from_slice(chunk);
        true
    });
    assert!(matches!(end, Err(FetchError::Broken(_))) && bytes == [7], "{end:?}");
}

#[test]
fn an_address_is_a_folder_or_https_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let pem = folder.path().join("ca.pem");
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = rcgen::CertificateParams::new(Vec::new()).expect("no names").self_signed(&key);
    std::fs::write(&pem, certificate.expect("a certificate").pem()).expect("writable");
    let refused = |address: &str| match to(address, Some(&pem)) {
        Ok(_) => panic!("{address}: was taken"),
        Err(refused) => refused,
    };
    for address in ["https://models.example.org", "https://127.0.0.1:8443/a/b/", "https://[::1]/"] {
        assert!(to(address, Some(&pem)).is_ok(), "{address}");
    }
    for address in
        ["http://models.example.org/", "ftp://models.example.org/", "file:///tmp", "HTTPS://models.example.org/"]
    {
        assert!(matches!(refused(address), AddressError::NotHttps { .. }), "{address}");
    }
    for address in [
        "https://",
        "https:///path",
        "https://a b/",
        "https://m.example/?q",
        "https://m.example/#f",
        "https://u:p@m.example/",
    ] {
        assert!(matches!(refused(address), AddressError::Form { .. }), "{address}");
    }
    assert!(to(folder.path().to_str().expect("UTF-8"), None).is_ok());
    assert!(matches!(refused(folder.path().to_str().expect("UTF-8")), AddressError::NoServer));

    let bad = folder.path().join("bad.pem");
    let wrong =
        ["", "no certificate", "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n", &key.serialize_pem()];
    for pem in wrong {
        std::fs::write(&bad, pem).expect("writable");
        let refused = to("https://models.example.org/", Some(&bad)).err();
        assert!(matches!(refused, Some(AddressError::NoCertificate { .. })), "{pem}");
    }
}
