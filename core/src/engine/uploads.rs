//! Uploads on an engine: what the person allows, what is drawn, sealed and shown, and what a run that sends came to.

mod rows;

use self::rows::{Row, Weeks, batches};
use super::Engine;
use crate::config::{MAX_OUTBOX_BYTES, OUTBOX_DAYS, SAMPLE_CANDIDATES, SAMPLES_A_DAY, WEEKS_OF_UPLOADS};
use crate::error::Result;
use crate::event::{Event, EventKind};
use crate::features::{features, schema_hash};
use crate::habits::{Moment, Query};
use crate::health::{Band, Drift};
use crate::model::Bundle;
use crate::store::{SavedBatch, SavedConsent, SavedSample, Sealing, Store};
use crate::time::Timestamp;
use crate::upload::{
    Batch, BatchId, Consent, Delivered, ErasureToken, Facts, Outgoing, PartOfDay, QUESTIONS, Report, Sample, Upload,
    UploadSecret, Week,
};

/// The place of rank frecency among the measured rules.
const RANK_FRECENCY: usize = 3;

/// What the person allows, in memory.
#[derive(Debug)]
pub(super) struct Allowed(Option<SavedConsent>);

impl Allowed {
    /// Reads it.
    pub(super) fn load(store: &Store) -> Result<Self> {
        Ok(Self(store.consent()?))
    }

    fn consent(&self) -> Consent {
        self.0.as_ref().map_or(Consent::NONE, |saved| Consent { reports: saved.reports, samples: saved.samples })
    }

    /// The secret, where samples are allowed.
    fn of_samples(&self) -> Option<UploadSecret> {
        self.0.as_ref().filter(|saved| saved.samples).map(|saved| UploadSecret::new(saved.secret))
    }
}

/// What was sealed. No number tells what is in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sealed {
    /// New batches.
    pub batches: usize,
    /// Reports in them.
    pub reports: usize,
    /// Samples in them.
    pub samples: usize,
}

/// A sealed batch that no server has taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its name.
    pub id: BatchId,
    /// What is sent: [`Batch::open`] reads it.
    pub bytes: Vec<u8>,
}

impl Engine {
    /// What the person allows to be sent; nothing to begin with.
    #[must_use]
    pub fn consent(&self) -> Consent {
        self.allowed.consent()
    }

    /// Changes what the person allows, at `now`. What is allowed counts from the next event and the next day on. Where something
    /// is taken back, everything that waits goes, and the next run asks the server to erase everything that was sent; what stays
    /// allowed begins anew under other names.
    ///
    /// `entropy` comes from the system's random numbers and is never used twice. It survives a power cut when this returns.
    ///
    /// ```
    /// use foretap_core::{Consent, Engine, Options, Timestamp};
    /// let mut engine = Engine::in_memory(Options::default())?;
    /// let now = Timestamp::new(1_700_000_000_000, 60)?;
    /// engine.set_consent(Consent { reports: true, samples: false }, now, [7; 32])?; // random
    /// let tomorrow = now.plus_ms(2 * 86_400_000);
    /// assert_eq!(engine.seal_uploads(tomorrow)?.batches, 1);
    /// for waiting in engine.outbox()? {
    ///     println!("{}", foretap_core::upload::Batch::open(&waiting.bytes)?);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Transient`](crate::Error::Transient), [`Error::Corrupt`](crate::Error::Corrupt): nothing changed.
    pub fn set_consent(&mut self, consent: Consent, now: Timestamp, entropy: [u8; 32]) -> Result<()> {
        let before = self.consent();
        if consent == before {
            return Ok(());
        }
        let is_anew = consent.takes_back(before);
        let tombstones = if is_anew { self.tokens_of_what_was_sealed()? } else { Vec::new() };
        let next = consent.is_any().then(|| {
            let Consent { reports, samples } = consent;
            match &self.allowed.0 {
                Some(saved) if !is_anew => {
                    // What is newly allowed is not reported of the days before.
                    let reported_day = if before.reports { saved.reported_day } else { now.day() };
                    SavedConsent { reports, samples, reported_day, ..saved.clone() }
                }
                _ => SavedConsent { reports, samples, secret: entropy, reported_day: now.day(), sealed: 0 },
            }
        });
        self.store.save_consent(next.as_ref(), is_anew, &tombstones)?;
        self.allowed = Allowed(next);
        Ok(())
    }

    /// Seals what is due at `now`: the days that are over, of which nothing was sealed yet. To be called once a day or so, before
    /// a run that sends. Batches that nobody took for [`OUTBOX_DAYS`] are dropped. The snapshot beside the log is written, so that what
    /// was sent can be erased should the log be lost.
    ///
    /// # Errors
    /// [`Error::Transient`](crate::Error::Transient), [`Error::Corrupt`](crate::Error::Corrupt): nothing changed.
    pub fn seal_uploads(&mut self, now: Timestamp) -> Result<Sealed> {
        let Some(saved) = self.allowed.0.clone() else { return Ok(Sealed::default()) };
        let secret = UploadSecret::new(saved.secret);
        let (oldest, yesterday) = (now.day() - OUTBOX_DAYS, now.day() - 1);
        let mut weeks = Weeks::of(self.store.upload_weeks()?);
        let mut rows: Vec<(i64, Row)> = Vec::new();
        if saved.reports {
            // Of a clock that was ahead, or days that nobody asked for in two weeks, nothing is reported.
            let first = (saved.reported_day + 1).max(oldest);
            let lasting = if first <= yesterday { self.lasting(now)? } else { Facts::default() };
            let model = self.public_model();
            rows.extend(
                (first..=yesterday).map(|day| (day, Row::Report(self.report(&secret, day, now, lasting, model)))),
            );
        }
        for SavedSample { day, bytes } in self.store.samples(oldest, yesterday)? {
            // Written by another version of the library: it is worth no error.
            let Ok(sample) = Sample::from_bytes(&bytes) else { continue };
            let number = weeks.next_sample(sample.week);
            let pseudonym = secret.token(sample.week).of_sample(number);
            rows.push((day, Row::Sample(Sample { pseudonym, ..sample })));
        }
        rows.sort_by_key(|(day, _)| *day);
        rows.iter().for_each(|(day, row)| weeks.has(row.week(), *day));
        let next = SavedConsent { reported_day: saved.reported_day.max(yesterday).min(now.day()), ..saved };
        let (batches, sealed) = batches(&secret, next.sealed, now.day(), rows);
        let next = SavedConsent { sealed: next.sealed + batches.len() as u64, ..next };
        self.store.save_sealing(&Sealing {
            consent: &next,
            batches: &batches,
            weeks: weeks.all(),
            until_day: yesterday,
            from_day: now.day() + 2,
            oldest_batch: oldest,
            most_bytes: MAX_OUTBOX_BYTES,
            oldest_week_day: now.day() - 7 * i64::from(WEEKS_OF_UPLOADS),
        })?;
        self.allowed = Allowed(Some(next));
        if sealed.batches > 0 {
            // Should the log be lost, what is sent now can be erased all the same. `maintain` writes the snapshot if this cannot.
            let _ = self.save_snapshot();
        }
        Ok(sealed)
    }

    /// The sealed batches that no server has taken yet, the oldest first: exactly the bytes that are sent. One that this library
    /// cannot read, as another version sealed it, is neither shown nor sent.
    ///
    /// # Errors
    /// [`Error::Transient`](crate::Error::Transient), [`Error::Corrupt`](crate::Error::Corrupt).
    pub fn outbox(&self) -> Result<Vec<Waiting>> {
        let of = |SavedBatch { id, bytes, .. }| Waiting { id: BatchId::new(id), bytes };
        let is_readable = |waiting: &Waiting| Batch::open(&waiting.bytes).is_ok();
        Ok(self.store.outbox()?.into_iter().map(of).filter(is_readable).collect())
    }

    /// Begins a run that sends what waits: erasures, then batches. It is carried out without this engine.
    ///
    /// ```no_run
    /// # use foretap_core::Engine;
    /// # use foretap_core::upload::{Reply, Step};
    /// # fn post(path: &str, id: [u8; 16], body: &[u8]) -> Option<u16> { None }
    /// # fn send(engine: &mut Engine) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut upload = engine.begin_upload()?;
    /// while let Step::Post { path, id, body } = upload.step() {
    ///     match post(path, id, &body) {
    ///         Some(200 | 202) => upload.answered(Reply::Taken),
    ///         Some(422) => upload.answered(Reply::Refused),
    ///         _ => upload.failed(), // another time
    ///     }
    /// }
    /// engine.end_upload(upload)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Transient`](crate::Error::Transient), [`Error::Corrupt`](crate::Error::Corrupt).
    pub fn begin_upload(&self) -> Result<Upload> {
        let erasures = self.store.tombstones()?.into_iter().map(|token| Outgoing::Erasure(ErasureToken::new(token)));
        let batches = self.outbox()?.into_iter().map(|waiting| Outgoing::Batch(waiting.id, waiting.bytes));
        Ok(Upload::new(erasures.chain(batches).collect()))
    }

    /// Ends a run, however far it came: what the server has is not sent again. Where this fails, all of it is, and the server
    /// keeps it once.
    ///
    /// # Errors
    /// [`Error::Transient`](crate::Error::Transient), [`Error::Corrupt`](crate::Error::Corrupt): nothing changed.
    pub fn end_upload(&mut self, upload: Upload) -> Result<Delivered> {
        let delivered = upload.delivered();
        let batches = delivered.batches.iter().chain(&delivered.refused).map(|id| *id.bytes());
        let batches: Vec<_> = batches.collect();
        let tombstones: Vec<_> = delivered.erasures.iter().map(|token| *token.bytes()).collect();
        if !batches.is_empty() || !tombstones.is_empty() {
            self.store.drop_delivered(&batches, &tombstones)?;
        }
        Ok(delivered)
    }

    /// Takes in the tokens that an erasure before this log left. They stay where they lie until the snapshot has them as well: this log may
    /// be lost before it has asked.
    pub(super) fn take_erasures(&mut self) -> Result<()> {
        if self.store.take_erasures()? && self.save_snapshot().is_ok() {
            self.store.drop_left_erasures()?;
        }
        Ok(())
    }

    /// Everything that a server may have, and everything that it is to erase already, for the erasure of this log.
    pub(super) fn tokens_to_leave(&self) -> Result<Vec<[u8; 32]>> {
        let mut tokens = self.store.tombstones()?;
        tokens.extend(self.tokens_of_what_was_sealed()?);
        Ok(tokens)
    }

    fn tokens_of_what_was_sealed(&self) -> Result<Vec<[u8; 32]>> {
        let Some(saved) = &self.allowed.0 else { return Ok(Vec::new()) };
        let secret = UploadSecret::new(saved.secret);
        let weeks = self.store.upload_weeks()?;
        let tokens = weeks.iter().filter_map(|week| Week::parse(week.week).ok());
        Ok(tokens.map(|week| *secret.token(week).bytes()).collect())
    }

    /// What an opening shows of the unlock before it, as it was known then: to be asked before it is learned. `None` where
    /// nothing is allowed, it answers no such question, the person hides what was opened, or it was new or alone.
    pub(super) fn drawn(&self, event: &Event) -> Option<Drawn> {
        let secret = self.allowed.of_samples()?;
        let EventKind::Launch(item) = &event.kind else { return None };
        let posed = self.habits.posed(event);
        let unlocks: Vec<_> = posed.into_iter().filter(|p| p.is_answered && p.moment != Moment::Next).collect();
        let session_ms = unlocks.first()?.now.at_ms();
        let which = secret.draw("which", &[session_ms]) % unlocks.len() as u64;
        let posed = &unlocks[usize::try_from(which).expect("one of two")];
        let is_hidden = |item| self.controls.hides(item, &self.habits, posed.now);
        if is_hidden(item) {
            return None;
        }
        let habits = &self.habits;
        let query = Query { moment: posed.moment, now: posed.now, context: &posed.context };
        let mut candidates = habits.candidates(posed.moment, None);
        candidates.retain(|&index| !is_hidden(habits.item(index)));
        let statistics = habits.statistics(&query, &candidates);
        let evidence = habits.evidence(&statistics, None);
        let asked = habits.shortlisted(&evidence);
        let opened = habits.find(item);
        // Both are of the likeliest: otherwise being unlikely would tell which of them was opened, and be learned.
        let likeliest = &asked.places[..asked.places.len().min(SAMPLE_CANDIDATES)];
        let opened = likeliest.iter().position(|&place| Some(statistics.candidates[place].index) == opened)?;
        let others: Vec<usize> = (0..likeliest.len()).filter(|&row| row != opened).collect();
        let other = secret.draw("other", &[session_ms]).checked_rem(others.len() as u64)?;
        let other = others[usize::try_from(other).expect("one of eight")];
        let features = features(&statistics, &asked);
        let row = |row: usize| features.row(row).to_vec().try_into().expect("the schema's features");
        let [opened, other] = Sample::noisy(&secret, session_ms, [&row(opened), &row(other)]);
        let week = Week::of(posed.now);
        let sample = Sample {
            pseudonym: secret.token(week).of_sample(0),
            week,
            feature_schema: schema_hash(),
            model: self.public_model(),
            moment: posed.moment,
            part_of_day: PartOfDay::of(posed.now),
            opened,
            other,
        };
        let draw = secret.draw("keep", &[session_ms]);
        Some(Drawn { sample: SavedSample { day: posed.now.day(), bytes: sample.to_bytes() }, draw })
    }

    /// Keeps what was drawn. The event is stored and learned; a sample that is lost is not missed.
    pub(super) fn keep(&mut self, drawn: Option<Drawn>) {
        if let Some(Drawn { sample, draw }) = drawn {
            let _ = self.store.keep_sample(&sample, draw, SAMPLES_A_DAY);
        }
    }

    /// The bundle that answers, where it is one that many phones have.
    fn public_model(&self) -> Option<[u8; 32]> {
        let is_loaded = self.may_sync && self.model.active().is_some();
        is_loaded.then(|| self.answering.unwrap_or_else(Bundle::shipped_sum))
    }

    fn report(
        &self,
        secret: &UploadSecret,
        day: i64,
        now: Timestamp,
        lasting: Facts,
        model: Option<[u8; 32]>,
    ) -> Report {
        let age = now.day() - day;
        let totals = self.habits.scorecard().over(now, age..age + 1);
        let unlocks = totals.of(Moment::UnlockOrResume);
        let facts = Facts {
            answered: totals.of(Moment::Next).answered() + unlocks.answered(),
            unlocks: unlocks.answered(),
            hits: unlocks.hits()[1],
            rule_hits: unlocks.rules[RANK_FRECENCY][1],
            mixer_hits: unlocks.mixer[1],
            ..lasting
        };
        let mut answers = [0; QUESTIONS.len()];
        for (number, ((answer, truth), question)) in (0..).zip(answers.iter_mut().zip(facts.truths()).zip(&QUESTIONS)) {
            *answer = truth.noisy(question, secret.draw("answer", &[day, number]));
        }
        let week = Week::of_day(day);
        Report { pseudonym: secret.token(week).of_reports(), week, model, answers }
    }

    /// What is not of a single day.
    fn lasting(&self, now: Timestamp) -> Result<Facts> {
        let health = self.health(now)?;
        let ranks = health.moments.iter().find(|health| health.moment == Moment::UnlockOrResume).map(|h| h.rank);
        let drift = match ranks {
            Some(Drift::Measured { band: Band::Stable, .. }) => 1,
            Some(Drift::Measured { band: Band::Moderate, .. }) => 2,
            Some(Drift::Measured { band: Band::Strong, .. }) => 3,
            Some(Drift::TooFew { .. }) | None => 0,
        };
        let slots = self.store.slots()?;
        let model = match (&slots.trial, &slots.good, slots.given_back.is_empty()) {
            (Some(_), ..) => 2,
            (None, Some(_), _) => 1,
            (None, None, false) => 3,
            (None, None, true) => 0,
        };
        Ok(Facts { p95_ns: health.latency.total.p95_ns, drift, model, ..Facts::default() })
    }
}

/// A sample and the number that decides whether it is kept.
pub(super) struct Drawn {
    sample: SavedSample,
    draw: u64,
}
