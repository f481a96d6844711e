//! Phones have memory pages of 16 KiB: the library's segments are aligned for them on every system that has ELF files, so
//! that the alignment is tested wherever the library is built.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if os == "android" || os == "linux" {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,max-page-size=16384");
    }
}
