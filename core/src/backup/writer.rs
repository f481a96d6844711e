//! An export as it is written: one message after the other, packed, sealed and handed on.

use std::io::{self, Write};

use prost::Message;
use zstd::stream::write::Encoder;

use super::chunks::{ChunkWriter, told};
use super::header::Header;
use super::{Decided, Head, Limits, Secret, message, wire};
use crate::error::{BackupError, Error, Result};
use crate::store::EXPORTED;

/// zstd's own default: packs ten thousand events with their habits to a third (ADR 9).
const LEVEL: i32 = 3;

/// Writes an export.
pub(crate) struct Writer<'a> {
    encoder: Encoder<'static, ChunkWriter<'a>>,
    limits: Limits,
    events_left: u64,
    payload: u64,
    message: Vec<u8>,
}

impl<'a> Writer<'a> {
    /// Begins an export: its header, head and controls.
    ///
    /// # Errors
    /// [`BackupError::Passphrase`], [`BackupError::TooLarge`]; the host's as [`Error::Io`].
    pub(crate) fn new(
        to: &'a mut dyn Write,
        secret: &Secret<'_>,
        salt: [u8; 32],
        limits: Limits,
        head: Head,
        controls: &[Decided],
    ) -> Result<Self> {
        at_most("events", head.events, limits.events)?;
        at_most("controls", controls.len() as u64, limits.controls as u64)?;
        let header = Header::new(secret, salt);
        let key = header.file_key(secret)?;
        let chunks = ChunkWriter::new(to, &key, header.to_bytes(), limits.bytes).map_err(failed)?;
        let encoder = Encoder::new(chunks, LEVEL).map_err(failed)?;
        let mut writer = Self { encoder, limits, events_left: head.events, payload: 0, message: Vec::new() };
        writer.put(&head_message(head, controls))?;
        controls.iter().try_for_each(|control| writer.put(&message::of_control(control)))?;
        Ok(writer)
    }

    /// Writes the next event.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn event(&mut self, event: &crate::event::Event) -> Result<()> {
        self.events_left = self.events_left.checked_sub(1).expect("no more events than the head says");
        self.put(&message::of_event(event))
    }

    /// Ends the export; how many bytes it has.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn finish(self) -> Result<u64> {
        assert_eq!(self.events_left, 0, "as many events as the head says");
        self.encoder.finish().and_then(ChunkWriter::finish).map_err(failed)
    }

    fn put(&mut self, message: &impl Message) -> Result<()> {
        at_most("bytes of a message", message.encoded_len() as u64, self.limits.message_bytes as u64)?;
        self.message.clear();
        message.encode_length_delimited(&mut self.message).expect("a vector grows");
        self.payload += self.message.len() as u64;
        at_most("unpacked bytes", self.payload, self.limits.payload_bytes)?;
        self.encoder.write_all(&self.message).map_err(failed)
    }
}

/// The first message.
pub(super) fn head_message(head: Head, controls: &[Decided]) -> wire::Head {
    let Head { events, is_whole, has_left_out, purged, habits, tokens } = head;
    let (controls, tokens) = (controls.len() as u64, tokens.concat());
    wire::Head { schema: EXPORTED, controls, events, is_whole, purged, habits, has_left_out, tokens }
}

/// # Errors
/// [`BackupError::TooLarge`].
pub(super) fn at_most(what: &'static str, found: u64, max: u64) -> Result<(), BackupError> {
    if found > max { Err(BackupError::TooLarge { what, max }) } else { Ok(()) }
}

fn failed(error: io::Error) -> Error {
    told(error, BackupError::undecodable("it could not be packed"))
}
