//! UniFFI's generator of bindings, in the version that the library was built with: `foretap-bindgen generate LIBRARY
//! --language kotlin --out-dir FOLDER`. A crate of its own, so that the library is built without it.

fn main() {
    uniffi::uniffi_bindgen_main();
}
