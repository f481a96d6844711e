//! The log of events: appending, and reading in order of arrival or of time.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Seq, codes};
use crate::error::{Error, Result};
use crate::event::{Context, Event, Item, Slot, Token};
use crate::time::Timestamp;

/// Appends an event inside the caller's transaction; `None` if the log has it already.
///
/// # Errors
/// SQLite's errors.
pub(super) fn append(connection: &Connection, event: &Event) -> Result<Option<Seq>> {
    append_as(connection, None, event)
}

/// The same under a number of the caller's, which is greater than all there are.
///
/// # Errors
/// SQLite's errors.
pub(super) fn append_as(connection: &Connection, seq: Option<Seq>, event: &Event) -> Result<Option<Seq>> {
    let item = event.kind.item().map(|item| item_id(connection, item)).transpose()?;
    let (surface, [position, propensity]) = codes::shown(event);
    let token = |token: Option<&Token>| token.map(|token| token_id(connection, token)).transpose();
    let context = &event.context;
    let inserted = connection
        .prepare_cached(
            "INSERT INTO log (at_ms, utc_offset_min, kind, item, surface, position, place, label, network,
             access_point, battery, propensity, audio, seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            event.at.at_ms(),
            event.at.utc_offset_min(),
            codes::of_kind(&event.kind),
            item,
            token(surface)?,
            position,
            token(context.place.as_ref())?,
            context.label.map(codes::of_label),
            context.network.map(codes::of_network),
            token(context.access_point.as_ref())?,
            context.battery.map(codes::of_battery),
            propensity,
            context.audio.map(codes::of_audio),
            seq.map(|seq| seq.0),
        ])?;
    Ok((inserted == 1).then(|| Seq(connection.last_insert_rowid())))
}

/// Deletes the event that keeps this one from being stored if it arrived up to a number; whether there was one.
///
/// # Errors
/// SQLite's errors.
pub(super) fn delete_same(connection: &Connection, event: &Event, upto: Seq) -> Result<bool> {
    let item = event.kind.item().map(|item| item_id(connection, item)).transpose()?;
    let surface = codes::shown(event).0.map(|token| token_id(connection, token)).transpose()?;
    let deleted = connection
        .prepare_cached(
            "DELETE FROM log WHERE at_ms = ?1 AND kind = ?2 AND ifnull(item, 0) = ifnull(?3, 0)
             AND ifnull(surface, 0) = ifnull(?4, 0) AND seq <= ?5",
        )?
        .execute(params![event.at.at_ms(), codes::of_kind(&event.kind), item, surface, upto.0])?;
    Ok(deleted == 1)
}

/// Visits the events after an arrival number, in order of arrival.
///
/// # Errors
/// [`Error::Corrupt`] if a row cannot be understood; SQLite's errors.
pub(super) fn by_arrival(
    connection: &Connection,
    after: Option<Seq>,
    visit: &mut dyn FnMut(Seq, &Event),
) -> Result<()> {
    let from = after.map_or(i64::MIN, |seq| seq.0.saturating_add(1));
    read(connection, "WHERE seq >= ?1 ORDER BY seq", from, visit)
}

/// Visits every event in order of time; of those of the same millisecond, the first to arrive goes first.
///
/// # Errors
/// As [`by_arrival`].
pub(super) fn by_time(connection: &Connection, visit: &mut dyn FnMut(Seq, &Event)) -> Result<()> {
    read(connection, "WHERE at_ms >= ?1 ORDER BY at_ms, seq", 0, visit)
}

/// The newest arrival number.
///
/// # Errors
/// SQLite's errors.
pub(super) fn newest(connection: &Connection) -> Result<Option<Seq>> {
    let seq: Option<i64> = connection.prepare_cached("SELECT max(seq) FROM log")?.query_row([], |row| row.get(0))?;
    Ok(seq.map(Seq))
}

/// The arrival number before the newest `most` events; `None` where there are no more.
///
/// # Errors
/// SQLite's errors.
pub(super) fn before_newest(connection: &Connection, most: u32) -> Result<Option<Seq>> {
    let sql = "SELECT seq FROM log ORDER BY seq DESC LIMIT 1 OFFSET ?1";
    let seq: Option<i64> = connection.prepare_cached(sql)?.query_row([most], |row| row.get(0)).optional()?;
    Ok(seq.map(Seq))
}

/// Reads a row of each table, so that a table or column that is missing shows.
///
/// # Errors
/// SQLite's errors.
pub(super) fn touch(connection: &Connection) -> Result<()> {
    by_arrival(connection, newest(connection)?.map(|seq| Seq(seq.0.saturating_sub(1))), &mut |_, _| {})?;
    for sql in [
        "SELECT upto, digest, length(bytes) FROM checkpoint",
        "SELECT name, value FROM fact",
        "SELECT id, at_ms, utc_offset_min, kind, name, profile, salt, digest, value, value_offset_min FROM control",
        "SELECT name, digest, length(bytes) FROM report",
        "SELECT id, channel, length(root), length(timestamp), length(release), named, signed_s FROM trust",
        "SELECT sha256, length(bytes) FROM bundle",
        "SELECT role, sha256, since_seq, since_s, starts, least_answers, most_lost, answer_us FROM slot",
        "SELECT id, sha256, reason FROM given_back",
        "SELECT sha256, count FROM attempt",
        "SELECT at_ms FROM log ORDER BY at_ms, kind LIMIT 1",
    ] {
        connection.prepare(sql)?.query([])?.next()?;
    }
    Ok(())
}

fn item_id(connection: &Connection, item: &Item) -> Result<i64> {
    let found = connection
        .prepare_cached("SELECT id FROM item WHERE name = ?1 AND profile = ?2")?
        .query_row(params![item.id(), item.profile()], |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO item (name, profile) VALUES (?1, ?2)")?
        .execute(params![item.id(), item.profile()])?;
    Ok(connection.last_insert_rowid())
}

fn token_id(connection: &Connection, token: &Token) -> Result<i64> {
    let found = connection
        .prepare_cached("SELECT id FROM token WHERE name = ?1")?
        .query_row([token.as_str()], |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    connection.prepare_cached("INSERT INTO token (name) VALUES (?1)")?.execute([token.as_str()])?;
    Ok(connection.last_insert_rowid())
}

fn read(connection: &Connection, which: &str, bound: i64, visit: &mut dyn FnMut(Seq, &Event)) -> Result<()> {
    let names = Names::load(connection)?;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT seq, at_ms, utc_offset_min, kind, item, surface, position, place, label, network, access_point,
         battery, propensity, audio FROM log {which}"
    ))?;
    let mut rows = statement.query([bound])?;
    while let Some(row) = rows.next()? {
        let event = names.event(row)?;
        visit(Seq(row.get(0)?), &event);
    }
    Ok(())
}

/// Every item and token by its number, loaded once per reading.
struct Names {
    items: HashMap<i64, Item>,
    tokens: HashMap<i64, Token>,
}

impl Names {
    fn load(connection: &Connection) -> Result<Self> {
        let mut names = Self { items: HashMap::new(), tokens: HashMap::new() };
        let mut statement = connection.prepare_cached("SELECT id, name, profile FROM item")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(1)?;
            let item = Item::in_profile(&text, row.get(2)?).map_err(|_| Error::Corrupt)?;
            names.items.insert(row.get(0)?, item);
        }
        let mut statement = connection.prepare_cached("SELECT id, name FROM token")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(1)?;
            names.tokens.insert(row.get(0)?, Token::new(&text).map_err(|_| Error::Corrupt)?);
        }
        Ok(names)
    }

    fn event(&self, row: &Row<'_>) -> Result<Event> {
        let at = Timestamp::new(row.get(1)?, row.get(2)?).map_err(|_| Error::Corrupt)?;
        let item = named(&self.items, row.get(4)?)?;
        let surface = named(&self.tokens, row.get(5)?)?;
        let slot = match (row.get(3)?, &surface, row.get::<_, Option<u8>>(6)?) {
            (codes::LAUNCH, Some(surface), Some(position)) => Some(Slot { surface: surface.clone(), position }),
            _ => None,
        };
        let kind = codes::kind(row.get(3)?, item, surface, [row.get(6)?, row.get(12)?]).ok_or(Error::Corrupt)?;
        let context = Context {
            place: named(&self.tokens, row.get(7)?)?,
            label: meaning(codes::label, row.get(8)?)?,
            network: meaning(codes::network, row.get(9)?)?,
            access_point: named(&self.tokens, row.get(10)?)?,
            battery: meaning(codes::battery, row.get(11)?)?,
            audio: meaning(codes::audio, row.get(13)?)?,
        };
        Ok(Event { at, kind, context, slot })
    }
}

fn named<T: Clone>(names: &HashMap<i64, T>, id: Option<i64>) -> Result<Option<T>> {
    id.map(|id| names.get(&id).cloned().ok_or(Error::Corrupt)).transpose()
}

fn meaning<T>(of: fn(i64) -> Option<T>, code: Option<i64>) -> Result<Option<T>> {
    code.map(|code| of(code).ok_or(Error::Corrupt)).transpose()
}
