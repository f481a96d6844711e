//! Pages of 16 KiB: Google Play and newer phones refuse a library whose segments are aligned to less.

use std::path::Path;

use super::abi::Abi;
use super::elf::{Library, PAGE_BYTES};
use crate::failure::Failure;
use crate::step;

/// Checks a library for a phone: its processor, and the alignment of every segment.
///
/// # Errors
/// If it cannot be read, is no library, is for another processor, or a segment is aligned to less than a page.
pub(super) fn check_for(abi: Abi, library: &Path) -> Result<(), Failure> {
    let machine = check(library)?.machine;
    if machine == abi.machine() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} is not for {}: its processor has the number {machine}",
        library.display(),
        abi.name()
    )))
}

/// Checks the library for this machine, which is linked with the same flag.
///
/// # Errors
/// If it cannot be read, or a segment is aligned to less than a page.
pub(crate) fn check_here(library: &Path) -> Result<(), Failure> {
    step::step("page alignment of libforetap_ffi.so", || {
        let segments = check(library)?.alignments.len();
        println!("{segments} segments, each aligned to {PAGE_BYTES} bytes or more");
        Ok(())
    })
}

fn check(library: &Path) -> Result<Library, Failure> {
    let refused = |why: String| Failure::new(format!("{}: {why}", library.display()));
    let bytes = std::fs::read(library).map_err(|error| refused(error.to_string()))?;
    let read = Library::parse(&bytes).map_err(|error| refused(error.to_string()))?;
    if read.is_aligned() {
        return Ok(read);
    }
    Err(refused(format!(
        "segments are aligned to {:?} bytes; phones with large pages need {PAGE_BYTES}",
        read.alignments
    )))
}

#[cfg(test)]
mod tests {
    use super::super::elf::tests::file;
    use super::*;

    #[test]
    fn a_library_must_be_there_whole_aligned_and_for_its_processor() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("libforetap_ffi.so");
        let verdict = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("writable");
            check_for(Abi::Arm64, &path).map_err(|failure| failure.to_string())
        };
        let good = file(true, 183, &[(1, 16_384)]);
        assert_eq!(verdict(&good), Ok(()));
        for (bytes, part) in [
            (file(true, 183, &[(1, 16_384), (1, 16_383)]), "need 16384"),
            (file(true, 62, &[(1, 16_384)]), "not for arm64-v8a"),
            (good[..100].to_vec(), "cut off"),
            (b"INPUT(libforetap_ffi.so.1)".to_vec(), "not an ELF file"),
        ] {
            let failure = verdict(&bytes).expect_err(part);
            assert!(failure.contains(part), "{failure}");
        }
        std::fs::remove_file(&path).expect("removable");
        assert!(check_for(Abi::Arm64, &path).is_err(), "missing");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_the_linker_is_told_is_what_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let source = folder.path().join("sample.rs");
        std::fs::write(&source, "#[unsafe(no_mangle)] pub extern \"C\" fn answer() -> i32 { 42 }").expect("writable");
        for (page, is_aligned) in [(4_096, false), (8_192, false), (16_384, true), (65_536, true)] {
            let library = folder.path().join(format!("lib{page}.so"));
            let mut rustc = std::process::Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
            rustc.args(["--edition", "2024", "--crate-type", "cdylib", "-o"]).arg(&library).arg(&source);
            rustc.arg(format!("-Clink-arg=-Wl,-z,max-page-size={page}"));
            assert!(rustc.status().expect("rustc runs").success());
            assert_eq!(check(&library).is_ok(), is_aligned, "{page}");
        }
    }
}
