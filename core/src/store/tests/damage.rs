//! Damaged files are opened or set aside, and later damage is told.
