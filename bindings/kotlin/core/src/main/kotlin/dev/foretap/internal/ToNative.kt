package dev.foretap.internal

import dev.foretap.Control
import dev.foretap.Durability
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Exploration
import dev.foretap.ExportSecret
import dev.foretap.ForetapException
import dev.foretap.ForetapOptions
import dev.foretap.Granularity
import dev.foretap.Item
import dev.foretap.ModelChoice
import dev.foretap.Moment
import dev.foretap.PhoneContext
import dev.foretap.ReasonCode
import dev.foretap.Request
import dev.foretap.Slot
import dev.foretap.SnoozeEnd
import dev.foretap.Timestamp
import dev.foretap.UploadConsent
import dev.foretap.WallClock
import dev.foretap.internal.ffi.Consent
import dev.foretap.internal.ffi.EngineOptions
import dev.foretap.internal.ffi.ItemParts
import dev.foretap.internal.ffi.ModelFile
import dev.foretap.internal.ffi.RequestParts
import dev.foretap.internal.ffi.TimestampParts
import kotlin.math.roundToLong
import dev.foretap.internal.ffi.Audio as NativeAudio
import dev.foretap.internal.ffi.Battery as NativeBattery
import dev.foretap.internal.ffi.Context as NativeContext
import dev.foretap.internal.ffi.Control as NativeControl
import dev.foretap.internal.ffi.Durability as NativeDurability
import dev.foretap.internal.ffi.Event as NativeEvent
import dev.foretap.internal.ffi.EventKind as NativeEventKind
import dev.foretap.internal.ffi.Exploration as NativeExploration
import dev.foretap.internal.ffi.ExportSecret as NativeExportSecret
import dev.foretap.internal.ffi.Granularity as NativeGranularity
import dev.foretap.internal.ffi.Moment as NativeMoment
import dev.foretap.internal.ffi.Network as NativeNetwork
import dev.foretap.internal.ffi.PlaceLabel as NativePlaceLabel
import dev.foretap.internal.ffi.ReasonCode as NativeReasonCode
import dev.foretap.internal.ffi.Slot as NativeSlot
import dev.foretap.internal.ffi.SnoozeEnd as NativeSnoozeEnd
import dev.foretap.internal.ffi.Weekday as NativeWeekday

// Public values to the generated bindings' values. Enums have the same names on both sides; a test holds them to that.

internal fun Item.native() = ItemParts(id, profile.toUInt())

internal fun Timestamp.native() = TimestampParts(epochMs, fitting("offset", utcOffsetMinutes, OFFSETS).toShort())

internal fun PhoneContext.native() = NativeContext(
    place = place,
    label = label?.let { NativePlaceLabel.valueOf(it.name) },
    network = network?.let { NativeNetwork.valueOf(it.name) },
    accessPoint = accessPoint,
    battery = battery?.let { NativeBattery.valueOf(it.name) },
    audio = audio?.let { NativeAudio.valueOf(it.name) },
)

internal fun EventKind.native(): NativeEventKind = when (this) {
    is EventKind.Launch -> {
        NativeEventKind.Launch(item.native())
    }

    is EventKind.Close -> {
        NativeEventKind.Close(item.native())
    }

    EventKind.Unlock -> {
        NativeEventKind.Unlock
    }

    EventKind.Lock -> {
        NativeEventKind.Lock
    }

    EventKind.Home -> {
        NativeEventKind.Home
    }

    is EventKind.Notification -> {
        NativeEventKind.Notification(item.native())
    }

    is EventKind.NotificationCleared -> {
        NativeEventKind.NotificationCleared(item.native())
    }

    is EventKind.Impression -> {
        NativeEventKind.Impression(
            item.native(),
            surface,
            fitting("position", position, BYTES).toUByte(),
            propensity?.millionths(),
        )
    }

    is EventKind.Dismiss -> {
        NativeEventKind.Dismiss(item.native(), surface)
    }

    is EventKind.Install -> {
        NativeEventKind.Install(item.native())
    }

    is EventKind.Uninstall -> {
        NativeEventKind.Uninstall(item.native())
    }
}

internal fun Slot.native() = NativeSlot(surface, fitting("position", position, BYTES).toUByte())

internal fun Event.native(clock: WallClock) =
    NativeEvent((at ?: clock.now()).native(), kind.native(), context.native(), slot?.native())

internal fun Moment.native() = NativeMoment.valueOf(name)

internal fun Granularity.native() = NativeGranularity.valueOf(name)

internal fun Exploration.native() = NativeExploration(share, seed.toULong())

internal fun Request.native(clock: WallClock) = RequestParts(
    moment = moment.native(),
    now = (at ?: clock.now()).native(),
    context = context.native(),
    surface = surface,
    limit = fitting("limit", limit, LIMITS).toUInt(),
    candidates = candidates?.map { it.native() },
    moveCost = moveCost,
    exploration = exploration?.native(),
)

internal fun Control.native(): NativeControl = when (this) {
    is Control.Exclude -> NativeControl.Exclude(item.native())

    is Control.Snooze -> NativeControl.Snooze(item.native(), until.native())

    is Control.NeverLearn -> NativeControl.NeverLearn(item.native())

    is Control.Pin -> NativeControl.Pin(item.native(), fitting("position", position, BYTES).toUByte())

    is Control.Promote -> NativeControl.Promote(item.native())

    is Control.HalfLife -> NativeControl.HalfLife(item?.native(), fitting("half-life", days, SHORTS).toUShort())

    is Control.PauseLearning -> NativeControl.PauseLearning(until?.native())

    is Control.HideProfile -> NativeControl.HideProfile(fitting("profile", profile, PROFILES).toUInt())

    is Control.Unnamed -> throw ForetapException.InvalidArgument(
        "a decision about an item without a name can only be undone",
    )
}

internal fun SnoozeEnd.native(): NativeSnoozeEnd = when (this) {
    is SnoozeEnd.At -> NativeSnoozeEnd.At(at.native())
    SnoozeEnd.Frequent -> NativeSnoozeEnd.Frequent
}

internal fun ReasonCode.native(): NativeReasonCode = when (this) {
    is ReasonCode.OftenUsed -> NativeReasonCode.OftenUsed(openings.toUInt())
    is ReasonCode.RecentlyUsed -> NativeReasonCode.RecentlyUsed(seconds.toULong())
    is ReasonCode.Follows -> NativeReasonCode.Follows(item.native())
    is ReasonCode.AtThisHour -> NativeReasonCode.AtThisHour(hour.toUByte(), NativeWeekday.valueOf(weekday.name))
    ReasonCode.FirstAfterUnlock -> NativeReasonCode.FirstAfterUnlock
    is ReasonCode.AtThisPlace -> NativeReasonCode.AtThisPlace(label?.let { NativePlaceLabel.valueOf(it.name) })
    is ReasonCode.OnThisNetwork -> NativeReasonCode.OnThisNetwork(NativeNetwork.valueOf(network.name))
    is ReasonCode.AtThisBattery -> NativeReasonCode.AtThisBattery(NativeBattery.valueOf(battery.name))
    is ReasonCode.WithThisAudio -> NativeReasonCode.WithThisAudio(NativeAudio.valueOf(audio.name))
    is ReasonCode.Notifications -> NativeReasonCode.Notifications(waiting.toUInt())
    ReasonCode.NeverOpened -> NativeReasonCode.NeverOpened
    ReasonCode.Pinned -> NativeReasonCode.Pinned
    ReasonCode.Promoted -> NativeReasonCode.Promoted
    ReasonCode.Explored -> NativeReasonCode.Explored
}

internal fun ExportSecret.native(): NativeExportSecret = when (this) {
    is ExportSecret.Key -> NativeExportSecret.Key(bytes)
    is ExportSecret.Passphrase -> NativeExportSecret.Passphrase(words)
}

internal fun UploadConsent.native() = Consent(reports, samples)

/** Only one process may have the log open: the engine's lock sees to it. */
internal fun ForetapOptions.native() = EngineOptions(
    durability =
        when (durability) {
            Durability.NORMAL -> NativeDurability.NORMAL
            Durability.FULL -> NativeDurability.FULL
        },
    retentionDays = fitting("retention", retentionDays, DAYS).toUShort(),
    retentionBytes = fitting("retention", retentionBytes, 0L..Long.MAX_VALUE).toULong(),
    model =
        when (val model = model) {
            ModelChoice.Shipped -> null
            is ModelChoice.Bundle -> ModelFile.Bundle(model.bytes)
            ModelChoice.Off -> ModelFile.Off
        },
    isLocked = true,
)

/** Above 0, so that what is shown at all has a propensity. */
internal fun Double.millionths(): UInt {
    if (!(this > 0.0 && this <= 1.0)) throw ForetapException.InvalidArgument("a propensity is above 0, at most 1")
    return (this * MILLION).roundToLong().coerceAtLeast(1).toUInt()
}

internal const val MILLION: Double = 1_000_000.0

private val OFFSETS = -1_080..1_080
private val BYTES = 0..255
private val LIMITS = 1..64
private val SHORTS = 0..65_535
private val DAYS = 1..65_535
private val PROFILES = 0..Int.MAX_VALUE

private fun <T : Comparable<T>> fitting(what: String, number: T, range: ClosedRange<T>): T {
    if (number !in range) throw ForetapException.InvalidArgument("$what is outside $range")
    return number
}
