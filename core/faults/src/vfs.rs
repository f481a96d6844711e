//! An SQLite file system over a [`Disk`]. One process, one connection at a time: locks always succeed, and the shared
//! memory of the write-ahead log is heap memory.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

use crate::disk::{Disk, Operation, Reason};

/// A disk under a name that SQLite knows; the name goes away with the value. Close every connection first.
pub struct Mount {
    vfs: Box<ffi::sqlite3_vfs>,
    name: CString,
    shared: Box<Shared>,
}

/// What the file system's functions reach through SQLite's pointers.
struct Shared {
    disk: Mutex<Disk>,
    /// The shared memory of each database, in regions that never move. `u64` aligns them.
    memory: Mutex<BTreeMap<String, Vec<Box<[u64]>>>>,
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
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open file. SQLite allocates it, `open` fills it, `close` drops what it holds.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    state: *mut State,
}

struct State {
    shared: *const Shared,
    name: String,
    removed_on_close: bool,
    /// As SQLite's own file system: the first sync of a journal or write-ahead log that was made syncs the folder too.
    syncs_folder: AtomicBool,
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

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
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
