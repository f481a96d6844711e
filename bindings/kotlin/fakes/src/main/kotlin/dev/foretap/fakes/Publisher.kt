package dev.foretap.fakes

import java.io.File
import java.security.KeyPairGenerator
import java.security.MessageDigest
import java.security.Signature

/**
 * Publishes models: a folder with a signed repository, as the program `foretap` makes it. One key signs everything.
 *
 * @param place an empty folder.
 * @param nowS when it publishes, in seconds since 1970. A timestamp counts for a week, a release for three months.
 */
public class Publisher(private val place: File, private val nowS: Long) {
    private val keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair()
    private var version = 0

    /** What is served: `timestamp`, and the folders `release`, `bundle` and `delta`. */
    public val repository: File = File(place, "repository").apply { mkdirs() }

    /** The first root, as it ships with a host. */
    public val root: ByteArray = signed("root", rootJson())

    /**
     * From now on everyone is to have [bundle], or the model that the library ships if it is `null`.
     *
     * @param base a bundle that phones have: a delta leads from it to the other.
     */
    public fun publish(bundle: ByteArray?, base: ByteArray? = null) {
        version += 1
        val release = signed("release", releaseJson(bundle, base?.let { delta(it, checkNotNull(bundle)) }.orEmpty()))
        bundle?.let { add("bundle", it) }
        add("release", release)
        File(repository, "timestamp").writeBytes(signed("timestamp", timestampJson(release)))
    }

    private fun rootJson(): String {
        val signers = """{"keys": ["$publicKey"], "threshold": 1}"""
        return """{"product": "launcher", "version": 1, "expires_s": ${nowS + 365 * DAY_S}, "root": $signers,
            "release": $signers, "timestamp": $signers, "floor": 1}"""
    }

    private fun timestampJson(release: ByteArray) =
        """{"product": "launcher", "channel": "stable", "version": $version, "issued_s": $nowS,
            "expires_s": ${nowS + 7 * DAY_S}, "release_version": $version, "release_sha256": "${sum(release)}",
            "release_bytes": ${release.size}}"""

    /** Whatever a phone loses by the model is taken: what is judged is the way to it. */
    private fun releaseJson(bundle: ByteArray?, deltas: String): String {
        val models = bundle?.let { modelJson(it, deltas) }.orEmpty()
        val model = bundle?.let { "\"${sum(it)}\"" }
        return """{"product": "launcher", "channel": "stable", "version": $version, "issued_s": $nowS,
            "expires_s": ${nowS + 90 * DAY_S}, "models": [$models], "revoked": [],
            "rollout": {"salt": "${"5".repeat(32)}", "stop": {"least_answers": 20, "most_lost": 10000},
            "segments": [{"name": "", "arms": [{"name": "all", "first": 0, "share": 10000, "model": $model}]}]}}"""
    }

    private fun modelJson(bundle: ByteArray, deltas: String): String {
        val told = foretap("bundle", "inspect", file("bundle", bundle), "--json")
        val schema = checkNotNull(Regex("\"feature_schema\": \"([0-9a-f]{64})\"").find(told)).groupValues[1]
        return """{"name": "model", "sha256": "${sum(bundle)}", "bytes": ${bundle.size}, "format": 1,
            "feature_schema": "$schema", "answer_us": 0, "deltas": [$deltas]}"""
    }

    /** Makes the delta, and says of it what a release does. */
    private fun delta(base: ByteArray, bundle: ByteArray): String {
        val made = File(place, "made")
        foretap("repository", "delta", file("base", base), file("bundle", bundle), "--out", made.path)
        val delta = made.readBytes().also { add("delta", it) }
        return """{"from": "${sum(base)}", "sha256": "${sum(delta)}", "bytes": ${delta.size}}"""
    }

    private fun signed(role: String, json: String): ByteArray {
        val (toSign, sealed) = File(place, "to-sign") to File(place, "sealed")
        foretap("repository", "encode", role, file("json", json.encodeToByteArray()), "--out", toSign.path)
        val signing = Signature.getInstance("Ed25519").apply { initSign(keys.private) }
        val signature = hex(signing.apply { update(toSign.readBytes()) }.sign())
        foretap("repository", "seal", toSign.path, "--signature", "$publicKey:$signature", "--out", sealed.path)
        return sealed.readBytes()
    }

    /** An encoded key ends in its 32 bytes. */
    private val publicKey get() = hex(keys.public.encoded.takeLast(32).toByteArray())

    private fun add(kind: String, bytes: ByteArray) {
        File(repository, kind).mkdirs()
        File(repository, "$kind/${sum(bytes)}").writeBytes(bytes)
    }

    private fun file(name: String, bytes: ByteArray) = File(place, name).apply { writeBytes(bytes) }.path

    /** Bundles to publish. */
    public companion object {
        private const val DAY_S = 86_400L
        private const val PROGRAM = "foretap.program"

        /** Before the payload: seven letters, the format, and the payload's sum. */
        private const val HEAD_BYTES = 40
        private const val SUM_BYTES = 32

        /** The bundle that the library ships, from the folder of a module. */
        public val shipped: ByteArray get() = File("../../../core/data/foretap.bundle").readBytes()

        /** A bundle that answers as the one that the library ships, under a version that ends otherwise. */
        public fun successor(): ByteArray {
            val bundle = shipped
            val (_, version) = naming(bundle)
            bundle[version.last] = (if (bundle[version.last] == '2'.code.toByte()) '3' else '2').code.toByte()
            sha256(bundle.copyOfRange(HEAD_BYTES, bundle.size)).copyInto(bundle, HEAD_BYTES - SUM_BYTES)
            return bundle
        }

        /** Name and version of the model in [bundle], as a ranking tells them. */
        public fun nameOf(bundle: ByteArray): String =
            naming(bundle).toList().joinToString(" ") { bundle.sliceArray(it).decodeToString() }

        /** Where name and version are: the first two fields of the manifest, which comes first. */
        private fun naming(bundle: ByteArray): Pair<IntRange, IntRange> {
            val name = HEAD_BYTES + 4 until HEAD_BYTES + 4 + bundle[HEAD_BYTES + 3]
            val version = name.last + 3 until name.last + 3 + bundle[name.last + 2]
            return name to version
        }

        private fun foretap(vararg arguments: String): String {
            val program = File(System.getProperty(PROGRAM).orEmpty())
            check(program.canExecute()) { "$PROGRAM is no program; `cargo xtask test kotlin` builds it" }
            val run = ProcessBuilder(program.path, *arguments).redirectErrorStream(true).start()
            val said = run.inputStream.use { it.readBytes().decodeToString() }
            check(run.waitFor() == 0) { said }
            return said
        }

        private fun sha256(bytes: ByteArray) = MessageDigest.getInstance("SHA-256").digest(bytes)

        private fun sum(bytes: ByteArray) = hex(sha256(bytes))

        private fun hex(bytes: ByteArray) = bytes.joinToString("") { "%02x".format(it) }
    }
}
