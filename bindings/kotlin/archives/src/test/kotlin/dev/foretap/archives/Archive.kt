package dev.foretap.archives

import org.w3c.dom.Document
import org.w3c.dom.Element
import java.io.File
import java.util.zip.ZipFile
import java.util.zip.ZipInputStream
import javax.xml.parsers.DocumentBuilderFactory

/** What one module publishes: its AAR and its POM, opened. */
internal class Archive(directory: String, artifactId: String) {
    private val target = File("../$directory/target")
    private val aar = ZipFile(target.resolve("$artifactId-0.1.0.aar"))

    val entries: Set<String> = aar.entries().asSequence().filterNot { it.isDirectory }.map { it.name }.toSet()

    val classes: Set<String> =
        ZipInputStream(bytes("classes.jar").inputStream()).use { jar ->
            generateSequence { jar.nextEntry }.map { it.name }.filter { it.endsWith(".class") }.toSet()
        }

    val manifest: Document = parse(bytes("AndroidManifest.xml"))

    val permissions: List<String> = manifest.all("uses-permission").map { it.getAttribute("android:name") }

    val rules: String = bytes("proguard.txt").decodeToString()

    private val pom: Document = parse(target.resolve("consumer-pom.xml").readBytes())

    val packaging: String = pom.all("packaging").single().textContent

    /** `group:artifact:version:type`. */
    val dependencies: Set<String> =
        pom
            .all("dependency")
            .map { d ->
                fun child(name: String) = d.getElementsByTagName(name).item(0)?.textContent
                listOf(child("groupId"), child("artifactId"), child("version"), child("type") ?: "jar")
            }.map { it.joinToString(":") }
            .toSet()

    fun bytes(entry: String): ByteArray = aar.getInputStream(aar.getEntry(entry)).readBytes()

    private fun parse(xml: ByteArray): Document =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(xml.inputStream())
}

internal fun Document.all(tag: String): List<Element> =
    getElementsByTagName(tag).let { found -> (0 until found.length).map { found.item(it) as Element } }
