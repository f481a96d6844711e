package dev.foretap.usage

import android.content.Context
import android.util.AtomicFile
import dev.foretap.WallClock
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.File
import java.io.IOException

/** Keeps the [Mark] where no backup takes it. One that is damaged counts as none: then the whole log is read. */
internal class MarkFile(private val context: Context, private val clock: WallClock) {
    private val file = AtomicFile(File(context.noBackupFilesDir, "foretap/usage.mark"))

    /** The mark on the clock as it is now. */
    fun read(): Mark = synchronized(LOCK) { load().on(PhoneClock.read(context, clock)) }

    /**
     * Puts what [change] makes of the mark in its place.
     *
     * @throws IOException if the storage is full; then the old one stays.
     */
    fun change(change: (Mark) -> Mark): Unit = synchronized(LOCK) { save(change(read())) }

    /** Forgets it. */
    fun delete(): Unit = synchronized(LOCK) { file.delete() }

    private fun load(): Mark = try {
        file.openRead().buffered().let(::DataInputStream).use { input ->
            if (input.readByte() != FORMAT) return Mark()
            val boot = input.readInt()
            val bootMs = input.readLong()
            val fromMs = input.readMs()
            val launches = input.readInt().coerceIn(0, Mark.MAX_LAUNCHES)
            Mark(fromMs, List(launches) { OwnLaunch(input.readLong(), input.readMs()) }, bootMs, boot)
        }
    } catch (_: IOException) {
        Mark()
    }

    private fun save(mark: Mark) {
        file.baseFile.parentFile?.mkdirs()
        val stream = file.startWrite()
        try {
            val output = DataOutputStream(stream.buffered())
            output.writeByte(FORMAT.toInt())
            output.writeInt(mark.boot)
            output.writeLong(mark.bootMs)
            output.writeLong(mark.fromMs ?: NONE)
            output.writeInt(mark.launches.size)
            for (launch in mark.launches) {
                output.writeLong(launch.atMs)
                output.writeLong(launch.twinMs ?: NONE)
            }
            output.flush()
            file.finishWrite(stream)
        } catch (exception: IOException) {
            file.failWrite(stream)
            throw exception
        }
    }

    private fun DataInputStream.readMs(): Long? = readLong().takeIf { it != NONE }

    private companion object {
        const val NONE = Long.MIN_VALUE
        const val FORMAT: Byte = 1

        /** For every instance: the file is one. */
        val LOCK = Any()
    }
}
