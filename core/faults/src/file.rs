//! An open file of a [`Mount`](crate::Mount), as SQLite calls it.

use std::ffi::{c_int, c_void};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::ffi;

use crate::disk::{Operation, Reason};
use crate::vfs::Shared;

/// An open file. SQLite allocates it, `open` fills it, `close` drops what it holds.
#[repr(C)]
pub(crate) struct Handle {
    base: ffi::sqlite3_file,
    pub(crate) state: *mut State,
}

/// What an open file holds.
pub(crate) struct State {
    pub(crate) shared: *const Shared,
    pub(crate) name: String,
    pub(crate) removed_on_close: bool,
    /// As SQLite's own file system: the first sync of a journal or write-ahead log that was made syncs the folder too.
    pub(crate) syncs_folder: AtomicBool,
}

impl State {
    fn shared(&self) -> &Shared {
        // SAFETY: the mount outlives its connections, as `Mount` asks.
        unsafe { &*self.shared }
    }
}

/// # Safety
/// `file` must have been filled by `open` and not closed.
unsafe fn state<'a>(file: *mut ffi::sqlite3_file) -> &'a State {
    // SAFETY: the caller's promise; `Handle` begins with its `sqlite3_file`.
    unsafe { &*(*file.cast::<Handle>()).state }
}

/// What SQLite can do with an open file.
pub(crate) static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(lock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once; the box came from `open`.
    let state = unsafe { Box::from_raw((*file.cast::<Handle>()).state) };
    if state.removed_on_close {
        state.shared().disk().act(&state.name, Operation::Delete { is_synced: false });
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    length: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite passes an open file and a buffer of `length` bytes.
    let (state, out) = unsafe { (state(file), std::slice::from_raw_parts_mut(out.cast::<u8>(), size(length))) };
    let mut disk = state.shared().disk();
    if disk.request(false).is_some() {
        return ffi::SQLITE_IOERR_READ;
    }
    let bytes = disk.file(&state.name).unwrap_or_default();
    let found = bytes.get(position(offset).min(bytes.len())..).unwrap_or_default();
    let kept = found.len().min(out.len());
    out[..kept].copy_from_slice(&found[..kept]);
    out[kept..].fill(0);
    if kept < out.len() { ffi::SQLITE_IOERR_SHORT_READ } else { ffi::SQLITE_OK }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite passes an open file and `length` bytes.
    let (state, bytes) = unsafe { (state(file), std::slice::from_raw_parts(bytes.cast::<u8>(), size(length))) };
    let mut disk = state.shared().disk();
    if let Some(reason) = disk.request(true) {
        return refused(reason, ffi::SQLITE_IOERR_WRITE);
    }
    disk.act(&state.name, Operation::Write { offset: position(offset), bytes: bytes.to_vec() });
    ffi::SQLITE_OK
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite passes an open file.
    let state = unsafe { state(file) };
    let mut disk = state.shared().disk();
    if disk.request(false).is_some() {
        return ffi::SQLITE_IOERR_TRUNCATE;
    }
    disk.act(&state.name, Operation::Truncate { length: position(length) });
    ffi::SQLITE_OK
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    let state = unsafe { state(file) };
    let mut disk = state.shared().disk();
    if disk.request(false).is_some() {
        return ffi::SQLITE_IOERR_FSYNC;
    }
    disk.act(&state.name, Operation::Sync);
    if state.syncs_folder.swap(false, Ordering::Relaxed) {
        disk.act(&state.name, Operation::SyncFolder);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite passes an open file and a number to write to.
    unsafe {
        let state = state(file);
        let mut disk = state.shared().disk();
        if disk.request(false).is_some() {
            return ffi::SQLITE_IOERR_FSTAT;
        }
        let length = disk.file(&state.name).map_or(0, <[u8]>::len);
        *out = ffi::sqlite3_int64::try_from(length).unwrap_or(ffi::sqlite3_int64::MAX);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: `out` is SQLite's to write to.
    unsafe { *out = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    512
}

unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    bytes: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: SQLite passes an open file and a pointer to write to.
    let state = unsafe { state(file) };
    let mut memory = state.shared().memory.lock().unwrap_or_else(PoisonError::into_inner);
    let regions = memory.entry(state.name.clone()).or_default();
    while regions.len() <= size(region) && extend != 0 {
        regions.push(vec![0; size(bytes).div_ceil(8)].into_boxed_slice());
    }
    let found = regions.get_mut(size(region)).map_or(std::ptr::null_mut(), |region| region.as_mut_ptr().cast());
    // SAFETY: as above. The region is not moved while it is mapped: the boxes stay where they are.
    unsafe { *out = found };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(_: *mut ffi::sqlite3_file, _: c_int, _: c_int, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    let state = unsafe { state(file) };
    state.shared().memory.lock().unwrap_or_else(PoisonError::into_inner).remove(&state.name);
    ffi::SQLITE_OK
}

fn refused(reason: Reason, broken: c_int) -> c_int {
    match reason {
        Reason::Broken => broken,
        Reason::Full => ffi::SQLITE_FULL,
    }
}

fn size(length: c_int) -> usize {
    usize::try_from(length).unwrap_or(0)
}

fn position(offset: ffi::sqlite3_int64) -> usize {
    usize::try_from(offset).unwrap_or(0)
}
