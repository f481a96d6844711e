internal import ForetapFFI

// The generated bindings' values to public ones. No count of theirs is beyond `Int`.

extension ItemParts {
    var `public`: Item { Item(id, profile: profile) }
}

extension TimestampParts {
    var `public`: Timestamp { Timestamp(epochMs: atMs, utcOffsetMinutes: Int(utcOffsetMin)) }
}

extension ForetapFFI.Ranking {
    var `public`: Ranking {
        Ranking(
            predictions: predictions.map(\.public),
            moment: moment.public,
            surface: surface,
            answeredBy: answeredBy.public,
            model: model,
            isPrepared: isPrepared,
            stages: StageTimes(
                retrievalNs: Int(clamping: stages.retrievalNs),
                featuresNs: Int(clamping: stages.featuresNs),
                inferenceNs: Int(clamping: stages.inferenceNs),
                formattingNs: Int(clamping: stages.formattingNs)
            )
        )
    }
}

extension ForetapFFI.Prediction {
    var `public`: Prediction {
        Prediction(
            item: item.public,
            probability: probability,
            reasons: reasons.map { Reason($0.code.public, weight: $0.weight) },
            propensity: Double(propensity) / 1_000_000
        )
    }
}

extension ForetapFFI.ReasonCode {
    var `public`: ReasonCode {
        switch self {
        case .oftenUsed(let openings): .oftenUsed(openings: Int(openings))
        case .recentlyUsed(let seconds): .recentlyUsed(seconds: Int(clamping: seconds))
        case .follows(let item): .follows(item.public)
        case .atThisHour(let hour, let weekday): .atThisHour(hour: Int(hour), weekday: weekday.public)
        case .firstAfterUnlock: .firstAfterUnlock
        case .atThisPlace(let label): .atThisPlace(label?.public)
        case .onThisNetwork(let network): .onThisNetwork(network.public)
        case .atThisBattery(let battery): .atThisBattery(battery.public)
        case .withThisAudio(let audio): .withThisAudio(audio.public)
        case .notifications(let waiting): .notifications(waiting: Int(waiting))
        case .neverOpened: .neverOpened
        case .pinned: .pinned
        case .promoted: .promoted
        case .explored: .explored
        }
    }
}

extension ForetapFFI.Decision {
    var `public`: Decision { Decision(id: id, at: at.public, control: control.public) }
}

extension ForetapFFI.Control {
    var `public`: Control {
        switch self {
        case .exclude(let item): .exclude(item.public)
        case .snooze(let item, let until): .snooze(item.public, until: until.public)
        case .neverLearn(let item): .neverLearn(item.public)
        case .pin(let item, let position): .pin(item.public, position: Int(position))
        case .promote(let item): .promote(item.public)
        case .halfLife(let item, let days): .halfLife(item?.public, days: Int(days))
        case .pauseLearning(let until): .pauseLearning(until: until?.public)
        case .paused(let until): .pauseLearning(until: until.public)
        case .hideProfile(let profile): .hideProfile(profile)
        case .sealed(let isNeverLearn, _): .unnamed(isNeverLearn: isNeverLearn)
        }
    }
}

extension ForetapFFI.SnoozeEnd {
    var `public`: SnoozeEnd {
        switch self {
        case .at(let at): .at(at.public)
        case .frequent: .frequent
        }
    }
}

extension ForetapFFI.Exported {
    var `public`: Exported {
        Exported(
            events: Int(clamping: events),
            controls: Int(clamping: controls),
            leftOut: Int(clamping: leftOut),
            bytes: Int(clamping: bytes)
        )
    }
}

extension ForetapFFI.Imported {
    var `public`: Imported {
        Imported(
            added: Int(clamping: added),
            known: Int(clamping: known),
            leftOut: Int(clamping: leftOut),
            onTop: Int(clamping: onTop),
            controls: Int(clamping: controls)
        )
    }
}

extension ForetapFFI.OpenedLog {
    var `public`: OpenedLog {
        switch self {
        case .created: .created
        case .existing: .existing
        case .setAside(let restored): .setAside(restored: restored)
        case .vanished(let restored): .vanished(restored: restored)
        }
    }
}

extension ForetapFFI.StoredPlace {
    var `public`: StoredPlace { StoredPlace(name: name, lies: lies, fields: fields.map(\.public)) }
}

extension ForetapFFI.StoredField {
    var `public`: StoredField {
        StoredField(name: name, what: what, sensitivity: sensitivity, keeping: keeping, readers: readers)
    }
}

extension HealthReport {
    var `public`: Health {
        Health(
            events: Int(clamping: events),
            bytes: Int(clamping: bytes),
            oldestMs: oldestMs,
            newestMs: newestMs,
            purged: Int(clamping: purged),
            resets: Int(resets),
            opened: opened.public,
            openings: Int(clamping: openings),
            items: Int(clamping: items),
            model: model,
            modelRefused: modelRefused,
            moments: Dictionary(moments.map { ($0.moment.public, $0.public) }) { first, _ in first },
            computed: computed.public,
            prepared: prepared.public,
            text: text,
            json: json
        )
    }
}

extension MomentReport {
    var `public`: MomentHealth { MomentHealth(week: week.public, month: month.public, trust: trust) }
}

extension RateReport {
    var `public`: HitRates {
        HitRates(questions: Int(clamping: questions), foretap: foretap?.public, bestRule: bestRule?.public)
    }
}

extension ForetapFFI.HitRate {
    var `public`: HitRate { HitRate(at1: at1, at3: at3) }
}

extension Quantiles {
    var `public`: Durations {
        Durations(
            count: Int(clamping: count),
            p50Ns: p50Ns.map { Int(clamping: $0) },
            p95Ns: p95Ns.map { Int(clamping: $0) },
            p99Ns: p99Ns.map { Int(clamping: $0) }
        )
    }
}

extension SyncTask {
    var `public`: ModelSyncStep {
        switch self {
        case .fetch(let path, let maxBytes): .fetch(path: path, maxBytes: Int(clamping: maxBytes))
        case .finish: .finish
        }
    }
}

extension SyncReport {
    var `public`: ModelSyncReport {
        ModelSyncReport(
            ending: ending.public,
            refusal: refusal,
            conclusion: conclusion?.public,
            modelChanged: modelChanged,
            release: release.map { Int(clamping: $0) },
            model: model
        )
    }
}

extension Consent {
    var `public`: UploadConsent { UploadConsent(reports: reports, samples: samples) }
}

extension WaitingBatch {
    var `public`: WaitingUpload { WaitingUpload(id: id, bytes: bytes, text: text) }
}

extension ForetapFFI.UploadReport {
    var `public`: UploadReport {
        UploadReport(taken: Int(taken), refused: Int(refused), erasures: Int(erasures), left: Int(left))
    }
}
