//! An engine's exports and imports, and the snapshot beside its log.

use std::io::{Read, Write};

use super::Engine;
use crate::backup::{self, Decided, Head, LeftOut, Limits, Reader, Secret, Snapshot, Writer};
use crate::config::{CHECKPOINT_EVENTS, MAX_CONTROLS};
use crate::control::{Control, Decision};
use crate::error::{BackupError, Result};
use crate::habits::Habits;
use crate::ranking::Controls;
use crate::store::{Added, Losses, Opened, Store, wipe};

/// The name of the report that keeps the salt of seals.
const SEAL_SALT: &str = "seal_salt";

/// What an export holds. No number tells what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Events written.
    pub events: u64,
    /// Controls written.
    pub controls: u64,
    /// Events left out, because they are about items that the person excluded or whose profile is hidden.
    pub left_out: u64,
    /// The size of the export.
    pub bytes: u64,
}

/// What an import brought. No number tells what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Events that were not here.
    pub added: u64,
    /// Events that were here already.
    pub known: u64,
    /// Events left out, because nothing about their items is to be stored here.
    pub left_out: u64,
    /// Events that were here and not in the import, learned again on top of it.
    pub on_top: u64,
    /// Controls now.
    pub controls: u64,
}

impl Engine {
    /// Writes everything that makes the habits go on elsewhere, bit for bit: events, habits, controls. Sealed under
    /// `secret`, packed, streamed.
    ///
    /// Items under [`Control::Exclude`] or [`Control::NeverLearn`], and those of hidden profiles, leave no trace: their
    /// events are left out, the habits forget them, and the decision itself travels as [`Control::Sealed`].
    ///
    /// `entropy` comes from the system's random numbers and is never used twice: under the same secret and entropy, two
    /// different exports would give each other away. What was written is no export unless this returns `Ok`.
    ///
    /// ```
    /// use foretap_core::{Engine, Event, Item, Options, Secret, Timestamp};
    /// let mut engine = Engine::in_memory(Options::default())?;
    /// engine.record(&Event::launch(Timestamp::new(1_700_000_000_000, 60)?, Item::new("mail")?))?;
    /// let mut file = Vec::new();
    /// let secret = Secret::Key(&[7; 32]); // random, from a keychain that survives the app
    /// engine.export(&mut file, &secret, [9; 32])?; // random, new for each export
    /// let mut other = Engine::in_memory(Options::default())?;
    /// assert_eq!(other.import(&mut file.as_slice(), &secret)?.added, 1);
    /// assert_eq!(other.habits().to_checkpoint(), engine.habits().to_checkpoint());
    /// # Ok::<(), foretap_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`BackupError::Passphrase`], [`BackupError::TooLarge`]; [`Error::Io`](crate::Error::Io) if `to` fails;
    /// [`Error::Transient`](crate::Error::Transient), [`Error::Corrupt`](crate::Error::Corrupt).
    pub fn export(&mut self, to: &mut dyn Write, secret: &Secret<'_>, entropy: [u8; 32]) -> Result<Exported> {
        let seal_salt = self.seal_salt(&entropy)?;
        let (habits, upto) = (&self.habits, self.upto);
        self.store.outgoing(|log| {
            let decisions = log.controls()?;
            let mut left_out = LeftOut::of_exports(&decisions);
            let (mut events, mut omitted) = (0, 0);
            log.events(&mut |seq, event| {
                if Some(seq) <= upto {
                    let is_omitted = event.kind.item().is_some_and(|item| left_out.holds(item));
                    *(if is_omitted { &mut omitted } else { &mut events }) += 1;
                }
            })?;
            let Losses { is_whole, has_left_out, purged } = log.losses()?;
            let habits = without(habits, &mut left_out).to_checkpoint();
            let controls = backup::sealed(&decisions, &mut left_out, seal_salt);
            let has_left_out = has_left_out || omitted > 0;
            let head = Head { events, is_whole, has_left_out, purged, habits, tokens: Vec::new() };
            let mut writer = Writer::new(to, secret, entropy, Limits::default(), head, &controls)?;
            let mut written = Ok(());
            log.events(&mut |seq, event| {
                let is_in = Some(seq) <= upto && !event.kind.item().is_some_and(|item| left_out.holds(item));
                if is_in && written.is_ok() {
                    written = writer.event(event);
                }
            })?;
            written?;
            Ok(Exported { events, controls: controls.len() as u64, left_out: omitted, bytes: writer.finish()? })
        })
    }

    /// Takes an export in: its history first, then the events that are here and not in it, learned on top, those older
    /// than its newest as late ones. The habits are the export's from then on; what was learned here from events that
    /// retention has deleted since is not kept. Controls of both count, under new numbers, ordered by when they were made.
    ///
    /// Nothing is stored of items of which nothing is to be learned here. All of it survives a power cut when this
    /// returns, or, on an error, nothing was changed: not the log, not the habits, not the controls.
    ///
    /// # Errors
    /// Every [`BackupError`]; [`Error::Io`](crate::Error::Io) if `from` fails;
    /// [`Error::Transient`](crate::Error::Transient), [`Error::Corrupt`](crate::Error::Corrupt).
    pub fn import(&mut self, from: &mut dyn Read, secret: &Secret<'_>) -> Result<Imported> {
        let mut reader = Reader::new(from, secret, Limits::default())?;
        let head = reader.head();
        if !head.tokens.is_empty() {
            return Err(BackupError::undecodable("tokens, which only a snapshot has").into());
        }
        let losses = Losses { is_whole: head.is_whole, has_left_out: head.has_left_out, purged: head.purged };
        let habits = Habits::from_checkpoint(&head.habits).filter(Habits::is_sound);
        let habits = habits.ok_or(BackupError::undecodable("its habits are not of this version"))?;
        let here = self.store.controls()?;
        let mut left_out = LeftOut::of_logs(&here);
        let mut habits = without(&habits, &mut left_out);
        let corrector = self.model.corrector();
        if let Some(corrector) = corrector {
            habits.adopt(corrector);
        }
        let newest = habits.newest();
        let decided = united(reader.controls(), &here)?;
        let controls = decided.len() as u64;
        let mut imported = Imported { added: 0, known: 0, left_out: 0, on_top: 0, controls };
        let (upto, decisions) = self.store.incoming(|log| {
            let mut oldest = None;
            while let Some(event) = reader.event()? {
                oldest = oldest.into_iter().chain([event.at]).min();
                if event.kind.item().is_some_and(|item| left_out.holds(item)) {
                    imported.left_out += 1;
                    continue;
                }
                match log.add(&event)? {
                    Added::New => imported.added += 1,
                    Added::Known => imported.known += 1,
                    Added::Twice => return Err(BackupError::undecodable("an event is in it twice").into()),
                }
            }
            log.then_those_here(&mut |event| {
                // Events from before the import's oldest: where some are gone there, its habits know them already.
                if !losses.is_whole && Some(event.at) < oldest {
                    return;
                }
                imported.on_top += 1;
                if Some(event.at) < newest { habits.apply_late(event) } else { habits.apply(event, corrector) }
            })?;
            if decided.len() != here.len() || !here.iter().zip(&decided).all(|(here, new)| is_same(here, new)) {
                log.decide(&decided)?;
            }
            log.note_losses(losses)?;
            Ok((log.save(&habits.to_checkpoint())?, log.controls()?))
        })?;
        (self.habits, self.upto) = (habits, Some(upto));
        self.checkpoint_after = CHECKPOINT_EVENTS;
        self.since_checkpoint = 0;
        self.controls = Controls::new(decisions, self.habits.items().map(|(_, item)| item));
        self.prepared = None;
        if let Some(newest) = self.habits.newest() {
            self.end_snoozes_at(newest);
        }
        // The import is stored; `maintain` writes the snapshot if this cannot.
        let _ = self.save_snapshot();
        Ok(imported)
    }

    /// The salt under which this phone's exports seal items: one for all of them, so that importing many does not leave
    /// many seals of one item.
    fn seal_salt(&mut self, entropy: &[u8; 32]) -> Result<[u8; 16]> {
        if let Some(salt) = self.store.report(SEAL_SALT)?.and_then(|bytes| bytes.try_into().ok()) {
            return Ok(salt);
        }
        let salt = backup::seal_salt(entropy);
        self.store.save_report(SEAL_SALT, &salt)?;
        Ok(salt)
    }

    /// Writes habits, controls and the tokens of what was sent to the snapshot beside the log. A log that never had anything writes
    /// none: there may be one that it could not read.
    pub(super) fn save_snapshot(&self) -> Result<()> {
        let Some(mut key) = self.store.snapshot_key() else { return Ok(()) };
        if self.store.is_pristine()? {
            return Ok(());
        }
        let controls = self.store.controls()?.into_iter().map(|decision| (decision.at, decision.control));
        let (habits, controls) = (self.habits.to_checkpoint(), controls.collect());
        let bytes = Snapshot { habits, controls, tokens: self.tokens_to_leave()? }.seal(&key);
        wipe(&mut key);
        self.store.save_snapshot(&bytes?)
    }
}

/// Begins a log that has nothing with what the snapshot beside it knew, if there is one. So does one whose restoring was
/// cut short after it had been made.
///
/// # Errors
/// As [`Store::open`]; a snapshot that cannot be made sense of is no error.
pub(super) fn restore(store: &mut Store, opened: Opened) -> Result<Opened> {
    let Some(mut key) = store.snapshot_key() else { return Ok(opened) };
    if !store.has_snapshot()? || !store.is_pristine()? {
        return Ok(opened);
    }
    let found = match store.snapshot()? {
        Some(bytes) => Snapshot::open(&key, &bytes),
        None => Ok(None),
    };
    wipe(&mut key);
    let Some(Snapshot { habits, controls, tokens }) = found? else { return Ok(opened) };
    if !Habits::from_checkpoint(&habits).is_some_and(|habits| habits.is_sound()) {
        // With the log went the secret under which things were sent, whatever the habits are.
        store.add_erasures(&tokens)?;
        return Ok(opened);
    }
    store.restore(&habits, &controls, &tokens)?;
    Ok(match opened {
        Opened::SetAside { quarantine, .. } => Opened::SetAside { quarantine, restored: true },
        Opened::Created | Opened::Existing | Opened::Vanished { .. } => Opened::Vanished { restored: true },
    })
}

/// The habits without the items left out.
fn without(habits: &Habits, left_out: &mut LeftOut) -> Habits {
    habits.without(&mut |item| left_out.holds(item))
}

/// The controls of an import and those here, in the order in which they were made. What is in both is in it once.
///
/// # Errors
/// [`BackupError::TooLarge`].
fn united(imported: &[Decided], here: &[Decision]) -> Result<Vec<Decided>, BackupError> {
    let is_here = |(at, control): &&Decided| {
        here.iter().any(|decision| match (control, &decision.control) {
            // It was the same pause; here it is known to be over.
            (Control::PauseLearning { .. }, Control::Paused { .. }) => decision.at == *at,
            (Control::Sealed { .. }, Control::Sealed { .. }) => *control == decision.control,
            (Control::Sealed { is_never_learn, item: sealed }, Control::Exclude(item)) => {
                !is_never_learn && sealed.is(item)
            }
            (Control::Sealed { is_never_learn, item: sealed }, Control::NeverLearn(item)) => {
                *is_never_learn && sealed.is(item)
            }
            (new, old) => decision.at == *at && new == old,
        })
    };
    let new = imported.iter().filter(|decided| !is_here(decided)).cloned();
    let mut decided: Vec<Decided> = new.chain(here.iter().map(|d| (d.at, d.control.clone()))).collect();
    if decided.len() > MAX_CONTROLS {
        return Err(BackupError::TooLarge { what: "controls", max: MAX_CONTROLS as u64 });
    }
    if !here.is_empty() && decided.len() > here.len() {
        decided.sort_by_key(|(at, _)| *at);
    }
    Ok(decided)
}

fn is_same(here: &Decision, new: &Decided) -> bool {
    (here.at, &here.control) == (new.0, &new.1)
}
