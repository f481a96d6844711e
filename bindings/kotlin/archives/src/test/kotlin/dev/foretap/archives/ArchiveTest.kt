package dev.foretap.archives

import org.junit.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class ArchiveTest {
    private val core = Archive("core", "foretap")
    private val usage = Archive("usage", "foretap-usage")
    private val notifications = Archive("notifications", "foretap-notifications")
    private val sync = Archive("sync", "foretap-sync")
    private val all = listOf(core, usage, notifications, sync)

    @Test
    fun `each archive is an AAR without resources`() {
        val parts = setOf("AndroidManifest.xml", "classes.jar", "proguard.txt", "R.txt", METADATA)
        all.forEach { archive ->
            assertEquals(parts, archive.entries.filterNot { it.startsWith("jni/") }.toSet())
            assertEquals(0, archive.bytes("R.txt").size)
            assertEquals("aar", archive.packaging)
        }
    }

    @Test
    fun `each manifest names its own package and Android 8`() {
        val packages = all.map { it.manifest.documentElement.getAttribute("package") }
        assertEquals(
            listOf("dev.foretap", "dev.foretap.usage", "dev.foretap.notifications", "dev.foretap.sync"),
            packages,
        )
        all.forEach { archive ->
            val sdk = archive.manifest.all("uses-sdk").single()
            assertEquals("26", sdk.getAttribute("android:minSdkVersion"))
        }
    }

    @Test
    fun `the core asks for no permission and each module for its own alone`() {
        assertEquals(listOf(), core.permissions)
        assertEquals(listOf("android.permission.PACKAGE_USAGE_STATS"), usage.permissions)
        assertEquals(listOf(), notifications.permissions)
        assertEquals(
            listOf("android.permission.INTERNET", "android.permission.ACCESS_NETWORK_STATE"),
            sync.permissions,
        )
    }

    @Test
    fun `only the system can bind the notification listener`() {
        val service = notifications.manifest.all("service").single()
        assertEquals(
            "android.permission.BIND_NOTIFICATION_LISTENER_SERVICE",
            service.getAttribute("android:permission"),
        )
        listOf(core, usage, sync).forEach { assertEquals(listOf(), it.manifest.all("service")) }
    }

    @Test
    fun `nothing starts with the host's process`() {
        all.forEach { archive ->
            assertEquals(listOf(), archive.manifest.all("provider"))
            assertEquals(listOf(), archive.manifest.all("receiver"))
        }
    }

    @Test
    fun `the native library is in the core alone, for phones' processors`() {
        all.forEach { archive ->
            val native = archive.entries.filter { it.startsWith("jni/") }
            assertTrue(native.all { it in NATIVE && archive === core }, "$native")
        }
    }

    @Test
    fun `the core holds the generated bindings and nobody else does`() {
        assertTrue(core.classes.any { it.startsWith("dev/foretap/internal/ffi/") })
        listOf(usage, notifications, sync).forEach { archive ->
            assertFalse(archive.classes.any { it.startsWith("dev/foretap/internal/") })
        }
    }

    @Test
    fun `an archive holds classes of its own packages and of no other, such as those of the tests`() {
        val own =
            mapOf(
                core to Regex("dev/foretap/((internal|internal/ffi|unlock)/)?[^/]+"),
                usage to Regex("dev/foretap/usage/[^/]+"),
                notifications to Regex("dev/foretap/notifications/[^/]+"),
                sync to Regex("dev/foretap/sync/[^/]+"),
            )
        own.forEach { (archive, packages) ->
            assertTrue(archive.classes.isNotEmpty())
            assertEquals(listOf(), archive.classes.filterNot(packages::matches))
            assertEquals(listOf(), archive.classes.filter { "Fake" in it || it.endsWith("Test.class") })
        }
    }

    @Test
    fun `what is found by name survives shrinking`() {
        assertContains(core.rules, "-keep class dev.foretap.internal.ffi.**")
        assertContains(core.rules, "-keep class com.sun.jna.**")
        assertContains(sync.rules, "-keep class dev.foretap.sync.SyncWorker")
    }

    @Test
    fun `POMs name AARs as such and no module that is not published`() {
        assertEquals(
            setOf("kotlin-stdlib:jar", "kotlinx-coroutines-android:jar", "jna:aar"),
            core.dependencies.map(::short).toSet(),
        )
        assertEquals(setOf("kotlin-stdlib:jar", "foretap:aar"), usage.dependencies.map(::short).toSet())
        assertEquals(setOf("kotlin-stdlib:jar", "foretap:aar"), notifications.dependencies.map(::short).toSet())
        assertEquals(
            setOf(
                "kotlin-stdlib:jar",
                "foretap:aar",
                "kotlinx-coroutines-android:jar",
                "work-runtime:aar",
                "okhttp:jar",
            ),
            sync.dependencies.map(::short).toSet(),
        )
        all.flatMap { it.dependencies }.forEach { assertFalse("\${" in it, it) }
    }

    private fun short(dependency: String): String = dependency.split(":").let { "${it[1]}:${it[3]}" }

    private companion object {
        const val METADATA = "META-INF/com/android/build/gradle/aar-metadata.properties"
        val NATIVE = setOf("arm64-v8a", "armeabi-v7a", "x86_64").map { "jni/$it/libforetap_ffi.so" }
    }
}
