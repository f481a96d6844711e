//! An SQLite file system over a [`Disk`]. One process, one connection at a time: locks always succeed, and the shared
//! memory of the write-ahead log is heap memory.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

use crate::disk::{Disk, Operation};
use crate::file::{Handle, METHODS, State};

/// A disk under a name that SQLite knows; the name goes away with the value. Close every connection first.
pub struct Mount {
    vfs: Box<ffi::sqlite3_vfs>,
    name: CString,
    shared: Box<Shared>,
}

/// What the file system's functions reach through SQLite's pointers.
pub(crate) struct Shared {
    disk: Mutex<Disk>,
    /// The shared memory of each database, in regions that never move. `u64` aligns them.
    pub(crate) memory: Mutex<BTreeMap<String, Vec<Box<[u64]>>>>,
}

impl Mount {
    /// An empty disk under a name that no other mount has.
    ///
    /// # Panics
    /// If the name holds a NUL, or SQLite refuses it for want of memory.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let name = CString::new(name).expect("a name without NUL");
        let shared = Box::new(Shared { disk: Mutex::default(), memory: Mutex::default() });
        // SAFETY: all-zero bytes are a valid sqlite3_vfs: integers, null pointers and absent functions.
        let mut vfs: Box<ffi::sqlite3_vfs> = Box::new(unsafe { std::mem::zeroed() });
        vfs.iVersion = 2;
        vfs.szOsFile = c_int::try_from(size_of::<Handle>()).expect("two pointers");
        vfs.mxPathname = 1_024;
        vfs.zName = name.as_ptr();
        vfs.pAppData = std::ptr::from_ref::<Shared>(&shared).cast_mut().cast();
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        vfs.xAccess = Some(access);
        vfs.xFullPathname = Some(full_path);
        vfs.xRandomness = Some(randomness);
        vfs.xSleep = Some(sleep);
        vfs.xCurrentTime = Some(current_time);
        vfs.xCurrentTimeInt64 = Some(current_time_ms);
        vfs.xGetLastError = Some(last_error);
        // SAFETY: the box and the name it points to live until `drop` unregisters them.
        let code = unsafe { ffi::sqlite3_vfs_register(&raw mut *vfs, 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite takes any file system");
        Self { vfs, name, shared }
    }

    /// The name to open databases with.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// The disk.
    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        self.shared.disk()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // SAFETY: registered in `new`, and unregistered only here.
        unsafe { ffi::sqlite3_vfs_unregister(&raw mut *self.vfs) };
    }
}

impl Shared {
    pub(crate) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// # Safety
/// `vfs` must be that of a live mount.
unsafe fn shared<'a>(vfs: *mut ffi::sqlite3_vfs) -> &'a Shared {
    // SAFETY: the caller's promise; `Mount::new` set the pointer.
    unsafe { &*(*vfs).pAppData.cast::<Shared>() }
}

/// # Safety
/// `name` must be a NUL-terminated string.
unsafe fn text(name: *const c_char) -> String {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes the registered file system, a file of `szOsFile` bytes and a NUL-terminated name or null.
    unsafe {
        (*file).pMethods = std::ptr::null();
        if name.is_null() {
            return ffi::SQLITE_CANTOPEN; // temporary files: the store keeps those in memory
        }
        let (shared, name) = (shared(vfs), text(name));
        if shared.disk().request(false).is_some() {
            return ffi::SQLITE_CANTOPEN;
        }
        let exists = shared.disk().file(&name).is_some();
        if !exists {
            if flags & ffi::SQLITE_OPEN_CREATE == 0 {
                return ffi::SQLITE_CANTOPEN;
            }
            shared.disk().act(&name, Operation::Create);
        }
        let removed_on_close = flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0;
        let is_journal = flags & (ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_WAL) != 0;
        let syncs_folder = AtomicBool::new(is_journal && !exists);
        let state = State { shared, name, removed_on_close, syncs_folder };
        (*file.cast::<Handle>()).state = Box::into_raw(Box::new(state));
        (*file).pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: as in `open`.
    let (shared, name) = unsafe { (shared(vfs), text(name)) };
    let mut disk = shared.disk();
    if disk.request(false).is_some() {
        return ffi::SQLITE_IOERR_DELETE;
    }
    if disk.file(&name).is_none() {
        return ffi::SQLITE_IOERR_DELETE_NOENT;
    }
    disk.act(&name, Operation::Delete { is_synced: sync_folder != 0 });
    ffi::SQLITE_OK
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    result: *mut c_int,
) -> c_int {
    // SAFETY: as in `open`; `result` is SQLite's to write to.
    unsafe {
        let mut disk = shared(vfs).disk();
        if disk.request(false).is_some() {
            return ffi::SQLITE_IOERR_ACCESS;
        }
        let length = disk.file(&text(name)).map(<[u8]>::len);
        // As SQLite's own: a file without bytes does not "exist".
        *result = c_int::from(length.is_some_and(|length| flags != ffi::SQLITE_ACCESS_EXISTS || length > 0));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    length: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: `name` is NUL-terminated, `out` has room for `length` bytes.
    unsafe {
        let name = CStr::from_ptr(name).to_bytes_with_nul();
        if usize::try_from(length).map_or(true, |length| name.len() > length) {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(name.as_ptr().cast(), out, name.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, length: c_int, out: *mut c_char) -> c_int {
    // Only seeds the salts of the write-ahead log; encryption has its own source.
    // SAFETY: `out` has room for `length` bytes.
    unsafe { std::ptr::write_bytes(out, 0x5a, usize::try_from(length).unwrap_or(0)) };
    length
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: `out` is SQLite's to write to.
    unsafe { *out = 2_460_000.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_ms(_: *mut ffi::sqlite3_vfs, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: `out` is SQLite's to write to.
    unsafe { *out = 212_544_043_200_000 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn last_error(_: *mut ffi::sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}
