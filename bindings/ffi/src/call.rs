//! What stands around every exported function: a panic becomes an error, and the next call works.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::ForetapError;

macro_rules! exports {
    ($($name:ident => $word:literal,)+) => {
        /// Every exported function, by the name that bindings know it by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the functions have their own")]
        pub enum Export {
            $($name,)+
        }

        impl Export {
            /// Every exported function.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The function's name in Rust.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

exports! {
    Open => "open",
    OpenInMemory => "open_in_memory",
    EraseAt => "erase_at",
    Sentence => "sentence",
    Inventory => "inventory",
    HashLocation => "hash_location",
    HashUserId => "hash_user_id",
    HashDeviceId => "hash_device_id",
    PseudonymToken => "pseudonym_token",
    Record => "record",
    RecordAll => "record_all",
    Backfill => "backfill",
    Predict => "predict",
    Prepare => "prepare",
    Checkpoint => "checkpoint",
    Maintain => "maintain",
    Decide => "decide",
    Undo => "undo",
    Decisions => "decisions",
    ExportTo => "export_to",
    ImportFrom => "import_from",
    Health => "health",
    Opened => "opened",
    Erase => "erase",
    Shut => "shut",
    BeginSync => "begin_sync",
    Task => "task",
    Received => "received",
    Completed => "completed",
    Absent => "absent",
    Finish => "finish",
    Cancel => "cancel",
    Consent => "consent",
    SetConsent => "set_consent",
    SealUploads => "seal_uploads",
    Outbox => "outbox",
    BeginUpload => "begin_upload",
    Post => "post",
    Answered => "answered",
    Failed => "failed",
    End => "end",
}

/// Does the work of an exported function.
///
/// # Errors
/// Those of `work`; [`ForetapError::Internal`] if it panicked. What the panic said is not passed on: it can hold anything.
pub(crate) fn call<T>(export: Export, work: impl FnOnce() -> Result<T, ForetapError>) -> Result<T, ForetapError> {
    let guarded = AssertUnwindSafe(|| {
        let outcome = work();
        strike(export);
        outcome
    });
    catch_unwind(guarded).unwrap_or(Err(ForetapError::Internal { export: export.name() }))
}

/// Where a test can have an exported function panic.
pub(crate) fn strike(export: Export) {
    #[cfg(feature = "panic-injection")]
    injection::strike(export);
    #[cfg(not(feature = "panic-injection"))]
    let _ = export;
}

/// Panics on demand, for tests of bindings. The function is not one of UniFFI's: bindings are the same with and without it.
#[cfg(feature = "panic-injection")]
pub mod injection {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Export;

    static ARMED: AtomicUsize = AtomicUsize::new(usize::MAX);

    /// The next call of the export of this number, by [`Export::ALL`], panics in the middle of its work. Returns how many
    /// exports there are, or 0 if there is none of that number.
    #[unsafe(no_mangle)]
    pub extern "C" fn foretap_panic_in(export: u32) -> u32 {
        let number = export as usize;
        if number >= Export::ALL.len() {
            return 0;
        }
        ARMED.store(number, Ordering::SeqCst);
        u32::try_from(Export::ALL.len()).unwrap_or(0)
    }

    /// Panics if this export is the one that is to.
    pub(super) fn strike(export: Export) {
        if ARMED.compare_exchange(export as usize, usize::MAX, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            panic!("a panic that a test asked for");
        }
    }
}
