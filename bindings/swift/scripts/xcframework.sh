#!/usr/bin/env bash
# Builds what Apple's systems link: Foretap.xcframework for iOS, its simulators and macOS, beside the generated bindings.
#
#     bindings/swift/scripts/xcframework.sh
#
# Needs a Mac with Xcode 16 or newer and rustup's Rust. Not run where this is developed, which is Linux.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly ios=16.0 macos=13.0
readonly package=bindings/swift
readonly work=target/xcframework
export IPHONEOS_DEPLOYMENT_TARGET="$ios" MACOSX_DEPLOYMENT_TARGET="$macos"

for tool in xcodebuild xcrun lipo rustup cargo; do
    command -v "$tool" >/dev/null || { echo "error: $tool is missing" >&2; exit 2; }
done

# Swift sources, and the header that the framework carries.
cargo xtask swift

rm -rf "$work" "$package/Foretap.xcframework"
# A folder for the module: two frameworks of one app would else each bring a module.modulemap to the same place.
mkdir -p "$work/headers/CForetap"
cp "$package/Generated/CForetap/CForetap.h" "$package/Generated/CForetap/module.modulemap" "$work/headers/CForetap/"

# All that bindings call. Everything else is hidden: an app must not bind to the SQLite or zstd in here, nor these to the system's.
printf '%s\n' '_uniffi_foretap_ffi_*' '_ffi_foretap_ffi_*' >"$work/exported"

# One object file of a library, which calls into itself by now, in a library again.
build() { # <Rust target> <architecture> <platform> <oldest version> <SDK>
    local target=$1 architecture=$2 platform=$3 version=$4 sdk=$5
    rustup target add "$target"
    cargo build --release --lib -p foretap-ffi --target "$target"
    local whole="target/$target/release/libforetap_ffi.a"
    mkdir -p "$work/$target"
    xcrun --sdk "$sdk" ld -r -arch "$architecture" -all_load "$whole" \
        -platform_version "$platform" "$version" "$(xcrun --sdk "$sdk" --show-sdk-version)" \
        -exported_symbols_list "$work/exported" -o "$work/$target/foretap_ffi.o"
    xcrun --sdk "$sdk" libtool -static -o "$work/$target/libforetap_ffi.a" "$work/$target/foretap_ffi.o"
}

build aarch64-apple-ios arm64 ios "$ios" iphoneos
build aarch64-apple-ios-sim arm64 ios-simulator "$ios" iphonesimulator
build x86_64-apple-ios x86_64 ios-simulator "$ios" iphonesimulator
build aarch64-apple-darwin arm64 macos "$macos" macosx
build x86_64-apple-darwin x86_64 macos "$macos" macosx

# One library for each platform, with the processors that it has.
mkdir -p "$work/simulator" "$work/macos"
lipo -create "$work/aarch64-apple-ios-sim/libforetap_ffi.a" "$work/x86_64-apple-ios/libforetap_ffi.a" \
    -output "$work/simulator/libforetap_ffi.a"
lipo -create "$work/aarch64-apple-darwin/libforetap_ffi.a" "$work/x86_64-apple-darwin/libforetap_ffi.a" \
    -output "$work/macos/libforetap_ffi.a"

xcodebuild -create-xcframework \
    -library "$work/aarch64-apple-ios/libforetap_ffi.a" -headers "$work/headers" \
    -library "$work/simulator/libforetap_ffi.a" -headers "$work/headers" \
    -library "$work/macos/libforetap_ffi.a" -headers "$work/headers" \
    -output "$package/Foretap.xcframework"
echo "$package/Foretap.xcframework is what $package/Package.swift links on Apple's systems"
