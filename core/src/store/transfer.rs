//! A whole log on its way out, and another one on its way in, before the events that are here.

use rusqlite::{Connection, params};

use super::{Seq, Store, checkpoint, controls, facts, log};
use crate::control::{Control, Decision};
use crate::error::Result;
use crate::event::Event;
use crate::time::Timestamp;

impl Store {
    /// Shows the log as it is at one moment, whatever another connection writes meanwhile.
    ///
    /// # Errors
    /// What `body` returns; [`Error::Transient`](crate::Error::Transient), [`Error::Corrupt`](crate::Error::Corrupt).
    pub(crate) fn outgoing<T>(&self, body: impl FnOnce(&Outgoing<'_>) -> Result<T>) -> Result<T> {
        self.session.read(|connection| {
            let transaction = connection.unchecked_transaction()?;
            body(&Outgoing { connection: &transaction })
        })
    }

    /// Takes another log in, in one transaction that survives a power cut; if `body` fails, nothing of it is kept.
    ///
    /// # Errors
    /// What `body` returns; as [`Self::append`].
    pub(crate) fn incoming<T>(&mut self, body: impl FnOnce(&mut Incoming<'_>) -> Result<T>) -> Result<T> {
        self.durably(|connection| {
            let newest = log::newest(connection)?.unwrap_or(Seq::NONE);
            body(&mut Incoming { connection, here: newest, newest })
        })
    }
}

/// What is not in a log any more, and yet in its habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Losses {
    /// Whether nothing is gone.
    pub(crate) is_whole: bool,
    /// Whether events of hidden items were left out of an export.
    pub(crate) has_left_out: bool,
    /// How many events retention deleted, ever.
    pub(crate) purged: u64,
}

/// The log as [`Store::outgoing`] shows it.
pub(crate) struct Outgoing<'a> {
    connection: &'a Connection,
}

impl Outgoing<'_> {
    /// Visits every event in order of arrival.
    ///
    /// # Errors
    /// As [`Store::replay`].
    pub(crate) fn events(&self, visit: &mut dyn FnMut(Seq, &Event)) -> Result<()> {
        log::by_arrival(self.connection, None, visit)
    }

    /// Every decision of the person.
    ///
    /// # Errors
    /// As [`Store::controls`].
    pub(crate) fn controls(&self) -> Result<Vec<Decision>> {
        controls::read(self.connection)
    }

    /// What the log has lost.
    ///
    /// # Errors
    /// As [`Store::stats`].
    pub(crate) fn losses(&self) -> Result<Losses> {
        let purged = facts::read(self.connection, facts::PURGED)?.unwrap_or(0);
        let has_left_out = facts::is_whole_but_for_hidden(self.connection)?;
        let is_whole = has_left_out || facts::is_whole(self.connection)?;
        Ok(Losses { is_whole, has_left_out, purged: u64::try_from(purged).unwrap_or(0) })
    }
}

/// What became of an event that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    /// It was not here.
    New,
    /// It was here, and has the place now that it came in at.
    Known,
    /// It came in before.
    Twice,
}

/// A log that is being taken in.
pub(crate) struct Incoming<'a> {
    connection: &'a Connection,
    /// The newest event that was here before.
    here: Seq,
    newest: Seq,
}

impl Incoming<'_> {
    /// Adds the next event in its order of arrival. Numbers go on: none is given twice.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub(crate) fn add(&mut self, event: &Event) -> Result<Added> {
        let next = Seq(self.newest.0 + 1);
        let mut added = Added::New;
        if log::append_as(self.connection, Some(next), event)?.is_none() {
            if !log::delete_same(self.connection, event, self.here)? {
                return Ok(Added::Twice);
            }
            log::append_as(self.connection, Some(next), event)?;
            added = Added::Known;
        }
        self.newest = next;
        Ok(added)
    }

    /// Puts the events that were here, and did not come in, after those that came in, and visits them in their order of
    /// arrival.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub(crate) fn then_those_here(&mut self, visit: &mut dyn FnMut(&Event)) -> Result<()> {
        // Each new number is greater than all old ones, so no two meet on the way; without gaps, so that a hundred imports
        // do not run out of numbers.
        self.connection
            .prepare_cached(
                "UPDATE log SET seq = ?1 + here.place
                 FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM log WHERE seq <= ?2) AS here
                 WHERE log.seq = here.seq",
            )?
            .execute(params![self.newest.0, self.here.0])?;
        let came_in = self.newest;
        self.newest = log::newest(self.connection)?.unwrap_or(came_in).max(came_in);
        log::by_arrival(self.connection, Some(came_in), &mut |_, event| visit(event))
    }

    /// Puts these controls in place of those here, under new numbers.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub(crate) fn decide(&self, decided: &[(Timestamp, Control)]) -> Result<()> {
        self.connection.execute("DELETE FROM control", [])?;
        decided.iter().try_for_each(|(at, control)| controls::add(self.connection, *at, control).map(drop))
    }

    /// Every decision of the person, as they are numbered now.
    ///
    /// # Errors
    /// As [`Store::controls`].
    pub(crate) fn controls(&self) -> Result<Vec<Decision>> {
        controls::read(self.connection)
    }

    /// Notes what the log that came in had lost. Of events deleted here and there the greater number counts: the same
    /// export can come in twice.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub(crate) fn note_losses(&self, losses: Losses) -> Result<()> {
        let purged = i64::try_from(losses.purged).unwrap_or(i64::MAX);
        if purged > facts::read(self.connection, facts::PURGED)?.unwrap_or(0) {
            facts::set(self.connection, facts::PURGED, purged)?;
        }
        let is_whole_here = facts::is_whole(self.connection)?;
        if !losses.is_whole && (is_whole_here || facts::is_whole_but_for_hidden(self.connection)?) {
            facts::set(self.connection, facts::PARTIAL, facts::GONE)?;
        } else if losses.has_left_out && is_whole_here {
            facts::set(self.connection, facts::PARTIAL, facts::LEFT_OUT)?;
        }
        Ok(())
    }

    /// Saves the habits as of the newest event, whose number is returned.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub(crate) fn save(&self, habits: &[u8]) -> Result<Seq> {
        checkpoint::save(self.connection, self.newest, habits)?;
        Ok(self.newest)
    }
}
