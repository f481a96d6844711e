//! Bytes in sealed chunks: written as they come, and given out only after the chunk they are in was found untouched.

use std::io::{self, BufRead, Read, Write};

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

use super::header::FileKey;
use crate::error::{BackupError, Error};

/// Bytes of a chunk before it is sealed.
pub(super) const CHUNK_BYTES: usize = 65_536;
/// Bytes that sealing adds.
pub(super) const TAG_BYTES: usize = 16;

/// Seals and opens the chunks of one file.
struct Sealer {
    stream: StreamBE32<XChaCha20Poly1305>,
    header: Vec<u8>,
    position: u32,
}

impl Sealer {
    fn new(key: &FileKey, header: Vec<u8>) -> Self {
        let aead = XChaCha20Poly1305::new(&key.key.into());
        Self { stream: StreamBE32::from_aead(aead, &key.nonce.into()), header, position: 0 }
    }

    fn seal(&mut self, chunk: &mut Vec<u8>, is_last: bool) {
        let sealed = self.stream.encrypt_in_place(self.position, is_last, &self.header, chunk);
        sealed.expect("a chunk is far below the cipher's limit");
        self.position += 1;
    }

    fn open(&mut self, chunk: &mut Vec<u8>, is_last: bool) -> Result<(), BackupError> {
        if chunk.len() < TAG_BYTES {
            return Err(BackupError::Cut);
        }
        let opened = self.stream.decrypt_in_place(self.position, is_last, &self.header, chunk);
        opened.map_err(|_| if self.position == 0 { BackupError::WrongSecret } else { BackupError::Damaged })?;
        self.position += 1;
        Ok(())
    }
}

/// What goes wrong under the compression, which only passes on `io::Error`.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Backup(BackupError),
    #[error(transparent)]
    Io(io::Error),
}

impl From<BackupError> for io::Error {
    fn from(error: BackupError) -> Self {
        Self::other(Failure::Backup(error))
    }
}

fn from_host(error: io::Error) -> io::Error {
    io::Error::other(Failure::Io(error))
}

/// What came through the compression; an error of the compression itself is `own`.
pub(super) fn told(error: io::Error, own: BackupError) -> Error {
    match error.downcast::<Failure>() {
        Ok(Failure::Backup(error)) => error.into(),
        Ok(Failure::Io(error)) => error.into(),
        Err(_) => own.into(),
    }
}

/// Seals what is written to it.
pub(super) struct ChunkWriter<'a> {
    to: &'a mut dyn Write,
    sealer: Sealer,
    /// Not sealed yet: the last chunk is marked, and only the end tells which it is.
    chunk: Vec<u8>,
    written: u64,
    max_bytes: u64,
}

impl<'a> ChunkWriter<'a> {
    /// Writes the header, and begins.
    ///
    /// # Errors
    /// [`BackupError::TooLarge`] from `max_bytes` on, and the host's, both inside the `io::Error` that [`told`] reads.
    pub(super) fn new(to: &'a mut dyn Write, key: &FileKey, header: Vec<u8>, max_bytes: u64) -> io::Result<Self> {
        let sealer = Sealer::new(key, header.clone());
        let chunk = Vec::with_capacity(CHUNK_BYTES + TAG_BYTES);
        let mut writer = Self { to, sealer, chunk, written: 0, max_bytes };
        writer.put(&header)?;
        Ok(writer)
    }

    /// Seals the last chunk; how many bytes the file has.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.put_chunk(true)?;
        self.to.flush().map_err(from_host)?;
        Ok(self.written)
    }

    fn put_chunk(&mut self, is_last: bool) -> io::Result<()> {
        let mut chunk = std::mem::take(&mut self.chunk);
        self.sealer.seal(&mut chunk, is_last);
        let put = self.put(&chunk);
        chunk.clear();
        self.chunk = chunk;
        put
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len() as u64;
        if self.written > self.max_bytes {
            return Err(BackupError::TooLarge { what: "bytes", max: self.max_bytes }.into());
        }
        self.to.write_all(bytes).map_err(from_host)
    }
}

impl Write for ChunkWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.chunk.len() == CHUNK_BYTES && !bytes.is_empty() {
            self.put_chunk(false)?;
        }
        let taken = bytes.len().min(CHUNK_BYTES - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens the chunks of a file.
pub(super) struct ChunkReader<'a> {
    from: &'a mut dyn Read,
    sealer: Sealer,
    chunk: Vec<u8>,
    /// How much of the chunk was given out.
    taken: usize,
    /// The first byte of the next chunk, read to know that there is one.
    ahead: Option<u8>,
    is_over: bool,
    read: u64,
    max_bytes: u64,
}

impl<'a> ChunkReader<'a> {
    /// Reads what follows the header.
    pub(super) fn new(from: &'a mut dyn Read, key: &FileKey, header: Vec<u8>, max_bytes: u64) -> Self {
        let read = header.len() as u64;
        let sealer = Sealer::new(key, header);
        Self { from, sealer, chunk: Vec::new(), taken: 0, ahead: None, is_over: false, read, max_bytes }
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        const SEALED_BYTES: usize = CHUNK_BYTES + TAG_BYTES;
        let mut chunk = std::mem::take(&mut self.chunk);
        chunk.clear();
        chunk.extend(self.ahead.take());
        let wanted = SEALED_BYTES + 1 - chunk.len();
        let read = (&mut *self.from).take(wanted as u64).read_to_end(&mut chunk).map_err(from_host)?;
        self.read += read as u64;
        if self.read > self.max_bytes {
            return Err(BackupError::TooLarge { what: "bytes", max: self.max_bytes }.into());
        }
        let is_last = chunk.len() <= SEALED_BYTES;
        if !is_last {
            self.ahead = chunk.pop();
        }
        self.sealer.open(&mut chunk, is_last)?;
        (self.chunk, self.taken, self.is_over) = (chunk, 0, is_last);
        Ok(())
    }
}

impl BufRead for ChunkReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.taken == self.chunk.len() && !self.is_over {
            self.next_chunk()?;
        }
        Ok(&self.chunk[self.taken..])
    }

    fn consume(&mut self, amount: usize) {
        self.taken += amount;
    }
}

impl Read for ChunkReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(into)?;
        self.consume(amount);
        Ok(amount)
    }
}
