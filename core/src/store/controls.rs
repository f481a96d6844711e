//! The person's decisions.

use rusqlite::{Connection, Row, TransactionBehavior, params};

use super::Store;
use super::connection::set_durability;
use crate::config::Durability;
use crate::control::{Control, ControlId, Decision, SealedItem, SnoozeEnd};
use crate::error::{Error, Result};
use crate::event::Item;
use crate::time::Timestamp;

impl Store {
    /// Every decision of the person, in the order in which they were made.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn controls(&self) -> Result<Vec<Decision>> {
        self.session.read(read)
    }

    /// Adds a decision. It survives a power cut when this returns.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn add_control(&mut self, at: Timestamp, control: &Control) -> Result<ControlId> {
        self.durably(|connection| add(connection, at, control))
    }

    /// Removes decisions, all or, on an error, none. It survives a power cut when this returns.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn remove_controls(&mut self, ids: &[ControlId]) -> Result<()> {
        self.durably(|connection| ids.iter().try_for_each(|id| remove(connection, *id).map(drop)))
    }

    /// Puts a decision in place of another, which had another number. It survives a power cut when this returns.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn replace_control(&mut self, id: ControlId, at: Timestamp, control: &Control) -> Result<ControlId> {
        self.durably(|connection| {
            remove(connection, id)?;
            add(connection, at, control)
        })
    }

    /// Names the item of a sealed decision.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn name_control(&mut self, id: ControlId, item: &Item) -> Result<()> {
        self.durably(|connection| name(connection, id, item))
    }

    /// Writes in one transaction that survives a power cut.
    pub(super) fn durably<T>(&mut self, body: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let usual = self.durability;
        self.session.change(|connection| {
            durably(connection, usual, |connection| {
                let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let value = body(&transaction)?;
                transaction.commit()?;
                Ok(value)
            })
        })
    }
}

/// Every decision in the order in which they were made.
///
/// # Errors
/// [`Error::Corrupt`] if a row cannot be understood; SQLite's errors.
pub(super) fn read(connection: &Connection) -> Result<Vec<Decision>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, at_ms, utc_offset_min, kind, name, profile, salt, digest, value, value_offset_min
         FROM control ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(decision(row)?);
    }
    Ok(found)
}

/// Adds a decision inside the caller's transaction.
///
/// # Errors
/// SQLite's errors.
pub(super) fn add(connection: &Connection, at: Timestamp, control: &Control) -> Result<ControlId> {
    let (kind, value, offset) = numbers(control);
    let sealed = match control {
        Control::Sealed { item, .. } => Some(item),
        _ => None,
    };
    connection
        .prepare_cached(
            "INSERT INTO control (at_ms, utc_offset_min, kind, name, profile, salt, digest, value, value_offset_min)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            at.at_ms(),
            at.utc_offset_min(),
            kind,
            control.item().map(Item::id),
            control.item().map(Item::profile),
            sealed.map(|item| item.salt.as_slice()),
            sealed.map(|item| item.digest.as_slice()),
            value,
            offset,
        ])?;
    Ok(ControlId(connection.last_insert_rowid()))
}

/// Removes a decision inside the caller's transaction; `false` if there is none of that number.
///
/// # Errors
/// SQLite's errors.
pub(super) fn remove(connection: &Connection, id: ControlId) -> Result<bool> {
    Ok(connection.prepare_cached("DELETE FROM control WHERE id = ?1")?.execute([id.0])? == 1)
}

/// Names the item of a sealed decision, which keeps its number and its time.
///
/// # Errors
/// SQLite's errors.
pub(super) fn name(connection: &Connection, id: ControlId, item: &Item) -> Result<()> {
    connection
        .prepare_cached("UPDATE control SET name = ?2, profile = ?3, salt = NULL, digest = NULL WHERE id = ?1")?
        .execute(params![id.0, item.id(), item.profile()])?;
    Ok(())
}

/// Runs `body` so that what it commits survives a power cut.
///
/// # Errors
/// What `body` returns; SQLite's errors.
pub(super) fn durably<T>(
    connection: &mut Connection,
    usual: Durability,
    body: impl FnOnce(&mut Connection) -> Result<T>,
) -> Result<T> {
    set_durability(connection, Durability::Full)?;
    let result = body(connection);
    set_durability(connection, usual)?;
    result
}

/// The number of the kind, in the log and in exports, and what the kind needs: a time with its offset, a position, days, a profile. A number once
/// given is never given to another meaning.
pub(crate) fn numbers(control: &Control) -> (i64, Option<i64>, Option<i16>) {
    let time = |at: &Timestamp| (Some(at.at_ms()), Some(at.utc_offset_min()));
    let number = |value: i64| (Some(value), None);
    let (kind, (value, offset)) = match control {
        Control::Exclude(_) | Control::Sealed { is_never_learn: false, .. } => (1, (None, None)),
        Control::Snooze { until: SnoozeEnd::At(at), .. } => (2, time(at)),
        Control::Snooze { until: SnoozeEnd::Frequent, .. } => (3, (None, None)),
        Control::NeverLearn(_) | Control::Sealed { is_never_learn: true, .. } => (4, (None, None)),
        Control::Pin { position, .. } => (5, number((*position).into())),
        Control::Promote(_) => (6, (None, None)),
        Control::HalfLife { days, .. } => (7, number((*days).into())),
        Control::PauseLearning { until } => (8, until.as_ref().map_or((None, None), time)),
        Control::HideProfile(profile) => (9, number((*profile).into())),
        Control::Paused { until } => (10, time(until)),
    };
    (kind, value, offset)
}

fn decision(row: &Row<'_>) -> Result<Decision> {
    let at = Timestamp::new(row.get(1)?, row.get(2)?).map_err(|_| Error::Corrupt)?;
    let kind: i64 = row.get(3)?;
    let name: Option<String> = row.get(4)?;
    let item = match name {
        Some(name) => Some(Item::in_profile(&name, row.get(5)?).map_err(|_| Error::Corrupt)?),
        None => None,
    };
    let sealed = match (row.get(6)?, row.get(7)?) {
        (Some(salt), Some(digest)) => Some(SealedItem { salt, digest }),
        _ => None,
    };
    let value: Option<i64> = row.get(8)?;
    let time = match (value, row.get(9)?) {
        (Some(at_ms), Some(offset)) => Some(Timestamp::new(at_ms, offset).map_err(|_| Error::Corrupt)?),
        _ => None,
    };
    let control = control(kind, item, sealed, value, time).ok_or(Error::Corrupt)?;
    control.check().map_err(|_| Error::Corrupt)?;
    Ok(Decision { id: ControlId(row.get(0)?), at, control })
}

/// The control of a kind's number with its parts; `None` if the number is unknown or a part is missing.
pub(crate) fn control(
    kind: i64,
    item: Option<Item>,
    sealed: Option<SealedItem>,
    value: Option<i64>,
    time: Option<Timestamp>,
) -> Option<Control> {
    Some(match (kind, sealed) {
        (1 | 4, Some(item)) => Control::Sealed { is_never_learn: kind == 4, item },
        (1, None) => Control::Exclude(item?),
        (2, None) => Control::Snooze { item: item?, until: SnoozeEnd::At(time?) },
        (3, None) => Control::Snooze { item: item?, until: SnoozeEnd::Frequent },
        (4, None) => Control::NeverLearn(item?),
        (5, None) => Control::Pin { item: item?, position: u8::try_from(value?).ok()? },
        (6, None) => Control::Promote(item?),
        (7, None) => Control::HalfLife { item, days: u16::try_from(value?).ok()? },
        (8, None) => Control::PauseLearning { until: time },
        (9, None) => Control::HideProfile(u32::try_from(value?).ok()?),
        (10, None) => Control::Paused { until: time? },
        _ => return None,
    })
}
