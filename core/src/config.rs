//! Every limit and default of the core in one place, each with its reason.

/// The most items that habits hold at once. Beyond it, [`EVICTED_ITEMS`] are forgotten together: those
/// never opened first, then those used longest ago. A phone has one to two hundred apps; in-app actions ("open ticket 4711") can be without end.
pub const MAX_ITEMS: usize = 1_024;
/// How many items are forgotten at once, so that a host with ever new items pays for the clean-up rarely.
pub const EVICTED_ITEMS: usize = 64;
/// The most candidates that a ranking looks at: 44 most recent, then 20 most frequent of the rest. On the UbiqLog
/// phones the item opened next was outside in under 0.5 % of the moments.
pub const MAX_CANDIDATES: usize = 64;
/// How many of the candidates are taken by recency.
pub const RECENT_CANDIDATES: usize = 44;
/// The most places, and the most access points, that habits hold. Beyond it the one where something was opened longest
/// ago is forgotten; of what places mean, the one where the least time was spent.
pub const MAX_PLACES: usize = 512;
/// The most items that are counted at one place. Beyond it the one opened least there is forgotten there.
pub const MAX_PLACE_ITEMS: usize = 128;
/// The most surfaces whose impressions are counted. A launcher has a few; the token is the host's to choose.
pub const MAX_SURFACES: usize = 64;
/// Of how many items a surface's last slot is remembered: the longest row, or a short one and what comes and goes in it.
pub const MAX_SHOWN: usize = MAX_LIMIT;
/// The most predictions in one ranking. A launcher asks for 3 to 5; an evaluation asks for all.
pub const MAX_LIMIT: usize = MAX_CANDIDATES;
/// How many predictions a ranking has unless the host says otherwise.
pub const DEFAULT_LIMIT: usize = 5;
/// What it costs, in chances of being opened, that an item stands elsewhere in a row than the last time: see
/// docs/adr/0011-stable-slots.md.
pub const MOVE_COST: f64 = 0.02;
/// The most items that a request may name as candidates.
pub const MAX_REQUEST_ITEMS: usize = 4_096;
/// A launch this long after everything before it ended starts a session, where the log has no unlocks.
pub const SESSION_GAP_MS: i64 = 300 * crate::time::SECOND_MS;
/// An event up to this much older than the newest is late: it is counted, but does not become part of the sequence.
/// One that is older still means that the clock was set back, and the sequence goes on from it.
pub const LATE_WINDOW_MS: i64 = crate::time::DAY_MS;

/// How safely an event is stored before `record` returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Survives the end of the process at any moment. A power cut can lose the events since SQLite's last checkpoint
    /// of the write-ahead log, at most [`WAL_PAGES`] pages of them, always the newest, never one in the middle.
    #[default]
    Normal,
    /// Survives a power cut as well; every `record` waits for the disk.
    Full,
}

/// The write-ahead log is copied into the database when it reaches this many 4 KiB pages: the loss bound of
/// [`Durability::Normal`] after a power cut.
pub const WAL_PAGES: u32 = 1_000;

/// How long a call waits for another connection's lock before it says that the storage is busy.
pub const BUSY_MS: u64 = 1_000;
/// "Now", when the age of events is judged, is the median time of this many newest arrivals: half of them and one more
/// must carry a wild clock before old events look older than they are.
pub const MEDIAN_EVENTS: u32 = 101;
/// A damaged log that was set aside is removed when the events after it have gone on for this many days.
pub const QUARANTINE_DAYS: u16 = 7;

/// How long raw events are kept. Habits have counted them by then and do not forget them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Events older than this many days are deleted.
    pub max_days: u16,
    /// When the file grows beyond this many bytes, the oldest tenth of the events is deleted until it fits.
    pub max_bytes: u64,
    /// At least this many newest events stay, whatever their age: a clock that jumps ten years ahead purges nothing.
    pub keep_at_least: u64,
}

impl Default for Retention {
    /// 90 days, 64 MiB, 5,000 events.
    fn default() -> Self {
        Self { max_days: 90, max_bytes: 64 << 20, keep_at_least: 5_000 }
    }
}

/// The most decisions of the person that are stored at once; those that ran out make room.
pub const MAX_CONTROLS: usize = 1_024;
/// A snooze until the item is frequent again ends when it was opened this often within a week, after the snooze.
pub const FREQUENT_OPENINGS: usize = 3;
/// How many times as likely a promoted item counts: it passes neighbours of the same magnitude, not everything.
pub const PROMOTED_ODDS: f64 = 4.0;
/// The longest half-life that an item can be given, in days.
pub const MAX_HALF_LIFE_DAYS: u16 = 3_650;

/// After this many events the habits are saved by `record` itself, so that opening replays at most as many.
pub const CHECKPOINT_EVENTS: u32 = 1_024;
/// A prepared ranking answers for at most this long: the decayed counts it rests on fade over hours.
pub const PREPARED_MS: i64 = 15 * 60 * crate::time::SECOND_MS;
/// And for at most this part of the age that the newest notification had: what a notification changes fades with its age.
pub const PREPARED_NOTICE_PART: i64 = 10;
/// After this many events they are saved by `prepare`, while the screen is off.
pub const PREPARE_CHECKPOINT_EVENTS: u32 = 64;

/// The largest model bundle, in bytes. One with 72 features, INT8 weights, start weights and golden vectors has about 45 KiB;
/// a hundred trees add 40, a small Transformer 60.
pub const MAX_BUNDLE_BYTES: usize = 262_144;
/// The most features that a model reads.
pub const MAX_FEATURES: usize = 256;
/// The most candidates that a model looks at: there are no more.
pub const MAX_SHORTLIST: usize = MAX_CANDIDATES;
/// The most trees of a bundle, and [`MAX_TREE_LEAVES`] the most leaves of one: a child's number fits a byte.
pub const MAX_TREES: usize = 512;
/// See [`MAX_TREES`].
pub const MAX_TREE_LEAVES: usize = 128;
/// The widest sequence model of a bundle. With [`MAX_SEQUENCE_LAYERS`] of [`MAX_SEQUENCE_HIDDEN`] it would not fit into a
/// bundle; each of them does.
pub const MAX_SEQUENCE_WIDTH: usize = 128;
/// See [`MAX_SEQUENCE_WIDTH`].
pub const MAX_SEQUENCE_HEADS: usize = 8;
/// See [`MAX_SEQUENCE_WIDTH`].
pub const MAX_SEQUENCE_LAYERS: usize = 4;
/// See [`MAX_SEQUENCE_WIDTH`].
pub const MAX_SEQUENCE_HIDDEN: usize = 256;
/// The most logs that a bundle says it was learned on.
pub const MAX_LEARNED_ON: usize = 16;
/// The most golden vectors of a bundle, and the most rows of all of them: checking them must stay far under the time
/// that the model takes to load.
pub const MAX_GOLDEN: usize = 16;
/// See [`MAX_GOLDEN`].
pub const MAX_GOLDEN_ROWS: usize = 128;

/// A population stability index from which a change counts as moderate: the usual limit of credit scoring, below which
/// nobody acts.
pub const DRIFT_MODERATE: f64 = 0.1;
/// And as strong: the usual limit from which a score is looked at again.
pub const DRIFT_STRONG: f64 = 0.25;
/// How many questions the last seven days and the 23 days before must each have for drift to be measured: with ten bins
/// chance alone then gives 9 x (1/200 + 1/200) = 0.09 on average at most, which is below [`DRIFT_MODERATE`].
pub const DRIFT_QUESTIONS: u64 = 200;

/// The largest export, in bytes: a log of the default [`Retention`] packs to a tenth of it.
pub const MAX_EXPORT_BYTES: u64 = 256 << 20;
/// The most that an export may unpack to, in bytes: whoever has the secret must not fill a phone with zeros.
pub const MAX_EXPORT_PAYLOAD_BYTES: u64 = 1 << 30;
/// The largest message of an export, in bytes. It is the head with the habits, which with all their tables full have about
/// 8 MiB: 1,024 items of 400 occurrences, 512 places of 128 items.
pub const MAX_EXPORT_MESSAGE_BYTES: usize = 16 << 20;
/// The most events of an export. A log of the default [`Retention`] has 1.3 million at most.
pub const MAX_EXPORT_EVENTS: u64 = 10_000_000;
/// The largest snapshot beside a log, in bytes: one message and what sealing adds.
pub const MAX_SNAPSHOT_BYTES: u64 = 24 << 20;
/// The shortest passphrase of an export, in bytes. Argon2id slows guessing down; it cannot save a word of four letters.
pub const MIN_PASSPHRASE_BYTES: usize = 8;
/// The longest passphrase of an export, in bytes: longer ones are files that were pasted by mistake.
pub const MAX_PASSPHRASE_BYTES: usize = 1_024;
/// Argon2id's memory for a new export, in KiB, with [`ARGON2_PASSES`] and [`ARGON2_LANES`]: OWASP's recommendation of 19 MiB,
/// which the smallest phone can spare.
pub const ARGON2_KIB: u32 = 19_456;
/// See [`ARGON2_KIB`].
pub const ARGON2_PASSES: u32 = 2;
/// See [`ARGON2_KIB`].
pub const ARGON2_LANES: u32 = 1;
/// The most memory that an export may ask Argon2id for, in KiB: a later version may ask for more than this one does, a
/// stranger's file must not ask for all there is.
pub const MAX_ARGON2_KIB: u32 = 65_536;
/// The most passes; see [`MAX_ARGON2_KIB`].
pub const MAX_ARGON2_PASSES: u32 = 16;
/// The most lanes; see [`MAX_ARGON2_KIB`].
pub const MAX_ARGON2_LANES: u32 = 4;

/// The largest root of a repository, in bytes: 3 x 16 keys and 16 signatures have 3,200.
pub const MAX_ROOT_BYTES: usize = 65_536;
/// The largest release, in bytes: [`MAX_RELEASE_MODELS`] with [`MAX_RELEASE_DELTAS`] each and [`MAX_RELEASE_REVOKED`] have 32 KiB.
pub const MAX_RELEASE_BYTES: usize = 65_536;
/// The largest timestamp, in bytes: with 16 signatures it has 1,700.
pub const MAX_TIMESTAMP_BYTES: usize = 4_096;
/// The longest that a timestamp may count, in seconds: what an old one can hold back ends with it. A publisher signs one for
/// seven days.
pub const MAX_TIMESTAMP_S: i64 = 31 * crate::time::DAY_MS / 1_000;
/// The longest that a release may count, in seconds.
pub const MAX_RELEASE_S: i64 = 366 * crate::time::DAY_MS / 1_000;
/// The most roots that one run takes in: whoever slept through more goes on in the next run.
pub const MAX_ROOTS_A_RUN: usize = 64;
/// The most keys that may sign one kind of file.
pub const MAX_SYNC_KEYS: usize = 16;
/// The most signatures of a file: when keys change, the old ones and the new ones sign.
pub const MAX_SYNC_SIGNATURES: usize = 32;
/// The longest name in a repository, in bytes.
pub const MAX_SYNC_NAME_BYTES: usize = 64;
/// The most models of a release: arms times segments that differ.
pub const MAX_RELEASE_MODELS: usize = 16;
/// The most deltas to one model: a phone that slept through more releases fetches the whole bundle.
pub const MAX_RELEASE_DELTAS: usize = 16;
/// The most bundles that a release revokes; older ones are below the floor.
pub const MAX_RELEASE_REVOKED: usize = 256;
/// The most segments of a rollout, and [`MAX_ROLLOUT_ARMS`] the most arms of one.
pub const MAX_ROLLOUT_SEGMENTS: usize = 16;
/// See [`MAX_ROLLOUT_SEGMENTS`].
pub const MAX_ROLLOUT_ARMS: usize = 16;
/// In how many parts a fleet is drawn: a share of 1 is one phone of 10,000.
pub const ROLLOUT_BUCKETS: u32 = 10_000;
/// The most answers that a release may ask for before a model is judged: a phone looks back over as many openings at most.
pub const MAX_LEAST_ANSWERS: u32 = 1_000;
/// The most pieces that a delta is made of: a bundle has thirty parts.
pub const MAX_DELTA_SEGMENTS: usize = 1_024;
/// The window that a delta may ask zstd for, as a power of two: base and result fit into it.
pub const DELTA_WINDOW_LOG: u32 = 20;

/// How many bundles that were given back are remembered: a release has at most 16 models.
pub const MAX_GIVEN_BACK: usize = 64;
/// A bundle whose loading was begun this often and not ended once is given back: the process may have ended for another
/// reason the first time.
pub const MAX_LOAD_ATTEMPTS: u32 = 2;
/// If the bundle that ships is one of these, the statistics answer alone, and every so many openings it is tried once more.
pub const SHIPPED_PAUSE_STARTS: u32 = 16;
/// The fewest answers of a trial before a bundle counts as proven, whatever its release says.
pub const PROVEN_ANSWERS: u32 = 20;
/// How often the log was opened with it, or how many seconds passed ([`PROVEN_S`]).
pub const PROVEN_STARTS: u32 = 2;
/// See [`PROVEN_STARTS`].
pub const PROVEN_S: i64 = crate::time::DAY_MS / 1_000;
/// How many newest events a rehearsal learns from, and a trial is judged on: two folds of them take a second or two on a phone.
pub const REHEARSAL_EVENTS: u32 = 4_096;
/// Of how many openings before the newest event the hits are compared in a rehearsal.
pub const REHEARSAL_OPENINGS: usize = 200;
/// The most microseconds that the median answer of any bundle may take.
pub const MAX_ANSWER_US: u32 = 2_000;
/// The most nanoseconds that all answers of a rehearsal may take, so that a slow bundle does not hold up a worker for minutes.
pub const MAX_REHEARSAL_NS: u64 = 20_000_000_000;

/// The largest sealed batch of an upload, in bytes.
pub const MAX_BATCH_BYTES: usize = 256 << 10;
/// The largest batch once unpacked, in bytes: a full one has some 10 KB, and empty messages take a hundred times their bytes in memory.
pub const MAX_BATCH_PAYLOAD_BYTES: usize = 64 << 10;
/// The most samples of a local day: those of as many sessions, drawn at random. A value that more than 49 times seven times as
/// many samples of a week show was seen by 50 phones at least.
pub const SAMPLES_A_DAY: u32 = 4;
/// What a sample says of what was opened, and of another candidate, is of the likeliest so many.
pub const SAMPLE_CANDIDATES: usize = 8;
/// The chance that a bin is said as it is; otherwise any bin is, this one among them.
pub const SAMPLE_TRUTH: f64 = 0.4;
/// The most days that one batch has.
pub const BATCH_DAYS: usize = 7;
/// Batches that were not taken by a server wait so many days, then they are dropped.
pub const OUTBOX_DAYS: i64 = 14;
/// And at most so many bytes of them, the newest.
pub const MAX_OUTBOX_BYTES: u64 = 50 << 20;
/// Of so many weeks it is remembered that something was sent: until no server may have it any longer.
pub const WEEKS_OF_UPLOADS: u32 = 16;
/// What the answers of a day may tell in all, in nats: the sum over all questions.
pub const MAX_EPSILON_A_DAY: f64 = 4.0;
/// What the answer to one question may tell.
pub const MAX_EPSILON: f64 = 1.0;
