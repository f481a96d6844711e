package dev.foretap.notifications

import android.content.Context

/** A service that every Android has. */
internal inline fun <reified T : Any> Context.systemService(): T =
    checkNotNull(getSystemService(T::class.java)) { "the phone lacks a service of Android's" }
