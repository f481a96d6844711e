//! Fault injection for the store.
