//! An export as it is read: nothing comes out that was not opened, unpacked and checked.

use std::io::{self, BufRead, Read};

use prost::Message;
use zstd::stream::read::Decoder;

use super::chunks::{ChunkReader, told};
use super::header::Header;
use super::writer::at_most;
use super::{Decided, Head, Limits, Secret, message, wire};
use crate::error::{BackupError, Error, Result};
use crate::event::Event;
use crate::store::EXPORTED;

/// The largest window that a frame may ask for, as a power of two: 8 MiB. Ours ask for 2.
const WINDOW_LOG: u32 = 23;

/// Reads an export.
pub(crate) struct Reader<'a> {
    decoder: Decoder<'static, ChunkReader<'a>>,
    limits: Limits,
    payload: u64,
    message: Vec<u8>,
    head: Head,
    controls: Vec<Decided>,
    events_left: u64,
}

impl<'a> Reader<'a> {
    /// Opens an export and reads its head and controls.
    ///
    /// # Errors
    /// Every [`BackupError`]; the host's as [`Error::Io`].
    pub(crate) fn new(from: &'a mut dyn Read, secret: &Secret<'_>, limits: Limits) -> Result<Self> {
        let header = Header::read(from)?;
        let key = header.file_key(secret)?;
        let chunks = ChunkReader::new(from, &key, header.to_bytes(), limits.bytes);
        let mut decoder = Decoder::with_buffer(chunks).map_err(failed)?.single_frame();
        decoder.window_log_max(WINDOW_LOG).map_err(failed)?;
        let head = Head::of_habits(Vec::new());
        let mut reader =
            Self { decoder, limits, payload: 0, message: Vec::new(), head, controls: Vec::new(), events_left: 0 };
        let wire::Head { schema, controls, events, is_whole, purged, habits, has_left_out, tokens } =
            reader.message()?;
        if schema > EXPORTED {
            return Err(BackupError::NewerFormat { found: schema, supported: EXPORTED }.into());
        }
        at_most("controls", controls, limits.controls as u64)?;
        at_most("events", events, limits.events)?;
        let (tokens, rest) = tokens.as_chunks::<32>();
        if !rest.is_empty() {
            return Err(BackupError::undecodable("a token is not whole").into());
        }
        let tokens = tokens.to_vec();
        (reader.head, reader.events_left) = (Head { events, is_whole, has_left_out, purged, habits, tokens }, events);
        for _ in 0..controls {
            let control = message::control(reader.message()?)?;
            reader.controls.push(control);
        }
        Ok(reader)
    }

    /// What the export says of itself.
    pub(crate) const fn head(&self) -> &Head {
        &self.head
    }

    /// The controls in the order in which they were made.
    pub(crate) fn controls(&self) -> &[Decided] {
        &self.controls
    }

    /// The next event in order of arrival; `None` once all were read, and nothing follows them.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn event(&mut self) -> Result<Option<Event>> {
        let Some(left) = self.events_left.checked_sub(1) else { return self.end().map(|()| None) };
        self.events_left = left;
        Ok(Some(message::event(self.message()?)?))
    }

    /// Nothing may follow: neither in the frame nor after it.
    fn end(&mut self) -> Result<()> {
        let in_frame = self.decoder.read(&mut [0]).map_err(failed)?;
        let after_it = self.decoder.get_mut().fill_buf().map_err(failed)?.len();
        if in_frame + after_it > 0 {
            Err(BackupError::undecodable("something follows the last event").into())
        } else {
            Ok(())
        }
    }

    fn message<M: Message + Default>(&mut self) -> Result<M> {
        let bytes = self.length()?;
        at_most("bytes of a message", bytes, self.limits.message_bytes as u64)?;
        self.payload += bytes;
        at_most("unpacked bytes", self.payload, self.limits.payload_bytes)?;
        self.message.clear();
        // A length that lies costs no memory: the buffer grows with what is there.
        let read = (&mut self.decoder).take(bytes).read_to_end(&mut self.message).map_err(failed)?;
        if read as u64 != bytes {
            return Err(BackupError::undecodable("a message is not whole").into());
        }
        M::decode(self.message.as_slice()).map_err(|error| BackupError::undecodable(&error.to_string()).into())
    }

    /// A length as protobuf writes it: seven bits a byte, the lowest first.
    fn length(&mut self) -> Result<u64> {
        let mut length = 0_u64;
        for shift in (0..35).step_by(7) {
            let mut byte = [0];
            self.decoder.read_exact(&mut byte).map_err(failed)?;
            self.payload += 1;
            length |= u64::from(byte[0] & 0x7f) << shift;
            if byte[0] < 0x80 {
                return Ok(length);
            }
        }
        Err(BackupError::undecodable("a length of more than 35 bits").into())
    }
}

fn failed(error: io::Error) -> Error {
    told(error, BackupError::undecodable("it cannot be unpacked"))
}
