// Not run in this repository's tests: there is no Gradle there. For users who build from source.
//
//     cargo ndk -t arm64-v8a -t armeabi-v7a -t x86_64 -o target/jni build --release -p foretap-ffi
//     cargo xtask kotlin
//     gradle -p bindings/kotlin assembleRelease
//
// Android 15 wants native libraries aligned to 16 KB pages: NDK r28 and newer do so; older ones need
// RUSTFLAGS="-C link-arg=-Wl,-z,max-page-size=16384" at the first command.
plugins {
    id("com.android.library") version "8.13.0" apply false
    id("org.jetbrains.kotlin.android") version "2.4.21" apply false
}

subprojects {
    group = "dev.foretap"
    version = "0.1.0"
}
