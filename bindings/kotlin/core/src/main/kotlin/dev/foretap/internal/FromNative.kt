package dev.foretap.internal

import dev.foretap.AnsweredBy
import dev.foretap.Audio
import dev.foretap.Battery
import dev.foretap.Control
import dev.foretap.Decision
import dev.foretap.Durations
import dev.foretap.Exported
import dev.foretap.Health
import dev.foretap.HitRate
import dev.foretap.HitRates
import dev.foretap.Imported
import dev.foretap.Item
import dev.foretap.ModelSyncConclusion
import dev.foretap.ModelSyncEnding
import dev.foretap.ModelSyncReport
import dev.foretap.Moment
import dev.foretap.MomentHealth
import dev.foretap.Network
import dev.foretap.OpenedLog
import dev.foretap.PlaceLabel
import dev.foretap.Prediction
import dev.foretap.Ranking
import dev.foretap.Reason
import dev.foretap.ReasonCode
import dev.foretap.Recorded
import dev.foretap.SnoozeEnd
import dev.foretap.StageTimes
import dev.foretap.StoredField
import dev.foretap.StoredPlace
import dev.foretap.Timestamp
import dev.foretap.UploadConsent
import dev.foretap.UploadReport
import dev.foretap.WaitingUpload
import dev.foretap.WantedPost
import dev.foretap.internal.ffi.Consent
import dev.foretap.internal.ffi.HealthReport
import dev.foretap.internal.ffi.ItemParts
import dev.foretap.internal.ffi.MomentReport
import dev.foretap.internal.ffi.Quantiles
import dev.foretap.internal.ffi.RateReport
import dev.foretap.internal.ffi.SyncReport
import dev.foretap.internal.ffi.TimestampParts
import dev.foretap.internal.ffi.UploadPost
import dev.foretap.internal.ffi.WaitingBatch
import java.time.DayOfWeek
import dev.foretap.internal.ffi.Control as NativeControl
import dev.foretap.internal.ffi.Decision as NativeDecision
import dev.foretap.internal.ffi.Exported as NativeExported
import dev.foretap.internal.ffi.HitRate as NativeHitRate
import dev.foretap.internal.ffi.Imported as NativeImported
import dev.foretap.internal.ffi.OpenedLog as NativeOpenedLog
import dev.foretap.internal.ffi.Prediction as NativePrediction
import dev.foretap.internal.ffi.Ranking as NativeRanking
import dev.foretap.internal.ffi.ReasonCode as NativeReasonCode
import dev.foretap.internal.ffi.Recorded as NativeRecorded
import dev.foretap.internal.ffi.SnoozeEnd as NativeSnoozeEnd
import dev.foretap.internal.ffi.StoredPlace as NativeStoredPlace
import dev.foretap.internal.ffi.UploadReport as NativeUploadReport

// The generated bindings' values to public ones.

internal fun ItemParts.public() = Item(id, profile.toInt())

internal fun TimestampParts.public() = Timestamp(atMs, utcOffsetMin.toInt())

internal fun NativeRecorded.public() = Recorded.valueOf(name)

internal fun NativeRanking.public() = Ranking(
    predictions = predictions.map { it.public() },
    moment = Moment.valueOf(moment.name),
    surface = surface,
    answeredBy = AnsweredBy.valueOf(answeredBy.name),
    model = model,
    isPrepared = isPrepared,
    stages =
        with(stages) {
            StageTimes(retrievalNs.toLong(), featuresNs.toLong(), inferenceNs.toLong(), formattingNs.toLong())
        },
)

private fun NativePrediction.public() = Prediction(
    item = item.public(),
    probability = probability,
    reasons = reasons.map { Reason(it.code.public(), it.weight) },
    propensity = propensity.toLong() / MILLION,
)

private fun NativeReasonCode.public(): ReasonCode = when (this) {
    is NativeReasonCode.OftenUsed -> ReasonCode.OftenUsed(openings.toInt())
    is NativeReasonCode.RecentlyUsed -> ReasonCode.RecentlyUsed(seconds.toLong())
    is NativeReasonCode.Follows -> ReasonCode.Follows(item.public())
    is NativeReasonCode.AtThisHour -> ReasonCode.AtThisHour(hour.toInt(), DayOfWeek.valueOf(weekday.name))
    NativeReasonCode.FirstAfterUnlock -> ReasonCode.FirstAfterUnlock
    is NativeReasonCode.AtThisPlace -> ReasonCode.AtThisPlace(label?.let { PlaceLabel.valueOf(it.name) })
    is NativeReasonCode.OnThisNetwork -> ReasonCode.OnThisNetwork(Network.valueOf(network.name))
    is NativeReasonCode.AtThisBattery -> ReasonCode.AtThisBattery(Battery.valueOf(battery.name))
    is NativeReasonCode.WithThisAudio -> ReasonCode.WithThisAudio(Audio.valueOf(audio.name))
    is NativeReasonCode.Notifications -> ReasonCode.Notifications(waiting.toInt())
    NativeReasonCode.NeverOpened -> ReasonCode.NeverOpened
    NativeReasonCode.Pinned -> ReasonCode.Pinned
    NativeReasonCode.Promoted -> ReasonCode.Promoted
    NativeReasonCode.Explored -> ReasonCode.Explored
}

internal fun NativeDecision.public() = Decision(id, at.public(), control.public())

private fun NativeControl.public(): Control = when (this) {
    is NativeControl.Exclude -> Control.Exclude(v1.public())
    is NativeControl.Snooze -> Control.Snooze(item.public(), until.public())
    is NativeControl.NeverLearn -> Control.NeverLearn(v1.public())
    is NativeControl.Pin -> Control.Pin(item.public(), position.toInt())
    is NativeControl.Promote -> Control.Promote(v1.public())
    is NativeControl.HalfLife -> Control.HalfLife(item?.public(), days.toInt())
    is NativeControl.PauseLearning -> Control.PauseLearning(until?.public())
    is NativeControl.Paused -> Control.PauseLearning(until.public())
    is NativeControl.HideProfile -> Control.HideProfile(v1.toInt())
    is NativeControl.Sealed -> Control.Unnamed(isNeverLearn)
}

private fun NativeSnoozeEnd.public(): SnoozeEnd = when (this) {
    is NativeSnoozeEnd.At -> SnoozeEnd.At(v1.public())
    NativeSnoozeEnd.Frequent -> SnoozeEnd.Frequent
}

internal fun NativeExported.public() = Exported(events.toLong(), controls.toLong(), leftOut.toLong(), bytes.toLong())

internal fun NativeImported.public() =
    Imported(added.toLong(), known.toLong(), leftOut.toLong(), onTop.toLong(), controls.toLong())

internal fun NativeOpenedLog.public(): OpenedLog = when (this) {
    NativeOpenedLog.Created -> OpenedLog.Created
    NativeOpenedLog.Existing -> OpenedLog.Existing
    is NativeOpenedLog.SetAside -> OpenedLog.SetAside(restored)
    is NativeOpenedLog.Vanished -> OpenedLog.Vanished(restored)
}

internal fun NativeStoredPlace.public() = StoredPlace(
    name,
    lies,
    fields.map { StoredField(it.name, it.what, it.sensitivity, it.keeping, it.readers) },
)

internal fun HealthReport.public() = Health(
    events = events.toLong(),
    bytes = bytes.toLong(),
    oldestMs = oldestMs,
    newestMs = newestMs,
    purged = purged.toLong(),
    resets = resets.toLong(),
    opened = opened.public(),
    openings = openings.toLong(),
    items = items.toLong(),
    model = model,
    modelRefused = modelRefused,
    moments = moments.associate { Moment.valueOf(it.moment.name) to it.public() },
    computed = computed.public(),
    prepared = prepared.public(),
    text = text,
    json = json,
)

private fun MomentReport.public() = MomentHealth(week.public(), month.public(), trust)

private fun RateReport.public() = HitRates(questions.toLong(), foretap?.public(), bestRule?.public())

private fun NativeHitRate.public() = HitRate(at1, at3)

private fun Quantiles.public() = Durations(count.toLong(), p50Ns?.toLong(), p95Ns?.toLong(), p99Ns?.toLong())

internal fun SyncReport.public() = ModelSyncReport(
    ending = ModelSyncEnding.valueOf(ending.name),
    refusal = refusal,
    conclusion = conclusion?.let { ModelSyncConclusion.valueOf(it.name) },
    modelChanged = modelChanged,
    release = release?.toLong(),
    model = model,
)

internal fun Consent.public() = UploadConsent(reports, samples)

internal fun WaitingBatch.public() = WaitingUpload(id, bytes, text)

internal fun UploadPost.public() = WantedPost(path, id, body)

internal fun NativeUploadReport.public() = UploadReport(taken.toInt(), refused.toInt(), erasures.toInt(), left.toInt())
