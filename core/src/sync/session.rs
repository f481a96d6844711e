//! One run of sync: says what to fetch, is given the bytes, and ends with what the phone trusts now and the bundle it is to
//! have. Whoever carries it out has the network; nothing here has.

use std::collections::VecDeque;

use super::delta::Delta;
use super::envelope::Role;
use super::error::{DeltaError, SyncError};
use super::release::{DeltaEntry, ModelEntry};
use super::rollout::Bucket;
use super::trust::{Trust, digest};
use crate::config::MAX_ROOTS_A_RUN;

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Fetch a file, from its first byte on.
    Fetch {
        /// Below the repository's address: names joined by `/`.
        path: String,
        /// A longer one is refused.
        max_bytes: usize,
    },
    /// Nothing more.
    Done(Outcome),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The phone has what it is to have.
    UpToDate,
    /// It is to use its model no longer, and gets no other: it goes back to the one before, or the one that the library ships.
    Withdrawn,
    /// A bundle was fetched, and is the one that was named: [`Session::end`] gives it.
    Fetched,
    /// This library cannot use the model that the phone is to have; a later one will.
    Unusable,
    /// The phone has tried the model before and given it back.
    GivenBack,
    /// A file could not be fetched; to be tried again.
    Unreachable,
    /// A file was refused. What was taken in before it stays.
    Refused(SyncError),
}

/// Why a file did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The server has none under this path.
    NotFound,
    /// Anything else: no network, no answer, an answer cut short.
    Unreachable,
}

/// What a run starts from.
pub struct Start<'a> {
    /// What is trusted.
    pub trust: Trust,
    /// The device's clock, seconds since 1970, asked once for all of the run.
    pub device_s: i64,
    /// The phone's own secret, under which it draws.
    pub secret: &'a [u8; 32],
    /// The segments that the phone belongs to.
    pub segments: Vec<String>,
    /// The features that this library computes.
    pub feature_schema: [u8; 32],
    /// The newest format of bundles that it reads.
    pub format: u32,
    /// The files of the bundles that the phone has, the active one first: what deltas start from.
    pub bundles: Vec<Vec<u8>>,
    /// The SHA-256 sum of the active bundle's file; `None`: the one that the library ships.
    pub active: Option<[u8; 32]>,
    /// Sums of bundles that were tried and given back.
    pub given_back: Vec<[u8; 32]>,
}

/// What a run leaves, however it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// What is trusted now.
    pub trust: Trust,
    /// The bundle's file that was fetched, with [`Outcome::Fetched`].
    pub fetched: Option<Vec<u8>>,
    /// Whether the active bundle is to be used no longer: it was revoked, or the phone is to go back to the model that the
    /// library ships.
    pub goes_back: bool,
    /// Whether the phone is to go back to the model that the library ships, whatever else it has.
    pub is_withdrawn: bool,
}

/// A run.
pub struct Session {
    trust: Trust,
    device_s: i64,
    draw: Draw,
    can: (u32, [u8; 32]),
    bundles: Vec<([u8; 32], Vec<u8>)>,
    active: Option<[u8; 32]>,
    given_back: Vec<[u8; 32]>,
    state: State,
    body: Vec<u8>,
    /// The file being fetched was too long, and the state is that after it: what else comes of it does not count.
    is_left: bool,
    is_withdrawn: bool,
    fetched: Option<Vec<u8>>,
}

struct Draw {
    secret: [u8; 32],
    segments: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// How many roots were taken in.
    Root(usize),
    Timestamp,
    Release,
    /// The ways to the bundle that are left, the one being tried first.
    Bundle(ModelEntry, VecDeque<Way>),
    Done(Outcome),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Delta(DeltaEntry),
    Whole,
}

impl Session {
    /// Begins a run.
    #[must_use]
    pub fn new(start: Start<'_>) -> Self {
        Self {
            device_s: start.device_s,
            trust: start.trust,
            draw: Draw { secret: *start.secret, segments: start.segments },
            can: (start.format, start.feature_schema),
            bundles: start.bundles.into_iter().map(|file| (digest(&file), file)).collect(),
            active: start.active,
            given_back: start.given_back,
            state: State::Root(0),
            body: Vec::new(),
            is_left: false,
            is_withdrawn: false,
            fetched: None,
        }
    }

    /// What is to be done now. What is told of a file after this counts for the file that it names.
    #[must_use]
    pub fn step(&mut self) -> Step {
        self.is_left = false;
        self.wanted_file()
    }

    fn wanted_file(&self) -> Step {
        let (path, max_bytes) = match &self.state {
            State::Root(_) => (format!("root/{}", self.trust.root().version.saturating_add(1)), Role::Root.max_bytes()),
            State::Timestamp => ("timestamp".to_owned(), Role::Timestamp.max_bytes()),
            State::Release => match self.trust.timestamp() {
                Some(named) => (format!("release/{}", hex(&named.release_sha256)), named.release_bytes),
                None => return Step::Done(Outcome::Unreachable),
            },
            State::Bundle(model, ways) => match ways.front() {
                Some(Way::Delta(delta)) => (format!("delta/{}", hex(&delta.sha256)), delta.bytes),
                Some(Way::Whole) => (format!("bundle/{}", hex(&model.sha256)), model.bytes),
                None => return Step::Done(Outcome::Unreachable),
            },
            State::Done(outcome) => return Step::Done(outcome.clone()),
        };
        Step::Fetch { path, max_bytes }
    }

    /// Takes the next bytes of the file being fetched; `false`: no more of it is wanted, it is too long. Then
    /// [`Self::step`] is asked; that the file ended or broke off may be told before, and does not count.
    pub fn received(&mut self, chunk: &[u8]) -> bool {
        let Step::Fetch { max_bytes, .. } = self.wanted_file() else { return false };
        if self.is_left {
            return false;
        }
        if self.body.len() + chunk.len() > max_bytes {
            self.body.clear();
            let refusal = match &self.state {
                State::Root(_) => SyncError::TooLarge { role: Role::Root, max: max_bytes },
                State::Timestamp => SyncError::TooLarge { role: Role::Timestamp, max: max_bytes },
                State::Release => SyncError::Mismatch { role: Role::Release },
                State::Bundle(_, ways) if ways.len() > 1 => SyncError::Delta(DeltaError::TooLarge),
                State::Bundle(..) => SyncError::WrongBundle,
                State::Done(_) => return false,
            };
            self.refuse(refusal);
            self.is_left = true;
            return false;
        }
        self.body.extend_from_slice(chunk);
        true
    }

    /// The file has ended, and all of it was received.
    pub fn completed(&mut self) {
        if self.is_left {
            return;
        }
        let body = std::mem::take(&mut self.body);
        let taken = match &self.state {
            State::Root(count) => {
                let count = *count;
                self.trust.take_root(&body).and_then(|()| self.after_root(count + 1))
            }
            State::Timestamp => self.trust.take_timestamp(&body, self.device_s).and_then(|()| self.after_timestamp()),
            State::Release => self.trust.take_release(&body, self.device_s).map(|()| self.after_release()),
            State::Bundle(model, ways) => match self.bundle(model, ways, &body) {
                Ok(bundle) => {
                    self.fetched = Some(bundle);
                    self.state = State::Done(Outcome::Fetched);
                    Ok(())
                }
                Err(refusal) => Err(refusal),
            },
            State::Done(_) => Ok(()),
        };
        if let Err(refusal) = taken {
            self.refuse(refusal);
        }
    }

    /// The file did not come.
    pub fn absent(&mut self, absence: Absence) {
        self.body.clear();
        if self.is_left {
            return;
        }
        match (&self.state, absence) {
            // There is no newer root: the search ends.
            (State::Root(_), Absence::NotFound) => {
                if let Err(refusal) = self.after_roots() {
                    self.refuse(refusal);
                }
            }
            // A delta may have been cleared away; the whole bundle is there as long as its release counts.
            (State::Bundle(_, ways), Absence::NotFound) if ways.len() > 1 => self.next_way(),
            (State::Done(_), _) => {}
            _ => self.state = State::Done(Outcome::Unreachable),
        }
    }

    /// What the run leaves. To be asked for however it ended: a root that was taken in stays.
    #[must_use]
    pub fn end(self) -> End {
        let is_revoked = |sum| self.trust.release().is_some_and(|release| release.is_revoked(&sum));
        let goes_back = self.state == State::Done(Outcome::Withdrawn) || self.active.is_some_and(is_revoked);
        End { trust: self.trust, fetched: self.fetched, goes_back, is_withdrawn: self.is_withdrawn }
    }

    fn after_root(&mut self, count: usize) -> Result<(), SyncError> {
        if count >= MAX_ROOTS_A_RUN {
            return self.after_roots();
        }
        self.state = State::Root(count);
        Ok(())
    }

    fn after_roots(&mut self) -> Result<(), SyncError> {
        self.trust.check_root(self.device_s)?;
        self.state = State::Timestamp;
        Ok(())
    }

    fn after_timestamp(&mut self) -> Result<(), SyncError> {
        // Its signature may have moved the time on.
        self.trust.check_root(self.device_s)?;
        if self.trust.has_named_release() {
            self.trust.check_release(self.device_s)?;
            self.after_release();
        } else {
            self.state = State::Release;
        }
        Ok(())
    }

    fn after_release(&mut self) {
        let Some(release) = self.trust.release() else { return };
        let is_revoked = self.active.is_some_and(|sum| release.is_revoked(&sum));
        let bucket = Bucket::draw(&self.draw.secret, &release.rollout.salt);
        let is_in = |segment: &str| self.draw.segments.iter().any(|name| name == segment);
        let arm = release.rollout.arm(bucket, &is_in).map(|arm| arm.model);
        self.is_withdrawn = arm == Some(None);
        self.state = match arm {
            None if is_revoked => State::Done(Outcome::Withdrawn),
            None => State::Done(Outcome::UpToDate),
            Some(None) if self.active.is_some() => State::Done(Outcome::Withdrawn),
            Some(None) => State::Done(Outcome::UpToDate),
            Some(Some(sum)) if self.active == Some(sum) => State::Done(Outcome::UpToDate),
            Some(Some(sum)) if self.given_back.contains(&sum) => State::Done(Outcome::GivenBack),
            Some(Some(sum)) => match release.model(&sum).filter(|model| self.can_use(model)) {
                // Checked when the release was read: a rollout names models of its release.
                None => State::Done(Outcome::Unusable),
                Some(model) => State::Bundle(model.clone(), self.ways(model)),
            },
        };
        // One that is here already needs no way.
        if let State::Bundle(model, _) = &self.state
            && let Some((_, file)) = self.bundles.iter().find(|(sum, _)| *sum == model.sha256)
        {
            self.fetched = Some(file.clone());
            self.state = State::Done(Outcome::Fetched);
        }
    }

    fn can_use(&self, model: &ModelEntry) -> bool {
        let (format, feature_schema) = self.can;
        model.format <= format && model.feature_schema == feature_schema
    }

    /// Deltas that start from what is here, in the release's order, then the whole.
    fn ways(&self, model: &ModelEntry) -> VecDeque<Way> {
        let is_here = |delta: &&DeltaEntry| self.bundles.iter().any(|(sum, _)| *sum == delta.from);
        model.deltas.iter().filter(is_here).map(|delta| Way::Delta(*delta)).chain([Way::Whole]).collect()
    }

    /// The bundle, from what was fetched on the way that is tried.
    fn bundle(&self, model: &ModelEntry, ways: &VecDeque<Way>, body: &[u8]) -> Result<Vec<u8>, SyncError> {
        let made = match ways.front() {
            Some(Way::Delta(delta)) => {
                if body.len() != delta.bytes || digest(body) != delta.sha256 {
                    return Err(DeltaError::Mismatch.into());
                }
                let base = self.bundles.iter().find(|(sum, _)| *sum == delta.from);
                let (_, base) = base.ok_or(DeltaError::Mismatch)?;
                Delta::parse(body)?.apply(base)?
            }
            _ => body.to_vec(),
        };
        match ways.front() {
            _ if made.len() == model.bytes && digest(&made) == model.sha256 => Ok(made),
            Some(Way::Delta(_)) => Err(DeltaError::Mismatch.into()),
            _ => Err(SyncError::WrongBundle),
        }
    }

    /// A way to the bundle that failed gives way to the next; anything else ends the run.
    fn refuse(&mut self, refusal: SyncError) {
        match &self.state {
            State::Bundle(_, ways) if ways.len() > 1 => self.next_way(),
            _ => self.state = State::Done(Outcome::Refused(refusal)),
        }
    }

    fn next_way(&mut self) {
        if let State::Bundle(_, ways) = &mut self.state {
            ways.pop_front();
        }
    }
}

/// Shows no secret, and no bundle.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("state", &self.state).finish_non_exhaustive()
    }
}

fn hex(sum: &[u8; 32]) -> String {
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}
