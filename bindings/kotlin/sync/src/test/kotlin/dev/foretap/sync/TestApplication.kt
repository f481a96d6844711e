package dev.foretap.sync

import android.app.Application

/** A host: what a test puts into [setup] is what the worker finds. */
internal class TestApplication :
    Application(),
    SyncProvider {
    @Volatile
    lateinit var setup: () -> SyncSetup

    override val sync: SyncSetup get() = setup()
}
